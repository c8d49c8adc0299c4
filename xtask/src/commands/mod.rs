//! The commands, one file each.

mod bench;
mod ci;
mod start;
mod test;
mod tidy;
mod tui;
mod wasm;

use clap::Subcommand;

use crate::workspace::Workspace;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Build everything that is stale and start the server on an embedded store
    Start(start::Start),
    /// Measure: criterion, instructions, or with --peers our relay beside others
    Bench(bench::Bench),
    /// Run every Rust, TypeScript and browser test
    Test,
    /// Format, lints, dependency checks, arrows, documentation, then every test
    Ci,
    /// Check what no compiler checks: arrows between parts, file lengths, stray paths
    Tidy,
    /// Build collab-wasm and the npm package around it
    Wasm(wasm::Wasm),
    /// Build the terminal chat for the browser
    Tui,
}

impl Command {
    pub(crate) fn run(&self, workspace: &Workspace) -> anyhow::Result<()> {
        match self {
            Self::Start(command) => command.run(workspace),
            Self::Bench(command) => command.run(workspace),
            Self::Test => test::run(workspace),
            Self::Ci => ci::run(workspace),
            Self::Tidy => tidy::run(workspace),
            Self::Wasm(command) => command.run(workspace),
            Self::Tui => tui::build(workspace),
        }
    }
}
