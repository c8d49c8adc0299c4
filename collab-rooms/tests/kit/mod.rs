//! The accounts of a real server on a free port.

use std::net::SocketAddr;
use std::sync::Arc;

use collab_rooms::accounts::{Accounts, AccountsConfig};
use collab_rooms_api::{CallError, Client, ErrorCode};
use collab_server::auth::jwt::Jwt;
use collab_server::{Relay, http};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A running server. Dropping it stops it.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts what the binary would start around these accounts.
    pub(crate) async fn start(accounts: Accounts, behind_proxy: bool) -> Self {
        let relay = Relay::builder().authorizer(Jwt::new(accounts.public_key())).build();
        let api = collab_rooms::http::router(Arc::new(accounts), behind_proxy);
        let app = api.merge(http::router(&relay));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async { http::serve(listener, app).await.unwrap() });
        Self { address, task }
    }

    /// Accounts that end with the server.
    pub(crate) async fn with(config: AccountsConfig) -> Self {
        Self::start(Accounts::in_memory(&config).unwrap(), false).await
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&format!("ws://{}/sync/lobby", self.address)).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why a call was refused.
pub(crate) fn code<T>(result: Result<T, CallError>) -> ErrorCode {
    match result {
        Err(CallError::Refused(body)) => body.code,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("the call should have been refused"),
    }
}
