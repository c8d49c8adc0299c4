//! `cargo xtask bench --chat`: simple-chat and a bare broadcast under the same chat, in one run.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::machine::Machine;
use super::page;
use super::peers::build;
use super::process::{Running, free_port, on_generator_core};
use super::verdict::number;
use crate::step::{output, step};
use crate::workspace::Workspace;

/// A server of a chat.
struct Server {
    name: &'static str,
    about: &'static str,
    package: &'static str,
    binary: &'static str,
    /// As `collab-server load` calls what it speaks.
    dialect: &'static str,
    path: &'static str,
}

const SERVERS: [Server; 2] = [
    Server {
        name: "simple-chat",
        about: "our relay embedded: names, authorship checked, acknowledged, history for who comes later",
        package: "simple-chat",
        binary: "simple-chat",
        dialect: "collab",
        path: "/sync/lobby",
    },
    Server {
        name: "broadcast",
        about: "`benches/src/bin/broadcast-relay.rs`: tokio's broadcast and tokio-tungstenite, nothing else",
        package: "benches",
        binary: "broadcast-relay",
        dialect: "text",
        path: "/",
    },
];

/// What is measured, and how much of it where it is only tried.
struct Load {
    name: &'static str,
    arguments: &'static [&'static str],
    quick: &'static [&'static str],
}

const TALKING: Load = Load {
    name: "1,000 clients, 50 messages/s, 60 s",
    arguments: &["--seconds", "60", "--clients", "1000", "--rate", "50"],
    quick: &["--seconds", "2", "--clients", "40", "--rate", "50"],
};
const SILENT: Load = Load {
    name: "5,000 idle clients, 20 s",
    arguments: &["--seconds", "20", "--idle", "5000"],
    quick: &["--seconds", "1", "--idle", "100"],
};

/// One row: of which load, what it says, where the report has it (RFC 6901), digits that matter apart.
const MEASURES: [(&str, &str, &str); 10] = [
    ("talking", "messages sent", "/updates"),
    ("talking", "delivered", "/delivered"),
    ("talking", "lost", "/lost"),
    ("talking", "twice, or to their sender", "/duplicates"),
    ("talking", "delay, median, ms", "/delay_ms/p50"),
    ("talking", "delay of 99 of 100, ms", "/delay_ms/p99"),
    ("talking", "CPU-s per million deliveries", "/server/cpu_s_per_million_deliveries"),
    ("talking", "resident per client, KiB", "/connection_kib"),
    ("silent", "idle: resident per client, KiB", "/connection_kib"),
    ("silent", "idle: CPU, s", "/server/cpu_s"),
];

/// What one server did: the report of each load.
struct Found {
    talking: Value,
    silent: Value,
}

pub(super) fn run(workspace: &Workspace, quick: bool) -> Result<()> {
    build(workspace, "collab-server", &[])?;
    for server in &SERVERS {
        build(workspace, server.package, &["--bin", server.binary])?;
    }
    // The machine's load is that before the run, not that of the builds.
    let machine = Machine::read(workspace);
    let mut found = Vec::new();
    for server in &SERVERS {
        let [talking, silent] =
            [&TALKING, &SILENT].map(|load| measure(workspace, server, load, quick));
        found.push(Found { talking: talking?, silent: silent? });
    }
    let text = text(&machine, &found);
    if quick {
        println!("{text}");
        return Ok(());
    }
    page::write_section(workspace, "chat", &text)
}

/// Starts the server anew, puts the load on, and returns the report.
fn measure(workspace: &Workspace, server: &Server, load: &Load, quick: bool) -> Result<Value> {
    step(&format!("{}: {}", server.name, load.name), || {
        let port = free_port()?;
        let running = Running::start(&server.command(workspace, port), port)?;
        let mut generator = workspace.command(workspace.server());
        generator.args(["load", "--json", "--dialect", server.dialect]);
        generator.arg("--url").arg(format!("ws://127.0.0.1:{port}{}", server.path));
        generator.arg("--pid").arg(running.pid().to_string());
        generator.args(["chat", "--token", "{secret}:{name}"]);
        generator.args(if quick { load.quick } else { load.arguments });
        let report = output(&mut on_generator_core(&generator))?;
        serde_json::from_str(&report).context("the report is not JSON")
    })
}

impl Server {
    fn command(&self, workspace: &Workspace, port: u16) -> Command {
        let mut command = workspace.command(workspace.target.join("release").join(self.binary));
        match self.dialect {
            "text" => command.arg(format!("127.0.0.1:{port}")),
            _ => command.args(["server", "--port", &port.to_string()]),
        };
        command
    }
}

fn text(machine: &Machine, found: &[Found]) -> String {
    let about = SERVERS.map(|server| format!("- **{}**: {}", server.name, server.about));
    let head = [String::new()].into_iter().chain(SERVERS.map(|server| server.name.to_owned()));
    let rows = MEASURES.iter().map(|(load, title, pointer)| {
        let report = |found: &Found| match *load {
            "silent" => found.silent.pointer(pointer).and_then(Value::as_f64),
            _ => found.talking.pointer(pointer).and_then(Value::as_f64),
        };
        let figures: Vec<_> = found.iter().map(report).collect();
        let shown = figures.iter().map(|figure| figure.map_or("-".to_owned(), number));
        [(*title).to_owned()].into_iter().chain(shown).chain([ratio(&figures)]).collect()
    });
    let head = head.chain(["ratio".to_owned()]).collect();
    let table = page::table([head].into_iter().chain(rows));
    let loads = format!("{}; {}", TALKING.name, SILENT.name);
    format!("{}\n\n{loads}\n\n{}\n\n{table}", machine.line(), about.join("\n"))
}

/// Ours to the other's, where both are more than nothing.
fn ratio(figures: &[Option<f64>]) -> String {
    match figures {
        [Some(ours), Some(theirs)] if *ours > 0.0 && *theirs > 0.0 => {
            format!("{:.2}", ours / theirs)
        }
        _ => String::new(),
    }
}
