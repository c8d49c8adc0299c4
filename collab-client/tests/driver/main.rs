//! The driver against a real relay, with a session and a document as its protocol.

#![allow(clippy::unwrap_used, reason = "test code")]

mod connecting;
mod editor;
mod leaving;
mod secure;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use collab_client::{Config, Handle, start};
use collab_server::{Relay, http};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use editor::{Change, Editor};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A relay, until it is dropped.
struct Server {
    relay: Relay,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(address: &str) -> Self {
        let relay = Relay::builder().build();
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().nest("/sync", relay.router());
        let task = tokio::spawn(async { http::serve(listener, app).await.unwrap() });
        Self { relay, address, task }
    }

    /// Takes its port from it, and everybody's connection.
    async fn stop(self) {
        self.task.abort();
        assert!(self.relay.shutdown().await);
    }
}

fn config(address: SocketAddr) -> Config {
    Config::new(format!("ws://{address}/sync/room"))
}

fn editor(address: SocketAddr, client: u64) -> (Handle<Editor>, collab_client::Changes<Change>) {
    start(config(address), Editor::new(client))
}
