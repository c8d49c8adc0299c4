//! The project's task runner: `cargo xtask <command>`, one small file per command.
//!
//! It installs what it can, builds what is stale, and says what it does and how long that took.
//! It knows how to build the product, and nothing of what the product does.

mod commands;
mod npm;
mod stamp;
mod step;
mod tool;
mod trim;
mod workspace;

use clap::Parser;

use crate::commands::Command;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, starts and checks collab")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    arguments.command.run(&Workspace::find()?)
}
