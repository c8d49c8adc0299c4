//! The store: survives every crash, fails for a while, and is slow.

use std::collections::BTreeMap;

use bytes::Bytes;
use collab_core::log::{Checked, Log, check};
use collab_core::relay::{ChannelName, EntryNo, Position, Stored};

/// What a relay has asked for.
#[derive(Debug)]
pub(crate) enum Operation {
    Load { channel: ChannelName },
    Append { channel: ChannelName, entry: EntryNo, update: Bytes },
    Replace { channel: ChannelName, upto: Position, snapshot: Bytes },
}

#[derive(Debug, Default)]
pub(crate) struct Store {
    channels: BTreeMap<ChannelName, Stored>,
    last: Position,
    /// Takes nothing until then.
    pub(crate) outage_until_ms: u64,
}

impl Store {
    pub(crate) fn load(&self, channel: &str) -> Stored {
        self.channels.get(channel).cloned().unwrap_or_default()
    }

    pub(crate) fn append(&mut self, channel: ChannelName, update: Bytes) -> Position {
        self.last.0 += 1;
        self.channels.entry(channel).or_default().tail.push((self.last, update));
        self.last
    }

    pub(crate) fn replace(&mut self, channel: ChannelName, upto: Position, snapshot: Bytes) {
        let stored = self.channels.entry(channel).or_default();
        stored.snapshot = Some(snapshot);
        stored.tail.retain(|(position, _)| *position > upto);
    }

    /// Everything that is stored of a channel.
    pub(crate) fn contents(&self, channel: &str) -> Contents {
        let stored = self.load(channel);
        Contents::of(stored.snapshot, stored.tail.into_iter().map(|(_, update)| update))
    }
}

/// What some updates say, deletions included.
pub(crate) struct Contents(Log);

impl Contents {
    pub(crate) fn of(snapshot: Option<Bytes>, tail: impl IntoIterator<Item = Bytes>) -> Self {
        Self(Log::open(snapshot, tail).expect("stored bytes pass the check"))
    }

    pub(crate) fn has(&self, checked: &Checked) -> bool {
        self.0.has(checked)
    }

    /// Whether all that `update` says is here.
    pub(crate) fn has_update(&self, update: &[u8]) -> bool {
        self.has(&check(update, usize::MAX).expect("a replica's own bytes pass the check"))
    }
}
