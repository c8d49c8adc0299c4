//! Whom attempts are counted for.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use super::Shared;

const FORWARDED: &str = "x-forwarded-for";

/// The client's address. `None` counts as one address: that of all whose address is unknown.
pub(super) struct Peer(pub(super) Option<IpAddr>);

impl FromRequestParts<Shared> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Infallible> {
        let connected =
            || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Self(if shared.behind_proxy { forwarded(parts) } else { connected() }))
    }
}

/// The entry that the proxy itself added; those before it are the client's own claims.
fn forwarded(parts: &Parts) -> Option<IpAddr> {
    let last = parts.headers.get_all(FORWARDED).into_iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}
