//! `cargo xtask bench --instructions`: the work that does not depend on how busy the machine is.
//!
//! Each case of `benches/src/bin/instructions.rs` runs under callgrind; its count is compared with
//! the one in [`COUNTS`], which belongs to one compiler: bless the counts when it changes.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::page;
use super::verdict::number;
use crate::step::{execute, output, step};
use crate::tool;
use crate::workspace::Workspace;

const COUNTS: &str = "benches/instructions.json";
/// Hash maps have random keys, so that counts of one program differ a little.
const TOLERANCE: f64 = 0.02;

#[derive(Serialize, Deserialize)]
struct Counts {
    rustc: String,
    instructions: BTreeMap<String, u64>,
}

pub(super) fn run(workspace: &Workspace, bless: bool) -> Result<()> {
    if !tool::is_installed("valgrind") {
        bail!("valgrind is missing: apt-get install valgrind");
    }
    step("instructions: cargo build --release", || {
        let build = ["build", "--release", "--package", "benches", "--bin", "instructions"];
        execute(workspace.cargo().args(build))
    })?;
    let counts = Counts {
        rustc: output(workspace.command("rustc").arg("--version"))?.trim().to_owned(),
        instructions: step("instructions: valgrind", || count_all(workspace))?,
    };
    if bless {
        let json = serde_json::to_string_pretty(&counts)? + "\n";
        fs::write(workspace.path(COUNTS), json)?;
        return page::write_section(workspace, "instructions", &counts.table());
    }
    let text = fs::read_to_string(workspace.path(COUNTS)).context(COUNTS)?;
    compare(&serde_json::from_str(&text)?, &counts)
}

fn count_all(workspace: &Workspace) -> Result<BTreeMap<String, u64>> {
    let program = workspace.target.join("release/instructions");
    let cases = output(&mut Command::new(&program))?;
    cases
        .lines()
        .map(|case| {
            let mut valgrind = Command::new("valgrind");
            valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
            valgrind.args(["--collect-atstart=no", "--toggle-collect=*measured*"]);
            let run = valgrind.arg(&program).arg(case).output().context("cannot start valgrind")?;
            let said = String::from_utf8_lossy(&run.stderr);
            let collected = said.lines().find_map(|line| line.split_once("Collected : "));
            let count = collected.and_then(|(_, count)| count.trim().parse().ok());
            let count = count.filter(|&count| run.status.success() && count > 0);
            Ok((case.to_owned(), count.with_context(|| format!("{case}: {said}"))?))
        })
        .collect()
}

/// Says what has changed; fails if anything takes more.
fn compare(before: &Counts, now: &Counts) -> Result<()> {
    if before.rustc != now.rustc {
        eprintln!("    counts are of {}, this is {}", before.rustc, now.rustc);
    }
    let mut grown = Vec::new();
    for (case, &count) in &now.instructions {
        let Some(&known) = before.instructions.get(case) else {
            eprintln!("    {case}: {count}, not known before");
            continue;
        };
        #[allow(clippy::cast_precision_loss, reason = "counts of seconds, not of years")]
        let ratio = count as f64 / known as f64;
        println!("{case}: {count}, {ratio:.3} times what it was");
        if ratio > 1.0 + TOLERANCE {
            grown.push(case.as_str());
        }
    }
    if !grown.is_empty() {
        bail!("more instructions than before: {}", grown.join(", "));
    }
    Ok(())
}

impl Counts {
    fn table(&self) -> String {
        let head = vec!["case".to_owned(), "million instructions".to_owned()];
        let rows = self.instructions.iter().map(|(case, &count)| {
            #[allow(clippy::cast_precision_loss, reason = "shown in millions")]
            let millions = number(count as f64 / 1e6);
            vec![case.clone(), millions]
        });
        format!("{}\n\n{}", self.rustc, page::table([head].into_iter().chain(rows)))
    }
}
