//! `collab-rooms` in this process, on a port of its own; its accounts end with it.

use std::net::TcpListener;
use std::sync::Arc;

use collab_rooms::accounts::{Accounts, AccountsConfig};
use collab_server::auth::jwt::Jwt;
use collab_server::{Relay, http};
use tokio::runtime::Runtime;

pub(crate) struct RoomsServer {
    pub(crate) port: u16,
    /// Ends what it serves when it is dropped.
    _runtime: Runtime,
}

impl RoomsServer {
    /// What the binary would start.
    pub(crate) fn start() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    /// The same on a port that somebody held free.
    pub(crate) fn on(listener: TcpListener) -> Self {
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        let runtime = Runtime::new().unwrap();
        runtime.spawn(async move {
            let accounts = Accounts::in_memory(&AccountsConfig::default()).unwrap();
            let door = Jwt::new(accounts.public_key()).or_guests();
            let relay = Relay::builder().authorizer(door).build();
            let api = collab_rooms::http::router(Arc::new(accounts), false);
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            http::serve(listener, api.merge(http::router(&relay))).await.unwrap();
        });
        Self { port, _runtime: runtime }
    }
}
