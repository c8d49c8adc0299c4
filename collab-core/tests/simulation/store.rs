//! The store: survives every crash, fails for a while, and is slow.

use std::collections::BTreeMap;

use bytes::Bytes;
use collab_core::chat::{Chat, Segment, SegmentName};
use collab_core::log::{Checked, Log, check};
use collab_core::relay::{ChannelName, EntryNo, Position, Stored};

/// What a relay has asked for.
#[derive(Debug)]
pub(crate) enum Operation {
    Load { channel: ChannelName },
    List { prefix: &'static str, max: usize },
    Append { channel: ChannelName, entry: EntryNo, update: Bytes },
    Replace { channel: ChannelName, upto: Position, snapshot: Bytes },
}

#[derive(Debug, Default)]
pub(crate) struct Store {
    channels: BTreeMap<ChannelName, Stored>,
    /// Segments of chats as a reader of the store sees them.
    segments: BTreeMap<SegmentName, Segment>,
    last: Position,
    /// Takes nothing until then.
    pub(crate) outage_until_ms: u64,
}

impl Store {
    pub(crate) fn load(&self, channel: &str) -> Stored {
        self.channels.get(channel).cloned().unwrap_or_default()
    }

    pub(crate) fn list(&self, prefix: &str, max: usize) -> Vec<ChannelName> {
        let found = self.channels.keys().filter(|name| name.starts_with(prefix));
        found.take(max).cloned().collect()
    }

    pub(crate) fn append(&mut self, channel: ChannelName, update: Bytes) -> Position {
        self.last.0 += 1;
        if let Some(name) = SegmentName::parse(&channel) {
            let new = Segment::new(name.number, 0, None);
            let segment = self.segments.entry(name).or_insert(new);
            segment.apply(&update).expect("a relay stores what all read");
        }
        self.channels.entry(channel).or_default().tail.push((self.last, update));
        self.last
    }

    pub(crate) fn replace(&mut self, channel: &ChannelName, upto: Position, snapshot: Bytes) {
        let stored = self.channels.entry(channel.clone()).or_default();
        stored.snapshot = Some(snapshot);
        stored.tail.retain(|(position, _)| *position > upto);
        if let Some(name) = SegmentName::parse(channel) {
            let mut segment = Segment::new(name.number, 0, None);
            let tail = stored.tail.iter().map(|(_, update)| update);
            for update in stored.snapshot.iter().chain(tail) {
                segment.apply(update).expect("what was compacted can be read");
            }
            self.segments.insert(name, segment);
        }
    }

    /// The segments of a chat.
    pub(crate) fn segments(&self, chat: &Chat) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(move |(name, _)| name.chat == *chat).map(|(_, segment)| segment)
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
