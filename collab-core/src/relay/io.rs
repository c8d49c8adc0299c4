//! What goes into a [`super::Room`] and what comes out.

use std::sync::Arc;

use bytes::Bytes;

use super::work::{Finished, Job};
use crate::wire::{CloseCode, Dialect, Grant};

/// A connection, unique in its relay process and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);

/// The name of a channel, shared.
pub type ChannelName = Arc<str>;

/// A tail entry's number in this room, counted from 1 by the room in each channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryNo(pub u64);

/// A tail entry's place in the store, given by the store, growing within a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// What happened outside.
#[allow(missing_docs, reason = "fields are told with their variant")]
#[derive(Debug)]
#[non_exhaustive]
pub enum Input {
    /// A connection was authorized. For `collab.v1` its `hello` was read already; the room says `welcome`.
    Join { peer: PeerId, dialect: Dialect, grant: Grant },
    /// A binary frame arrived.
    Frame { peer: PeerId, frame: Bytes },
    /// The peer's queue overflowed and document frames were dropped. It has room again.
    Overflowed { peer: PeerId },
    /// The peer's presence frames were dropped. It has room again.
    PresenceDropped { peer: PeerId },
    /// The authorizer accepted a `token`, or changed its mind: `None` revokes.
    Regrant { peer: PeerId, grant: Option<Grant> },
    /// The authorizer did not accept a `token`. The grant that the peer has stays as it is.
    TokenRefused { peer: PeerId },
    /// The connection is gone.
    Leave { peer: PeerId },
    /// The store answered [`Output::Load`].
    Loaded { channel: ChannelName, stored: Result<Stored, LoadFailure> },
    /// The store answered [`Output::List`].
    Listed { prefix: &'static str, names: Result<Vec<ChannelName>, LoadFailure> },
    /// All entries up to `entry` are durable; `position` is the place of the last of them.
    Durable { channel: ChannelName, entry: EntryNo, position: Position },
    /// What the store was given is not durable yet, and may not be for a while: whoever waits for
    /// it hears `received` meanwhile.
    StoreLate,
    /// Whether the store takes writes. The driver goes on retrying what it was given.
    StoreHealth { ok: bool },
    /// [`Output::Work`] was carried out.
    Finished(Finished),
    /// A new snapshot was stored and read back ([`Output::Replace`]), or not.
    Replaced { channel: ChannelName, upto: Position, ok: bool },
    /// The relay shuts down: tell everybody.
    GoingAway { retry_after_ms: u64 },
    /// Time passed; see [`super::Room::deadline`].
    Tick,
}

/// What a store holds of one channel.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// Everything up to `snapshot_position` as one update.
    pub snapshot: Option<Bytes>,
    /// Updates since, in order of their positions.
    pub tail: Vec<(Position, Bytes)>,
}

/// Why a channel could not be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadFailure {
    /// The store did not answer; trying again may help.
    #[error("the store is not available")]
    Unavailable,
    /// What is stored fails verification.
    #[error("stored bytes are damaged")]
    Damaged,
}

/// What the room wants done, in this order.
#[allow(missing_docs, reason = "fields are told with their variant")]
#[derive(Debug)]
#[non_exhaustive]
pub enum Output {
    /// Queue this frame for the peer.
    Send { peer: PeerId, class: Class, frame: Bytes },
    /// Send what is queued, then close the connection; the room has forgotten the peer already.
    Close { peer: PeerId, code: CloseCode, reason: &'static str },
    /// Load this channel (answer: [`Input::Loaded`]).
    Load { channel: ChannelName },
    /// Find the names of channels that hold something and have this prefix, at most `max` (answer:
    /// [`Input::Listed`]).
    List { prefix: &'static str, max: usize },
    /// Make this update durable (answer: [`Input::Durable`]). Entries of a channel come in order.
    Append { channel: ChannelName, entry: EntryNo, update: Bytes },
    /// Run this off the connection tasks (answer: [`Input::Finished`]).
    Work(Job),
    /// Replace everything up to `upto` by this snapshot, which was compared with it already
    /// (answer: [`Input::Replaced`]).
    Replace { channel: ChannelName, upto: Position, snapshot: Bytes },
    /// Ask the authorizer (answer: [`Input::Regrant`] or [`Input::TokenRefused`]).
    Authorize { peer: PeerId, token: String },
    /// Something worth a counter.
    Count(Counter),
}

/// How a queue treats a frame when it is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Part of the answer to a step 1. It may be larger than a queue, so it is not counted against
    /// it; a driver does not read a peer that asks again before it took the answers it has. Never
    /// dropped while the connection lives.
    Answer,
    /// Changes a document. Dropped only together with all others of the connection, and then
    /// [`Input::Overflowed`] follows.
    Document,
    /// Presence: replaced by newer presence. May be dropped; [`Input::PresenceDropped`] follows.
    Presence,
    /// Neither: acknowledgements, errors, events. Never dropped while the connection lives.
    Control,
}

/// Events that an operator wants counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Counter {
    /// A peer was told to sync again.
    Resync,
    /// An update was refused.
    Refused(crate::wire::ErrorCode),
    /// An update that added nothing was acknowledged and not stored.
    Duplicate,
    /// A compaction's result differed from its input and was thrown away.
    CompactionMismatch,
}
