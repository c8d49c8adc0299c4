//! The `collab-server` binary: settings, store, relay; and tools for operators.

mod doctor;
mod load;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use collab_server::config::{Arguments, Settings};
use collab_server::store::OpenStoreError;
use collab_server::{Relay, http, program};
use tokio::runtime;

/// Memory that connections leave behind goes back to the system within seconds; with glibc it stays
/// at its peak (docs/benchmarks.md). Set up by `.cargo/config.toml`.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Threads that loaded rooms end after this time: each holds some memory of its own.
const IDLE_THREADS_STAY: Duration = Duration::from_secs(2);

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
    let mut runtime = runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().thread_keep_alive(IDLE_THREADS_STAY).build()?;
    runtime.block_on(run(&arguments.settings()?))?;
    Ok(ExitCode::SUCCESS)
}

async fn run(settings: &Settings) -> Result<(), Failure> {
    program::start_log(settings)?;
    let store = settings.store.open().await?;
    let relay = Relay::builder().limits(settings.relay.clone()).shared_store(store).build();
    let app = http::router(&relay);
    Ok(program::serve("collab-server", settings, relay, app).await?)
}
