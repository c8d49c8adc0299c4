//! Liveness, readiness and metrics.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::Relay;

/// A store that does not answer a probe for this long is not ready.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// The process runs and answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The relay takes connections and its store reads and writes.
pub(super) async fn readyz(State(relay): State<Relay>) -> (StatusCode, &'static str) {
    let ready = tokio::time::timeout(PROBE_TIMEOUT, relay.readiness()).await;
    match ready.unwrap_or(Err(crate::NotReady::StoreSilent)) {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason.as_str()),
    }
}

/// All metrics in the OpenMetrics text format that Prometheus reads.
pub(super) async fn metrics(State(relay): State<Relay>) -> impl IntoResponse {
    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, OPEN_METRICS)], relay.metrics_text())
}
