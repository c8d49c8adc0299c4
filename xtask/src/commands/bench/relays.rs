//! `cargo xtask bench --peers`: every relay under the same loads, one after the other.

use std::collections::BTreeMap;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::machine::Machine;
use super::measures::{MEASURES, Measure, SCENARIOS, Scenario, Target};
use super::peers::{RELAYS, Relay};
use super::process::{Running, free_port, on_generator_core};
use super::verdict::number;
use super::{page, plot};
use crate::step::{output, step};
use crate::workspace::Workspace;

/// Where the reports of the last run lie, for whoever wants more than the tables.
const REPORTS: &str = "docs/benchmarks/relays.json";
const BARE: &str = "bare relay";
const HOCUSPOCUS: &str = "hocuspocus";

/// What a run found.
#[derive(Serialize, Deserialize)]
struct Run {
    machine: Machine,
    /// By relay, then by scenario.
    reports: BTreeMap<String, BTreeMap<String, Value>>,
}

pub(super) fn run(workspace: &Workspace, quick: bool, skip: &[String]) -> Result<()> {
    let known = |name: &String| RELAYS.iter().any(|relay| relay.name == name);
    if let Some(unknown) = skip.iter().find(|name| !known(name)) {
        bail!("no relay {unknown:?}; there are {:?}", RELAYS.map(|relay| relay.name));
    }
    let relays = RELAYS.iter().filter(|relay| !skip.iter().any(|name| name == relay.name));
    let mut run = Run { machine: Machine::read(workspace), reports: BTreeMap::new() };
    let mut ready = Vec::new();
    for relay in relays {
        match relay.prepare(workspace) {
            Ok(()) => ready.push(relay),
            // One that cannot be had here must not keep the others from being measured.
            Err(error) => eprintln!("    {} is left out: {error:#}", relay.name),
        }
    }
    // The machine's load is that before the run, not that of the builds.
    run.machine.load_average = Machine::read(workspace).load_average;
    for relay in ready {
        let mut reports = BTreeMap::new();
        for scenario in &SCENARIOS {
            let report = step(&format!("{}: {}", relay.name, scenario.name), || {
                measure(workspace, relay, scenario, quick)
            });
            let report = match report {
                Ok(report) => report,
                // Others may break under a load; their figure is missing then.
                Err(error) if !relay.is_ours() => {
                    eprintln!("    no figure: {error:#}");
                    continue;
                }
                Err(error) => return Err(error),
            };
            eprintln!("    {}", figures(&report, scenario));
            reports.insert(scenario.name.to_owned(), report);
        }
        run.reports.insert(relay.name.to_owned(), reports);
    }
    if quick {
        println!("{}", run.text());
        return Ok(());
    }
    fs::write(workspace.path(REPORTS), serde_json::to_string_pretty(&run)? + "\n")?;
    run.plot(workspace)?;
    page::write_section(workspace, "relays", &run.text())
}

/// Starts the relay anew, puts the load on, and returns the report.
fn measure(
    workspace: &Workspace,
    relay: &Relay,
    scenario: &Scenario,
    quick: bool,
) -> Result<Value> {
    let port = free_port()?;
    let data = env::temp_dir().join(format!("collab-bench-{}-{port}", std::process::id()));
    let running = Running::start(&relay.command(workspace, port, &data.to_string_lossy()), port)?;
    let mut load = workspace.command(workspace.server());
    load.args(["load", "--json", "--dialect", relay.dialect]);
    load.arg("--url").arg(format!("ws://127.0.0.1:{port}{}", relay.path));
    load.arg("--pid").arg(running.pid().to_string());
    load.args(if quick { scenario.quick } else { scenario.arguments });
    let report = output(&mut on_generator_core(&load));
    drop(running);
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    serde_json::from_str(&report?).context("the report is not JSON")
}

fn figures(report: &Value, scenario: &Scenario) -> String {
    let measures = MEASURES.iter().filter(|measure| measure.scenario == scenario.name);
    let figures = measures.map(|measure| {
        let figure = report.pointer(measure.pointer).and_then(Value::as_f64);
        format!("{} {}", shown(figure), measure.unit)
    });
    figures.collect::<Vec<_>>().join(", ")
}

impl Run {
    fn figure(&self, relay: &str, measure: &Measure) -> Option<f64> {
        self.reports.get(relay)?.get(measure.scenario)?.pointer(measure.pointer)?.as_f64()
    }

    fn relays(&self) -> impl Iterator<Item = &'static Relay> + '_ {
        RELAYS.iter().filter(|relay| self.reports.contains_key(relay.name))
    }

    fn text(&self) -> String {
        let about = self.relays().map(|relay| format!("- **{}**: {}", relay.name, relay.about));
        let about = about.collect::<Vec<_>>().join("\n");
        let names = self.relays().map(|relay| relay.name.to_owned());
        let head = row("", names, "collab against its target");
        let rows = MEASURES.iter().map(|measure| {
            let figures = self.relays().map(|relay| shown(self.figure(relay.name, measure)));
            let title = format!("{}, {}", measure.title, measure.unit);
            row(&title, figures, &self.verdict(measure).unwrap_or_default())
        });
        let last = [self.memory_row(), self.losses()];
        let table = page::table([head].into_iter().chain(rows).chain(last));
        format!("{}\n\n{about}\n\n{table}", self.machine.line())
    }

    fn verdict(&self, measure: &Measure) -> Option<String> {
        let [bare, hocuspocus] = [BARE, HOCUSPOCUS].map(|name| self.figure(name, measure));
        measure.target.verdict(self.figure(RELAYS[0].name, measure)?, bare, hocuspocus)
    }

    /// Memory after everybody has left, against that after the first visitors.
    fn memory_row(&self) -> Vec<String> {
        let ratio = |relay: &str| {
            let server = self.reports.get(relay)?.get("idle")?.get("server")?;
            let kib = |name| server.get(name).and_then(Value::as_f64);
            Some(kib("resident_after_kib")? / kib("resident_before_kib")?)
        };
        let ours = ratio(RELAYS[0].name);
        let verdict = ours.and_then(|ours| Target::AtMost(1.1).verdict(ours, None, None));
        let title = "memory after 2,500 connections have left, × that after the first eight";
        let figures = self.relays().map(|relay| shown(ratio(relay.name)));
        row(title, figures, &verdict.unwrap_or_default())
    }

    /// Everything that was sent and did not arrive.
    fn losses(&self) -> Vec<String> {
        let lost = |relay: &str| -> u64 {
            let lost = self.reports[relay].values().filter_map(|report| report.get("lost"));
            lost.filter_map(Value::as_u64).sum()
        };
        let figures = self.relays().map(|relay| lost(relay.name).to_string());
        row("lost: deliveries and joins", figures, "")
    }

    fn plot(&self, workspace: &Workspace) -> Result<()> {
        for measure in &MEASURES {
            let figures = self
                .relays()
                .filter_map(|relay| Some((relay.name, self.figure(relay.name, measure)?)));
            let file = workspace.path(format!("docs/benchmarks/{}.svg", measure.key));
            plot::bars(&file, measure, &figures.collect::<Vec<_>>())?;
        }
        Ok(())
    }
}

fn row(title: &str, figures: impl Iterator<Item = String>, verdict: &str) -> Vec<String> {
    [title.to_owned()].into_iter().chain(figures).chain([verdict.to_owned()]).collect()
}

fn shown(figure: Option<f64>) -> String {
    figure.map_or("-".to_owned(), number)
}
