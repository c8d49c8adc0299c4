//! `cargo xtask bench`: what `docs/benchmarks.md` says, measured again on this machine.
//!
//! Measuring lies in the package `benches` and in `collab-server load`; here their figures become
//! tables and plots. Only sections between markers are written.

mod chat;
mod criterion;
mod instructions;
mod libraries;
mod machine;
mod measures;
mod page;
mod peers;
mod plot;
mod process;
mod relays;
mod targets;
mod verdict;

use anyhow::Result;
use clap::Args;

use crate::step::{execute, step};
use crate::workspace::Workspace;

#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Bench {
    /// Load our relay, a bare one and those of others in turn, instead of running criterion
    #[arg(long, group = "compared")]
    peers: bool,
    /// A chat of a thousand clients, and five thousand that say nothing: simple-chat beside a bare
    /// broadcast
    #[arg(long, group = "compared", conflicts_with_all = ["libraries", "instructions", "files"])]
    chat: bool,
    /// With --peers, --chat or --libraries: a little of everything, to see that it works; the page is
    /// left alone
    #[arg(long, requires = "compared")]
    quick: bool,
    /// With --peers: leave a relay out, by its name; may be repeated
    #[arg(long, requires = "peers", value_name = "NAME")]
    skip: Vec<String>,
    /// The same histories through our documents, yrs, loro, automerge and diamond-types
    #[arg(long, group = "compared", conflicts_with_all = ["instructions", "files"])]
    libraries: bool,
    /// Count instructions with valgrind and compare them with the last ones
    #[arg(long, conflicts_with = "peers")]
    instructions: bool,
    /// With --instructions: these counts are the new ones to compare with
    #[arg(long, requires = "instructions")]
    bless: bool,
    /// As often as criterion would repeat by itself, which takes more than an hour
    #[arg(long, conflicts_with_all = ["peers", "libraries", "instructions"])]
    thorough: bool,
    /// Run only these files of benches/benches
    #[arg(conflicts_with_all = ["peers", "instructions"])]
    files: Vec<String>,
}

impl Bench {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        if self.peers {
            relays::run(workspace, self.quick, &self.skip)
        } else if self.chat {
            chat::run(workspace, self.quick)
        } else if self.libraries {
            libraries::run(workspace, self.quick)
        } else if self.instructions {
            instructions::run(workspace, self.bless)
        } else {
            self.run_criterion(workspace)
        }
    }

    fn run_criterion(&self, workspace: &Workspace) -> Result<()> {
        let bench = |arguments: &[&str]| {
            let mut bench = workspace.cargo();
            bench.args(["bench", "--package", "benches"]);
            bench.args(self.files.iter().flat_map(|name| ["--bench", name]));
            bench.args(arguments);
            bench
        };
        step("cargo bench: build", || execute(&mut bench(&["--no-run"])))?;
        let machine = machine::Machine::read(workspace).line();
        // Two repetitions that agree are enough: all of it takes minutes, not an hour.
        let sampling: &[&str] = if self.thorough { &[] } else { &["--", "--quick"] };
        step("cargo bench", || execute(&mut bench(sampling)))?;
        let tables = criterion::tables(&workspace.target.join("criterion"))?;
        page::write_section(workspace, "criterion", &format!("{machine}\n\n{tables}"))
    }
}
