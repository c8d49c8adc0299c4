//! The HTTP side of a connection: room name, subprotocol, admission.

use axum::extract::rejection::PathRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use collab_core::wire::{Dialect, SUBPROTOCOL};

use super::connection::{self, Arrival};
use super::{Relay, admission};
use crate::auth::RequestHead;
use crate::{RoomName, RoomNameError};

/// The receive buffer of one connection. The library's default, 128 KiB, would cost 2.5 GB with
/// 20,000 idle connections.
const READ_BUFFER_BYTES: usize = 4 << 10;
/// What is collected before it goes to the socket.
const WRITE_BUFFER_BYTES: usize = 16 << 10;

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
    Upgrade(#[from] WebSocketUpgradeRejection),
    #[error("{}", .0.as_str())]
    Full(admission::Full),
    #[error("the relay shuts down")]
    Closing,
}

/// `GET /{room}`.
pub(super) async fn upgrade(
    State(relay): State<Relay>,
    room: Result<Path<String>, PathRejection>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    parts: Parts,
) -> Result<Response, Rejected> {
    let name = RoomName::new(&room?)?;
    let dialect = dialect(&parts.headers)?;
    let upgrade = upgrade?;
    let state = relay.state();
    if state.is_closing() {
        return Err(state.turned_away("closing", Rejected::Closing));
    }
    let head = RequestHead::new(&parts);
    let place = state
        .admission
        .admit(&name, head.address)
        .map_err(|full| state.turned_away(full.label(), Rejected::Full(full)))?;
    let arrival = Arrival { name, dialect, head: head.into(), _place: place };
    let frame_max_bytes = state.config.room.limits.frame_max_bytes as usize;
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(frame_max_bytes)
        .max_frame_size(frame_max_bytes)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES);
    Ok(upgrade.on_upgrade(move |socket| connection::serve(relay, socket, arrival)))
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
            Self::Upgrade(_) => StatusCode::UPGRADE_REQUIRED,
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
