//! A relay on a free port, and clients that speak to it with the wire codec and a Yrs document.

#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "test code")]

mod client;
mod process;

pub(crate) use client::{Client, Connect, document, document_of, text_of};
pub(crate) use process::{Process, command};

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use collab_server::{Relay, RelayBuilder, RelayConfig, SqliteStore, http};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// No test waits longer for anything that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. Dropping it stops it without a word to its clients.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) relay: Relay,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts what the binary would start around this relay.
    pub(crate) async fn start(builder: RelayBuilder) -> Self {
        let relay = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = http::router(&relay);
        let task = tokio::spawn(async { http::serve(listener, app).await.unwrap() });
        Self { address, relay, task }
    }

    /// Keeps nothing; default limits.
    pub(crate) async fn ephemeral() -> Self {
        Self::start(Relay::builder()).await
    }

    /// Keeps everything in this directory.
    pub(crate) async fn durable(directory: &Path) -> Self {
        Self::start(Relay::builder().store(open(directory).await)).await
    }

    /// Shuts down as the binary does on SIGTERM; returns whether it was done in time.
    pub(crate) async fn stop(self) -> bool {
        self.relay.shutdown().await
    }

    /// One value of `/metrics`.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let text = self.relay.metrics_text();
        let line = text.lines().find(|line| line.split(' ').next() == Some(name));
        line.unwrap_or_else(|| panic!("no metric {name} in\n{text}"))
            .rsplit_once(' ')
            .unwrap()
            .1
            .parse()
            .unwrap()
    }

    /// Waits until a metric has this value.
    pub(crate) async fn metric_becomes(&self, name: &str, value: f64) {
        let reached = async {
            while (self.metric(name) - value).abs() > f64::EPSILON {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let result = tokio::time::timeout(PATIENCE, reached).await;
        assert!(result.is_ok(), "{name} is {} and not {value}", self.metric(name));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Opens a store as soon as the relay that had it before has let go of it.
pub(crate) async fn open(directory: &Path) -> SqliteStore {
    let opened = async {
        loop {
            if let Ok(store) = SqliteStore::open(directory) {
                return store;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, opened).await.unwrap()
}

/// Small times and limits, so that tests reach them soon.
pub(crate) fn impatient() -> RelayConfig {
    RelayConfig {
        hello_timeout: Duration::from_millis(200),
        silence_timeout: Duration::from_millis(400),
        ping_interval: Duration::from_millis(100),
        keep_alive_interval: Duration::from_millis(150),
        ..RelayConfig::default()
    }
}
