//! Who may do what: an [`Authorizer`] turns a token and a request into a grant.
//!
//! The relay asks once per connection and again for each refreshed token. It never looks into
//! tokens itself, and never logs them.

#[cfg(feature = "jwt")]
pub mod jwt;

use axum::http::{HeaderMap, Uri, request::Parts};
use collab_core::chat::UserId;
use collab_core::wire::{CloseCode, ErrorCode, Grant};
use futures_util::future::BoxFuture;
use std::any::Any;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

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
    /// Where to leave what the connection shall hold as long as it lives.
    pub lease: &'a Lease,
}

/// Something of an authorizer's that a connection holds: a name that nobody else may have meanwhile,
/// a place among a limited number. It is dropped once the connection is over, or never came to be.
#[derive(Debug, Default)]
pub struct Lease {
    held: Mutex<Option<Held>>,
}

/// Held by a connection for the sake of its `Drop`.
pub(crate) type Held = Arc<dyn Any + Send + Sync>;

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
    /// Somebody else is here under the name that the token claims.
    NameTaken,
    /// Nobody may have the name that the token claims.
    NameRefused,
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

impl Lease {
    /// Gives the connection something to hold, in place of what it held. `Drop` must not block, nor
    /// call the relay: it may run while a room is locked.
    pub fn hold(&self, held: impl Send + Sync + 'static) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(held));
    }

    pub(crate) fn into_held(self) -> Option<Held> {
        self.held.into_inner().unwrap_or_else(PoisonError::into_inner)
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
            Self::NameTaken => ErrorCode::NameTaken,
            Self::NameRefused => ErrorCode::NameRefused,
            Self::Unavailable => ErrorCode::Overloaded,
        }
    }

    /// The code that closes the connection.
    pub(crate) const fn close(self) -> CloseCode {
        match self {
            Self::Unauthorized => CloseCode::UNAUTHORIZED,
            Self::Forbidden | Self::NameTaken | Self::NameRefused => CloseCode::FORBIDDEN,
            Self::Unavailable => CloseCode::TRY_LATER,
        }
    }
}
