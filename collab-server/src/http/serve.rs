//! The listener: what `axum::serve` does, with bounds on requests that have not become a
//! connection of the relay yet.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{Error, Request};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Sockets that speak HTTP at once. More wait in the system's backlog: a reconnect storm is let in
/// piece by piece. A WebSocket does not count any more once it is upgraded.
const REQUESTS_MAX: usize = 4096;

/// Time for a request's head, which is also how long an idle socket is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// A pause after the system refused to accept, for example because no file is left to open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Serves an app with what a relay wants of its sockets: small frames leave at once, slow requests
/// end, and the peer's address is known to the authorizer and to admission. Runs until it is
/// dropped; connections that were upgraded go on.
pub async fn serve(listener: TcpListener, app: Router) -> io::Result<()> {
    let requests = Arc::new(Semaphore::new(REQUESTS_MAX));
    loop {
        let permit = Arc::clone(&requests).acquire_owned().await.map_err(io::Error::other)?;
        let (stream, address) = accept(&listener).await;
        // Only latency suffers where the system refuses.
        let _ = stream.set_nodelay(true);
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(error) = speak_http(stream, address, app).await {
                tracing::debug!(%address, %error, "request failed");
            }
            drop(permit);
        });
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn speak_http(stream: TcpStream, address: SocketAddr, app: Router) -> Result<(), Error> {
    let app = TowerToHyperService::new(app);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        app.call(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await
}
