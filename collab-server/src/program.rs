//! What a binary around a relay does besides: write a log, listen, and end when it is told to.

use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::process::ExitCode;

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Settings};
use crate::{Relay, http, raise_open_files_limit};

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// The address is taken, or not one of this machine.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The log's filter is not one.
    #[error("the filter {filter:?} of the option log_filter is not valid")]
    LogFilter {
        /// What was given.
        filter: String,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// Signals or sockets.
    #[error("the operating system refuses")]
    System(#[from] io::Error),
}

/// Starts the log, on standard error.
pub fn start_log(settings: &Settings) -> Result<(), ProgramError> {
    let filter = EnvFilter::try_new(&settings.log_filter).map_err(|source| {
        ProgramError::LogFilter { filter: settings.log_filter.clone(), source }
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    match settings.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// Serves `app` until SIGTERM or SIGINT, then lets the relay wind down. The program's `name` begins
/// the one line on standard output: scripts wait for it and read the port.
pub async fn serve(
    name: &str,
    settings: &Settings,
    relay: Relay,
    app: Router,
) -> Result<(), ProgramError> {
    let open_files = raise_open_files_limit();
    let listen = |source| ProgramError::Listen { address: settings.listen, source };
    let listener = TcpListener::bind(settings.listen).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    tracing::info!(%address, store = ?settings.store, open_files, "ready");
    println!("{name} listens on http://{address}");
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stopped = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("shutting down");
        let clean = relay.shutdown().await;
        tracing::info!(clean, "shut down");
    };
    tokio::select! {
        result = http::serve(listener, app) => result?,
        () = stopped => {}
    }
    Ok(())
}

/// Prints an error with its causes.
pub fn report(error: &dyn std::error::Error) -> ExitCode {
    eprint!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprint!(": {cause}");
        source = cause.source();
    }
    eprintln!();
    ExitCode::FAILURE
}
