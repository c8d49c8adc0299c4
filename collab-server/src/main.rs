//! The `collab-server` binary: settings, store, relay, signals; and tools for operators.

mod doctor;
mod load;

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use collab_server::config::{Arguments, LogFormat, Settings};
use collab_server::store::OpenStoreError;
use collab_server::{Relay, http, raise_open_files_limit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

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
    #[error("cannot listen on {address}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the filter {filter:?} of the option log_filter is not valid")]
    LogFilter { filter: String, source: tracing_subscriber::filter::ParseError },
    #[error("the operating system refuses")]
    System(#[from] std::io::Error),
}

fn main() -> ExitCode {
    let CommandLine { tool, server } = CommandLine::parse();
    let done = match tool {
        None => serve_until_told(&server),
        Some(Tool::Load(load)) => load.run().map_err(Into::into),
        Some(Tool::Doctor(doctor)) => doctor.run().map_err(Into::into),
        Some(Tool::DoctorProbe(probe)) => probe.run(),
    };
    done.unwrap_or_else(|error| report(&*error))
}

fn serve_until_told(arguments: &Arguments) -> Result<ExitCode, Box<dyn std::error::Error>> {
    run(&arguments.settings()?)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints an error with its causes.
fn report(error: &dyn std::error::Error) -> ExitCode {
    eprint!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprint!(": {cause}");
        source = cause.source();
    }
    eprintln!();
    ExitCode::FAILURE
}

#[tokio::main]
async fn run(settings: &Settings) -> Result<(), Failure> {
    start_log(settings)?;
    let open_files = raise_open_files_limit();
    let store = settings.store.open().await?;
    let relay = Relay::builder().limits(settings.relay.clone()).shared_store(store).build();
    let listen = |source| Failure::Listen { address: settings.listen, source };
    let listener = TcpListener::bind(settings.listen).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    tracing::info!(%address, store = ?settings.store, open_files, "ready");
    // The one line on standard output: scripts wait for it and read the port.
    println!("collab-server listens on http://{address}");
    serve(relay, listener).await
}

async fn serve(relay: Relay, listener: TcpListener) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stopping = relay.clone();
    let stopped = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("shutting down");
        let clean = stopping.shutdown().await;
        tracing::info!(clean, "shut down");
    };
    let app = http::router(&relay);
    tokio::select! {
        result = http::serve(listener, app) => result?,
        () = stopped => {}
    }
    Ok(())
}

fn start_log(settings: &Settings) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.log_filter)
        .map_err(|source| Failure::LogFilter { filter: settings.log_filter.clone(), source })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
