//! Who may do what: an [`Authorizer`] turns a token and a request into a grant.
//!
//! The relay asks once per connection and again for each refreshed token. It never looks into
//! tokens itself, and never logs them.

use axum::http::{HeaderMap, Uri, request::Parts};
use collab_core::chat::UserId;
use collab_core::wire::{CloseCode, ErrorCode, Grant};
use futures_util::future::BoxFuture;
use std::net::{IpAddr, SocketAddr};

use crate::RoomName;

/// Decides who may enter a room. One that trusts cookies must check `Origin` too: browsers send both
/// from any page, and no same-origin rule protects a WebSocket.
pub trait Authorizer: Send + Sync + 'static {
    /// A grant for this request, or why there is none. May take its time (a database, another
    /// service): it runs off the room, and the client waits.
    fn authorize<'a>(
        &'a self,
        request: &'a AuthRequest<'a>,
    ) -> BoxFuture<'a, Result<Grant, Refusal>>;
}

/// What an authorizer may look at.
#[derive(Clone, Copy, Debug)]
pub struct AuthRequest<'a> {
    /// The room that shall be entered.
    pub room: &'a RoomName,
    /// The token of a `collab.v1` client, maybe empty; `None` for a stock client, which has none.
    pub token: Option<&'a str>,
    /// The upgrade request: cookies, origin, query string.
    pub head: &'a RequestHead,
}

/// What is kept of a WebSocket upgrade request as long as its connection lives.
#[derive(Clone)]
pub struct RequestHead {
    /// As requested, with the query string.
    pub uri: Uri,
    /// As sent.
    pub headers: HeaderMap,
    /// The peer's address, where the server was started with connect info.
    pub address: Option<IpAddr>,
}

/// Why somebody may not enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The token is missing, invalid or expired; another one may do.
    Unauthorized,
    /// This user may not enter this room.
    Forbidden,
    /// The decision cannot be made now; the client retries.
    Unavailable,
}

/// Grants everybody everything, for ever. Who brings a token is the user that it makes them
/// ([`UserId::of_guest`]); without one they are nobody, who can write documents but no chat.
#[derive(Clone, Copy, Debug, Default)]
pub struct Open;

impl Authorizer for Open {
    fn authorize<'a>(
        &'a self,
        request: &'a AuthRequest<'a>,
    ) -> BoxFuture<'a, Result<Grant, Refusal>> {
        let guest = request.token.and_then(UserId::of_guest);
        let user = guest.map_or_else(String::new, |guest| guest.to_string());
        Box::pin(async { Ok(Grant { user, ..Grant::open() }) })
    }
}

impl RequestHead {
    pub(crate) fn new(parts: &Parts) -> Self {
        let connect_info = parts.extensions.get::<axum::extract::ConnectInfo<SocketAddr>>();
        Self {
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
            address: connect_info.map(|info| info.0.ip()),
        }
    }
}

/// Without the query string and the headers, which may carry credentials.
impl std::fmt::Debug for RequestHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequestHead")
            .field("path", &self.uri.path())
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Refusal {
    /// The error that tells a `collab.v1` client.
    pub(crate) const fn code(self) -> ErrorCode {
        match self {
            Self::Unauthorized => ErrorCode::Unauthorized,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::Unavailable => ErrorCode::Overloaded,
        }
    }

    /// The code that closes the connection.
    pub(crate) const fn close(self) -> CloseCode {
        match self {
            Self::Unauthorized => CloseCode::UNAUTHORIZED,
            Self::Forbidden => CloseCode::FORBIDDEN,
            Self::Unavailable => CloseCode::TRY_LATER,
        }
    }
}
