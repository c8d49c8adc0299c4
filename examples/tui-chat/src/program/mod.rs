//! The native program: options, terminal, connections, what is kept on this device.

mod account;
mod identity;
mod known;
mod link;
mod options;
mod rooms;
mod screen;
mod server;
mod signing_in;
mod terminal;
mod unsent;
mod who;

use anyhow::Result;
use clap::Parser;

use options::{CommandLine, Tool};

/// Runs what the command line says.
pub(crate) fn run() -> Result<()> {
    let CommandLine { tool, chat } = CommandLine::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    let done = match tool {
        Some(Tool::Server(options)) => runtime.block_on(server::run(options)),
        None => runtime.block_on(screen::run(chat)),
    };
    // A store that is gone may never answer; nobody waits for it.
    runtime.shutdown_background();
    done
}
