//! What a user interface shows of a session.

use std::sync::Arc;

use crate::Timestamp;
use crate::wire::{Access, ErrorCode};

/// A session's condition, all channels together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// How far the session has come.
    pub phase: Phase,
    /// Edits that are not durable yet; in an ephemeral room, not received yet. Survives reconnects.
    pub unsaved: u64,
    /// When the next connection is tried, while [`Phase::Offline`] and not stopped.
    pub retry_at: Option<Timestamp>,
    /// Who the last grant says this is; empty for somebody anonymous.
    pub user: Arc<str>,
    /// What the relay calls this user; empty where they name themselves.
    pub name: Arc<str>,
    /// What the last grant allows.
    pub access: Access,
    /// Whether the room keeps what it acknowledges as durable.
    pub keeps: bool,
    /// Whether the relay's store takes writes.
    pub store_ok: bool,
    /// This connection's number among the room's peers, once welcomed.
    pub peer: Option<u64>,
    /// What went wrong last; cleared by success.
    pub error: Option<ErrorCode>,
}

/// How far a session has come, from worst to best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Will not go on by itself: the relay refused the connection, a channel or a push. Edits are
    /// kept. A new token, or [`super::Input::Start`], tries again.
    Refused(ErrorCode),
    /// Not connected: stopped, or waiting for [`Status::retry_at`].
    Offline,
    /// A connection is being opened.
    Connecting,
    /// Connected; some channel has not received everything yet.
    Syncing,
    /// Everything received; edits here travel at once, and some may not be durable yet.
    Synced,
    /// As [`Phase::Synced`], and all edits are durable. Never reached in an ephemeral room.
    Saved,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            phase: Phase::Offline,
            unsaved: 0,
            retry_at: None,
            user: "".into(),
            name: "".into(),
            access: Access::Write,
            keeps: true,
            store_ok: true,
            peer: None,
            error: None,
        }
    }
}
