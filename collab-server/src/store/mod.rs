//! Where updates become durable.
//!
//! A [`Store`] keeps, per room and channel, a snapshot and the updates since. It knows no CRDT:
//! bytes in, the same bytes out, or an error that says that they are damaged. The relay's journal
//! calls `append` with updates of many rooms at once; every implementation passes [`conformance`].

mod checksum;
pub mod conformance;
mod ephemeral;
mod memory;
mod place;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod sqlite;

pub use ephemeral::EphemeralStore;
pub use memory::MemoryStore;
pub use place::{OpenStoreError, StorePlace, StoreUrl};
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;

use bytes::Bytes;
use collab_core::relay::{ChannelName, LoadFailure, Position, Stored};
use futures_util::future::BoxFuture;

use crate::RoomName;

/// What a store answers, sooner or later.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// One update to keep.
#[derive(Clone, Debug)]
pub struct Append {
    /// The room it belongs to.
    pub room: RoomName,
    /// The channel in that room.
    pub channel: ChannelName,
    /// An encoded update; opaque here.
    pub update: Bytes,
}

/// Keeps snapshots and updates. Safe to call from many tasks at once.
pub trait Store: Send + Sync + 'static {
    /// Whether what `append` acknowledged survives a crash of this process. Without it no client
    /// is ever told "durable".
    fn keeps(&self) -> bool;

    /// All that is kept of one channel; empty if nothing is. Updates come in order of their
    /// positions. Bytes that differ from what was appended are [`StoreError::Damaged`].
    fn load<'a>(&'a self, room: &'a RoomName, channel: &'a str) -> Answer<'a, Stored>;

    /// The names of the room's channels that start with `prefix` and hold anything: the first `max`
    /// of them, sorted by their bytes.
    fn channels<'a>(
        &'a self,
        room: &'a RoomName,
        prefix: &'a str,
        max: usize,
    ) -> Answer<'a, Vec<ChannelName>>;

    /// Keeps a whole batch or nothing of it; answers with one position per update, in order.
    /// Positions grow within a channel and are never used twice. After an error the batch may be
    /// given again: a duplicate is harmless, since merging is idempotent.
    fn append(&self, batch: Vec<Append>) -> Answer<'_, Vec<Position>>;

    /// Puts `snapshot` in place of everything up to and including `upto`. The previous snapshot
    /// and the updates stay until the new one was read back and found equal.
    fn compact<'a>(
        &'a self,
        room: &'a RoomName,
        channel: &'a str,
        upto: Position,
        snapshot: Bytes,
    ) -> Answer<'a, ()>;

    /// Forgets all channels of a room.
    fn delete_room<'a>(&'a self, room: &'a RoomName) -> Answer<'a, ()>;

    /// Whether the store can be read now. Cheap; asked by `/readyz`.
    fn health(&self) -> Answer<'_, ()>;
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The environment failed; trying again may help.
    #[error("the store failed")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// What is stored fails verification. An operator is needed.
    #[error("stored bytes are damaged: {what} at position {position}")]
    Damaged {
        /// Which kind of row.
        what: &'static str,
        /// Its position, or the position up to which a snapshot reaches.
        position: u64,
    },
    /// A snapshot that reaches less far than the stored one, or beyond what was stored.
    #[error("snapshot up to {upto} does not lie between {newest} and {last}")]
    OutOfRange {
        /// Where the offered snapshot ends.
        upto: u64,
        /// Where the stored snapshot ends.
        newest: u64,
        /// The channel's last position.
        last: u64,
    },
    /// Another relay wrote to the channel or loaded it since this one did, so that this one's
    /// snapshot may lack what the other wrote. Loading the channel again helps.
    #[error("another relay uses the same channel")]
    NotAlone,
    /// An append was answered with another number of positions than it had updates.
    #[error("the store answered with a wrong number of positions")]
    Positions,
    /// No answer came in time.
    #[error("the store did not answer in time")]
    Slow,
    /// The implementation panicked.
    #[error("the store panicked")]
    Panicked,
    /// The new snapshot read back differently; the previous generation is still in place.
    #[error("a snapshot read back differs from what was written")]
    ReadBack,
}

impl StoreError {
    pub(crate) fn load_failure(&self) -> LoadFailure {
        match self {
            Self::Damaged { .. } => LoadFailure::Damaged,
            _ => LoadFailure::Unavailable,
        }
    }
}
