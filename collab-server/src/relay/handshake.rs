//! From a socket to a grant: `hello`, then the authorizer. No room is involved yet.

use bytes::Bytes;
use collab_core::relay::VERSION;
use collab_core::wire::{CloseCode, Dialect, ErrorCode, Frame, Grant, Message};
use tokio::time::timeout;

use super::RelayState;
use super::connection::Arrival;
use super::link::{Data, Ended, Link, Reader};
use crate::auth::{AuthRequest, Held, Lease};

/// A connection ends before it joined.
#[derive(Debug)]
pub(super) enum Failed {
    /// The peer went away by itself.
    Gone,
    /// Say this and close.
    Refused { code: Option<ErrorCode>, close: CloseCode, reason: &'static str },
}

/// What the authorizer gave.
#[derive(Debug)]
pub(super) struct Granted {
    pub(super) grant: Grant,
    pub(super) held: Option<Held>,
}

/// From an upgraded socket to a grant, unless the relay shuts down meanwhile.
pub(super) async fn shake_hands(
    relay: &RelayState,
    link: &Link,
    reader: &mut Reader,
    arrival: &Arrival,
) -> Result<Granted, Failed> {
    tokio::select! {
        result = authorize(relay, link, reader, arrival) => result,
        () = relay.until_closing() => Err(Failed::Refused {
            code: None,
            close: CloseCode::GOING_AWAY,
            reason: "shutting_down",
        }),
    }
}

/// Reads `hello` where the dialect has one, and asks the authorizer.
async fn authorize(
    relay: &RelayState,
    link: &Link,
    reader: &mut Reader,
    arrival: &Arrival,
) -> Result<Granted, Failed> {
    let token = match arrival.dialect {
        Dialect::Plain => None,
        Dialect::V1 => Some(hello(relay, link, reader).await?),
    };
    let (token, lease) = (token.as_deref(), Lease::default());
    let request = AuthRequest { room: &arrival.name, token, head: &arrival.head, lease: &lease };
    match relay.authorize(&request).await {
        Ok(grant) => Ok(Granted { grant, held: lease.into_held() }),
        Err(refusal) => Err(Failed::Refused {
            code: Some(refusal.code()),
            close: refusal.close(),
            reason: refusal.code().name(),
        }),
    }
}

/// The error frame that goes before the close, if the dialect has one for it.
pub(super) fn error_frame(dialect: Dialect, code: ErrorCode) -> Option<Bytes> {
    let message = match (dialect, code) {
        (Dialect::V1, _) => Message::Error { code: code as u64, seq: 0, detail: code.name() },
        (Dialect::Plain, ErrorCode::Unauthorized | ErrorCode::Forbidden) => {
            Message::PermissionDenied { reason: code.name() }
        }
        (Dialect::Plain, _) => return None,
    };
    Some(message.frame(dialect, 0))
}

async fn hello(relay: &RelayState, link: &Link, reader: &mut Reader) -> Result<String, Failed> {
    match timeout(relay.config.hello_timeout, first_frame(link, reader)).await {
        Ok(Ok(frame)) => {
            relay.metrics.received(frame.len());
            token_of(&frame)
        }
        Ok(Err(failed)) => Err(failed),
        Err(_) => {
            Err(Failed::Refused { code: None, close: CloseCode::TIMEOUT, reason: "no_hello" })
        }
    }
}

async fn first_frame(link: &Link, reader: &mut Reader) -> Result<Bytes, Failed> {
    match reader.next(link).await {
        Ok(Data::Binary(frame)) => Ok(frame),
        Ok(Data::Text) => Err(not_hello(CloseCode::PROTOCOL)),
        Err(Ended::Gone | Ended::TooLarge) => Err(Failed::Gone),
    }
}

fn token_of(frame: &[u8]) -> Result<String, Failed> {
    match Frame::read(Dialect::V1, frame) {
        Ok(Frame { channel: 0, message: Message::Hello { version: VERSION, token } }) => {
            Ok(token.to_owned())
        }
        Ok(Frame { channel: 0, message: Message::Hello { .. } }) => Err(Failed::Refused {
            code: Some(ErrorCode::UnsupportedVersion),
            close: CloseCode::PROTOCOL,
            reason: ErrorCode::UnsupportedVersion.name(),
        }),
        _ => Err(not_hello(CloseCode::UNAUTHORIZED)),
    }
}

const fn not_hello(close: CloseCode) -> Failed {
    Failed::Refused { code: None, close, reason: "hello_comes_first" }
}
