//! The JSON API. `collab-rooms/README.md` describes it for clients.

mod accounts;
mod bearer;
mod peer;
mod reject;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};

use crate::accounts::Accounts;

/// No request of ours is longer.
const BODY_MAX_BYTES: usize = 4 << 10;

/// What the handlers share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    accounts: Arc<Accounts>,
    /// Whether the last entry of `X-Forwarded-For` is the client's address.
    behind_proxy: bool,
}

/// `/api/accounts/...`, to be merged with the relay's routes. With `behind_proxy` attempts are
/// counted for the address that the proxy names, else for the one that connects.
pub fn router(accounts: Arc<Accounts>, behind_proxy: bool) -> Router {
    let routes = Router::new()
        .route("/", get(accounts::kept))
        .route("/guest", post(accounts::guest))
        .route("/login", post(accounts::login))
        .route("/refresh", post(accounts::refresh))
        .route("/logout", post(accounts::logout))
        .route("/password", post(accounts::set_password))
        .route("/name", post(accounts::set_name))
        .route("/me", get(accounts::me))
        .fallback(reject::no_such_call)
        .method_not_allowed_fallback(reject::no_such_call)
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .layer(middleware::map_response(add_headers))
        .with_state(Shared { accounts, behind_proxy });
    Router::new().nest("/api/accounts", routes)
}

/// Answers hold tokens: nothing on the way keeps them.
async fn add_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
