//! Rows of `channel` that were appended to lately, so that an update costs no look-up by name.
//!
//! Holds for one connection, which is the only one that writes. Only committed rows are remembered.

use std::collections::HashMap;

use collab_core::relay::ChannelName;

use crate::RoomName;

/// Channels that are remembered; at one more all are forgotten.
const CHANNELS_MAX: usize = 4096;

/// Channels' row IDs by their names.
#[derive(Debug, Default)]
pub(super) struct KnownChannels(HashMap<(RoomName, ChannelName), i64>);

impl KnownChannels {
    pub(super) fn get(&self, channel: &(RoomName, ChannelName)) -> Option<i64> {
        self.0.get(channel).copied()
    }

    /// Remembers rows that were committed.
    pub(super) fn add(&mut self, found: Vec<((RoomName, ChannelName), i64)>) {
        if self.0.len() + found.len() > CHANNELS_MAX {
            self.forget_all();
        }
        self.0.extend(found.into_iter().take(CHANNELS_MAX));
    }

    /// After rows were deleted: their IDs may be given to others.
    pub(super) fn forget_all(&mut self) {
        self.0 = HashMap::new();
    }
}
