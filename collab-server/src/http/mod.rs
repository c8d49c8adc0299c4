//! Everything the server answers over HTTP: the relay's socket, probes, metrics, the web page.

mod assets;
mod probes;
mod secure;

use std::io;
use std::net::SocketAddr;

use axum::middleware;
use axum::routing::get;
use axum::serve::ListenerExt;
use axum::{Router, serve as serve_app};
use tokio::net::TcpListener;

use crate::Relay;

/// The whole server as the binary runs it: `/sync/{room}`, `/healthz`, `/readyz`, `/metrics`, and
/// the embedded web page for everything else. An embedder that only wants the relay nests
/// [`Relay::router`] instead.
pub fn router(relay: &Relay) -> Router {
    let probes = Router::new()
        .route("/healthz", get(probes::healthz))
        .route("/readyz", get(probes::readyz))
        .route("/metrics", get(probes::metrics))
        .with_state(relay.clone());
    Router::new()
        .merge(probes)
        .nest("/sync", relay.router())
        .fallback(assets::serve)
        .layer(middleware::map_response(secure::add_headers))
}

/// Serves an app with what a relay wants of its sockets: small frames leave at once, and the peer's
/// address is known to the authorizer and to admission.
pub async fn serve(listener: TcpListener, app: Router) -> io::Result<()> {
    let listener = listener.tap_io(|stream| {
        // Only latency suffers where the platform refuses.
        let _ = stream.set_nodelay(true);
    });
    serve_app(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await
}
