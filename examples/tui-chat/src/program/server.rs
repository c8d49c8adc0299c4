//! `tui-chat server`: the project's relay, embedded, with the store that was named.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use collab_server::{Relay, http, raise_open_files_limit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::options::Server;

pub(super) async fn run(options: Server) -> Result<()> {
    tracing_subscriber::fmt()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    raise_open_files_limit();
    let store = options.store().open().await.context("cannot open the database")?;
    let relay = Relay::builder().shared_store(store).build();
    let address = options.address();
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    // The one line on standard output: scripts wait for it and read the port.
    println!("tui-chat server listens on http://{}", listener.local_addr()?);
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        served = http::serve(listener, http::router(&relay)) => served?,
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    relay.shutdown().await;
    Ok(())
}
