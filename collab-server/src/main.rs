//! The `collab-server` binary: settings, store, relay; and tools for operators.

mod doctor;
mod load;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use collab_server::config::{Arguments, Settings};
use collab_server::store::OpenStoreError;
use collab_server::{Relay, http, program};

/// The command line: the server's own options, or a tool.
#[derive(Parser)]
#[command(name = "collab-server", version, about, long_about = None)]
struct CommandLine {
    #[command(subcommand)]
    tool: Option<Tool>,
    #[command(flatten)]
    server: Arguments,
}

#[derive(Subcommand)]
enum Tool {
    /// Put load on a relay, check that nothing is lost, and measure
    Load(load::Load),
    /// Look for damage in the store, and repair it
    Doctor(doctor::Doctor),
    #[command(hide = true)]
    DoctorProbe(doctor::Probe),
}

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] OpenStoreError),
    #[error(transparent)]
    Program(#[from] program::ProgramError),
}

fn main() -> ExitCode {
    let CommandLine { tool, server } = CommandLine::parse();
    let done = match tool {
        None => serve_until_told(&server),
        Some(Tool::Load(load)) => load.run().map_err(Into::into),
        Some(Tool::Doctor(doctor)) => doctor.run().map_err(Into::into),
        Some(Tool::DoctorProbe(probe)) => probe.run(),
    };
    done.unwrap_or_else(|error| program::report(&*error))
}

fn serve_until_told(arguments: &Arguments) -> Result<ExitCode, Box<dyn std::error::Error>> {
    run(&arguments.settings()?)?;
    Ok(ExitCode::SUCCESS)
}

#[tokio::main]
async fn run(settings: &Settings) -> Result<(), Failure> {
    program::start_log(settings)?;
    let store = settings.store.open().await?;
    let relay = Relay::builder().limits(settings.relay.clone()).shared_store(store).build();
    let app = http::router(&relay);
    Ok(program::serve("collab-server", settings, relay, app).await?)
}
