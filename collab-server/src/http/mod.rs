//! Everything the server answers over HTTP: the relay's socket, probes, metrics, the web page.

mod assets;
mod probes;
mod secure;
mod serve;

pub use serve::serve;

use axum::Router;
use axum::middleware;
use axum::routing::get;

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
