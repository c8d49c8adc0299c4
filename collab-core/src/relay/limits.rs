//! The room's limits (PROTOCOL section 5).

use std::time::Duration;

use super::{Authorship, ChatLimits};
use crate::wire::Limits;

/// What a room accepts and when it cleans up. `Default` gives PROTOCOL's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomConfig {
    /// Whether what is acknowledged as durable is kept at all; false for ephemeral rooms.
    pub keeps: bool,
    /// Per connection, in bytes; told to clients in `welcome`.
    pub limits: Limits,
    /// Snapshot and tail of one channel, in bytes.
    pub room_max_bytes: usize,
    /// Awareness client IDs that one connection may own. Among peers: in all, of those who chat.
    pub awareness_clients_max: usize,
    /// Channels that one connection may have open.
    pub channels_max: usize,
    /// Channels that a room may have.
    pub room_channels_max: usize,
    /// Bytes accepted but not yet durable in one channel; more is refused with `store_unavailable`,
    /// except for a single update when nothing waits.
    pub backlog_max_bytes: usize,
    /// By what chats know who wrote something.
    pub authorship: Authorship,
    /// What chats accept.
    pub chat: ChatLimits,
    /// Presence that is not renewed for this long is removed (y-protocols: 30 s).
    pub presence_timeout: Duration,
    /// Where others write too, `durable` waits so long at most for an update of theirs to ride with.
    /// PROTOCOL promises 50 ms more, since a driver may be as late.
    pub durable_ride_max: Duration,
    /// A tail of this many updates is folded into the snapshot, but not before
    /// [`Self::compact_interval`] has passed since the last time, unless it is sixteen times as long.
    pub compact_tail_updates: usize,
    /// See [`Self::compact_tail_updates`]. At a high rate a fold for each few hundred updates would
    /// write the snapshot many times a second.
    pub compact_interval: Duration,
    /// A tail of this many bytes is folded into the snapshot, if it is also a quarter of it.
    pub compact_tail_bytes: usize,
}

impl Default for RoomConfig {
    fn default() -> Self {
        let update_max_bytes = 4 << 20;
        Self {
            keeps: true,
            limits: Limits {
                frame_max_bytes: update_max_bytes + (64 << 10),
                update_max_bytes,
                awareness_max_bytes: 16 << 10,
                signal_max_bytes: 64 << 10,
            },
            room_max_bytes: 64 << 20,
            awareness_clients_max: 16,
            channels_max: 16,
            room_channels_max: 256,
            backlog_max_bytes: 16 << 20,
            authorship: Authorship::default(),
            chat: ChatLimits::default(),
            presence_timeout: Duration::from_secs(30),
            durable_ride_max: Duration::from_millis(650),
            compact_tail_updates: 256,
            compact_interval: Duration::from_secs(1),
            compact_tail_bytes: 1 << 20,
        }
    }
}
