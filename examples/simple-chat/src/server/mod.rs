//! The server: our relay with its own door, and nothing kept unless told otherwise.

mod names;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use clap::Args;
use clap::builder::RangedU64ValueParser;
use collab_server::{Relay, RelayConfig, SqliteStore, http, raise_open_files_limit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use names::Names;

/// A silent connection is pinged so often within its time.
const PINGS_PER_TIMEOUT: u32 = 3;
/// About as many as one address has ports for.
const CONNECTIONS_MAX: usize = 20_000;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Address to listen on
    #[arg(long, env = "CHAT_HOST", default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 for any that is free
    #[arg(long, env = "CHAT_PORT", default_value_t = crate::PORT)]
    port: u16,
    /// Keep the messages in this directory; without it they end with the server
    #[arg(long)]
    data: Option<PathBuf>,
    /// Milliseconds after which a connection that answers nothing is given up, and its name free
    #[arg(long, default_value_t = 15_000, value_parser = RangedU64ValueParser::<u64>::new().range(100..=600_000))]
    timeout_ms: u64,
}

/// Serves until told to stop.
#[tokio::main]
pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    raise_open_files_limit();
    let relay = options.relay()?;
    let place = (options.host.as_str(), options.port);
    let listener = TcpListener::bind(place).await;
    let listener = listener.with_context(|| format!("cannot listen on {}:{}", place.0, place.1))?;
    let address = listener.local_addr()?;
    let serving = tokio::spawn(http::serve(listener, router(&relay)));
    announce(address);
    until_told().await?;
    serving.abort();
    anyhow::ensure!(relay.shutdown().await, "not everything could be flushed in time");
    Ok(())
}

/// The one line on standard output: scripts wait for it and read the port.
fn announce(address: SocketAddr) {
    println!("simple-chat listens on {address}");
}

fn router(relay: &Relay) -> Router {
    Router::new().nest("/sync", relay.router())
}

async fn until_told() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

impl Options {
    fn relay(&self) -> anyhow::Result<Relay> {
        let builder = Relay::builder().authorizer(Names::default()).limits(self.limits());
        Ok(match &self.data {
            Some(directory) => {
                let store = SqliteStore::open(directory)
                    .with_context(|| format!("cannot open {}", directory.display()))?;
                builder.store(store).build()
            }
            None => builder.build(),
        })
    }

    /// Everybody is in one room, and whoever does not answer is gone soon: a relay for documents
    /// waits for a minute, since a name is nothing to it.
    fn limits(&self) -> RelayConfig {
        let timeout = Duration::from_millis(self.timeout_ms);
        let defaults = RelayConfig::default();
        RelayConfig {
            silence_timeout: timeout,
            ping_interval: timeout / PINGS_PER_TIMEOUT,
            write_timeout: timeout.min(defaults.write_timeout),
            connections_max: CONNECTIONS_MAX,
            room_connections_max: CONNECTIONS_MAX,
            ..defaults
        }
    }
}
