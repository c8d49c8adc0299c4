//! The HTTP side of a connection: room name, subprotocol, admission.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use collab_core::wire::{Dialect, SUBPROTOCOL};
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::connection::{self, Arrival};
use super::{Relay, admission};
use crate::auth::RequestHead;
use crate::{RoomName, RoomNameError};

/// A client that was turned away comes back after this many seconds.
const RETRY_AFTER_S: &str = "5";

/// Why a request did not become a connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum Rejected {
    #[error("the room's name is not percent-encoded UTF-8")]
    Path(#[from] PathRejection),
    #[error(transparent)]
    Name(#[from] RoomNameError),
    #[error("none of the offered subprotocols is spoken here; offer {SUBPROTOCOL} or none")]
    Subprotocol,
    #[error("this is a WebSocket endpoint")]
    Upgrade,
    #[error("{}", .0.as_str())]
    Full(admission::Full),
    #[error("the relay shuts down")]
    Closing,
}

/// `GET /{room}`.
pub(super) async fn upgrade(
    State(relay): State<Relay>,
    room: Result<Path<String>, PathRejection>,
    mut request: Request,
) -> Result<Response, Rejected> {
    let name = RoomName::new(&room?)?;
    let dialect = dialect(request.headers())?;
    let accept = accept_key(&request).ok_or(Rejected::Upgrade)?;
    let upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or(Rejected::Upgrade)?;
    let state = relay.state();
    if state.is_closing() {
        return Err(state.turned_away("closing", Rejected::Closing));
    }
    let (parts, _) = request.into_parts();
    let head = RequestHead::new(&parts);
    let place = state
        .admission
        .admit(&name, head.address)
        .map_err(|full| state.turned_away(full.label(), Rejected::Full(full)))?;
    let arrival = Arrival { name, dialect, head, place };
    tokio::spawn(connection::serve(relay, upgrade, arrival));
    Ok(switch_protocols(dialect, accept))
}

/// The key that answers a request for a WebSocket (RFC 6455, section 4.2.1); `None` if it is none.
fn accept_key(request: &Request) -> Option<HeaderValue> {
    let headers = request.headers();
    let has = |name: HeaderName, word: &str| {
        let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|list| list.split(',')).any(|item| item.trim().eq_ignore_ascii_case(word))
    };
    let wanted = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
        && has(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| wanted)?;
    HeaderValue::try_from(derive_accept_key(key.as_bytes())).ok()
}

fn switch_protocols(dialect: Dialect, accept: HeaderValue) -> Response {
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    if dialect == Dialect::V1 {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    response
}

fn dialect(headers: &HeaderMap) -> Result<Dialect, Rejected> {
    let mut offers = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().peekable();
    if offers.peek().is_none() {
        return Ok(Dialect::Plain);
    }
    let mut names = offers.filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(','));
    if names.any(|name| name.trim() == SUBPROTOCOL) {
        Ok(Dialect::V1)
    } else {
        Err(Rejected::Subprotocol)
    }
}

impl Rejected {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Path(_) | Self::Name(_) | Self::Subprotocol => StatusCode::BAD_REQUEST,
            Self::Upgrade => StatusCode::UPGRADE_REQUIRED,
            Self::Full(_) | Self::Closing => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, format!("{self}\n")).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let value = header::HeaderValue::from_static(RETRY_AFTER_S);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}
