//! Bytes to messages and back, as specified in `PROTOCOL.md`.
//!
//! Two dialects: [`Dialect::Plain`] is y-protocols 1.0.7 as y-websocket sends it;
//! [`Dialect::V1`] is `collab.v1`, the same messages behind a channel number, and more of them.
//! This module knows no CRDT: updates and state vectors are opaque bytes here. Readers borrow from
//! the frame, trust no length, and never panic.

mod awareness;
mod code;
mod codec;
mod grant;
mod message;
mod names;
mod shared;

pub use awareness::{AwarenessEntry, read_awareness, write_awareness};
pub use code::{CloseCode, ErrorCode};
pub use codec::{Reader, VAR_UINT_MAX, WireError, Writer};
pub use grant::{Access, Grant, Limits};
pub use message::{EventKind, Frame, Message, Sync};
pub use names::{LIST_PREFIXES, read_names, write_names};
pub use shared::SharedUpdate;

/// The WebSocket subprotocol that selects [`Dialect::V1`].
pub const SUBPROTOCOL: &str = "collab.v1";

/// The channel that every room has, and the only one of a plain connection.
pub const DOC_CHANNEL: &str = "doc";

/// Which of the two languages a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// y-protocols as y-websocket sends it: one channel, no acknowledgements.
    Plain,
    /// `collab.v1`.
    V1,
}

/// Whether `name` may name a channel: 1 to 64 bytes of `[a-z0-9/_-]` (PROTOCOL section 4).
pub fn is_channel_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'/' | b'_' | b'-'))
}

/// Whether `name` may name a room: 1 to 256 bytes without control characters (PROTOCOL section 1).
pub fn is_room_name(name: &str) -> bool {
    (1..=256).contains(&name.len()) && !name.chars().any(char::is_control)
}
