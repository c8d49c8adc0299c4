//! `cargo xtask bench`: what `docs/benchmarks.md` says, measured again on this machine.
//!
//! Measuring lies in the package `benches` and in `collab-server load`; here their figures become
//! tables and plots. Only sections between markers are written.

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
mod verdict;

use anyhow::Result;
use clap::Args;

use crate::step::{execute, step};
use crate::workspace::Workspace;

#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Bench {
    /// Load our relay, a bare one and those of others in turn, instead of running criterion
    #[arg(long)]
    peers: bool,
    /// With --peers: a minute of everything, to see that it works; the page is left alone
    #[arg(long, requires = "peers")]
    quick: bool,
    /// With --peers: leave a relay out, by its name; may be repeated
    #[arg(long, requires = "peers", value_name = "NAME")]
    skip: Vec<String>,
    /// The same histories through our documents, yrs, loro, automerge and diamond-types
    #[arg(long, conflicts_with_all = ["peers", "instructions", "files"])]
    libraries: bool,
    /// Count instructions with valgrind and compare them with the last ones
    #[arg(long, conflicts_with = "peers")]
    instructions: bool,
    /// With --instructions: these counts are the new ones to compare with
    #[arg(long, requires = "instructions")]
    bless: bool,
    /// Run only these files of benches/benches
    #[arg(conflicts_with_all = ["peers", "instructions"])]
    files: Vec<String>,
}

impl Bench {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        if self.peers {
            relays::run(workspace, self.quick, &self.skip)
        } else if self.libraries {
            libraries::run(workspace)
        } else if self.instructions {
            instructions::run(workspace, self.bless)
        } else {
            self.run_criterion(workspace)
        }
    }

    fn run_criterion(&self, workspace: &Workspace) -> Result<()> {
        step("cargo bench", || {
            let mut bench = workspace.cargo();
            bench.args(["bench", "--package", "benches"]);
            for name in &self.files {
                bench.args(["--bench", name]);
            }
            execute(&mut bench)
        })?;
        let tables = criterion::tables(&workspace.target.join("criterion"))?;
        page::write_section(workspace, "criterion", &tables)
    }
}
