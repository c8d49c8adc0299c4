//! One channel: its log, who has it open, what is durable of it.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::chat::Kind;
use super::io::{ChannelName, EntryNo, PeerId, Position};
use super::limits::RoomConfig;
use super::peer::Peer;
use super::presence::PresenceTable;
use super::sorted::SortedMap;
use super::tick::Tick;
use super::work::{Opened, Task};
use crate::Timestamp;
use crate::log::{Checked, Log, Refusal, Snapshot};
use crate::wire::{Access, SharedUpdate};

/// Numbers from here on are those of direct chats: four bytes on the wire.
const SCATTERED_MIN: u64 = 1 << 27;

/// A tail of so many times the updates that make a compaction worth it does not wait for its time.
const HURRY: usize = 16;

/// So many times as many direct chats as other channels may be in memory.
const DIRECT_FACTOR: usize = 128;

/// State of one channel.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) name: ChannelName,
    pub(super) number: u64,
    pub(super) kind: Kind,
    pub(super) subscribers: SortedMap<PeerId, ()>,
    pub(super) presence: PresenceTable,
    pub(super) tick: Tick,
    pub(super) state: State,
}

/// Whether the channel was loaded.
#[derive(Debug)]
pub(super) enum State {
    /// Frames wait until the store has answered.
    Loading(Held),
    /// In use.
    Ready(Box<Ready>),
}

/// Frames that arrived before the channel was loaded, in order.
#[derive(Debug, Default)]
pub(super) struct Held {
    frames: Vec<(PeerId, Bytes)>,
    bytes: usize,
}

/// A loaded channel.
#[derive(Debug, Default)]
pub(super) struct Ready {
    pub(super) log: Log<SharedUpdate>,
    /// Number of the last entry, and of the last one that is durable; its place in the store.
    last: EntryNo,
    durable: EntryNo,
    position: Position,
    /// The last entry that is in the snapshot already.
    folded: EntryNo,
    backlog_bytes: usize,
    compaction: Compaction,
    /// Before this time only a tail that is far too long is folded.
    compact_from: Timestamp,
}

#[derive(Debug, Default)]
enum Compaction {
    #[default]
    Idle,
    Merging,
    /// The store is replacing what it has.
    Storing {
        merged: Snapshot<SharedUpdate>,
        tail: usize,
    },
    /// The last attempt failed; try again when the tail has this many updates.
    Failed {
        retry_at: usize,
    },
}

impl Held {
    /// Keeps a frame, or says that there is no room for it.
    pub(super) fn push(&mut self, peer: PeerId, frame: Bytes, max_bytes: usize) -> bool {
        let bytes = self.bytes + frame.len() + size_of::<(PeerId, Bytes)>();
        if bytes > max_bytes {
            return false;
        }
        self.bytes = bytes;
        self.frames.push((peer, frame));
        true
    }
}

impl Channel {
    /// A channel that waits for the store, or is ready at once where nothing is kept.
    pub(super) fn new(name: ChannelName, number: u64, config: &RoomConfig, kind: Kind) -> Self {
        let state = if config.keeps {
            State::Loading(Held::default())
        } else {
            State::Ready(Box::default())
        };
        Self {
            number,
            subscribers: SortedMap::default(),
            presence: PresenceTable::new(kind.lifetime(&config.authorship)),
            kind,
            name,
            tick: Tick::default(),
            state,
        }
    }

    /// Whether a peer may write here.
    pub(super) fn takes_from(&self, peer: &Peer) -> bool {
        self.kind.access(&peer.grant) == Access::Write
    }

    pub(super) fn ready(&mut self) -> Option<&mut Ready> {
        match &mut self.state {
            State::Ready(ready) => Some(ready),
            State::Loading(_) => None,
        }
    }

    /// Takes over what was loaded and returns the frames that waited for it.
    pub(super) fn open(&mut self, mut opened: Opened) -> Vec<(PeerId, Bytes)> {
        if let (Some(claims), Some(read)) = (self.kind.claims(), opened.claims.take()) {
            *claims = *read;
        }
        let ready = State::Ready(Box::new(Ready::new(opened)));
        match std::mem::replace(&mut self.state, ready) {
            State::Loading(held) => held.frames,
            State::Ready(_) => Vec::new(),
        }
    }

    /// Whether nothing is under way that must end before the channel may be forgotten.
    pub(super) fn is_settled(&self) -> bool {
        match &self.state {
            State::Loading(_) => false,
            State::Ready(ready) => ready.is_settled(),
        }
    }
}

impl Ready {
    fn new(opened: Opened) -> Self {
        let entries = EntryNo(opened.log.tail_len().0 as u64);
        Self {
            log: opened.log,
            last: entries,
            durable: entries,
            position: opened.position,
            ..Self::default()
        }
    }

    pub(super) const fn last_entry(&self) -> EntryNo {
        self.last
    }

    pub(super) const fn durable_entry(&self) -> EntryNo {
        self.durable
    }

    pub(super) const fn backlog_bytes(&self) -> usize {
        self.backlog_bytes
    }

    /// Adds a checked update and returns its number. Where nothing is kept it counts as durable.
    /// Refuses what may not follow what is here, and changes nothing then.
    pub(super) fn append(
        &mut self,
        update: SharedUpdate,
        checked: Checked,
        keeps: bool,
    ) -> Result<EntryNo, Refusal> {
        let bytes = update.as_ref().len();
        self.log.append(update, checked)?;
        self.last.0 += 1;
        if keeps {
            self.backlog_bytes += bytes;
        } else {
            self.durable = self.last;
        }
        Ok(self.last)
    }

    /// Notes that all entries up to `entry` are durable.
    pub(super) fn set_durable(&mut self, entry: EntryNo, position: Position) {
        self.durable = entry.min(self.last).max(self.durable);
        self.position = position.max(self.position);
        let pending = (self.last.0 - self.durable.0) as usize;
        self.backlog_bytes = self.log.last_bytes(pending);
    }

    /// The next compaction, if the durable tail is long enough for one.
    pub(super) fn plan_compaction(
        &mut self,
        now: Timestamp,
        number: u64,
        config: &RoomConfig,
    ) -> Option<Task> {
        let tail = (self.durable.0 - self.folded.0) as usize;
        let tail_bytes = self.log.tail_len().1.saturating_sub(self.backlog_bytes);
        let wanted = match self.compaction {
            Compaction::Idle => {
                (tail >= config.compact_tail_updates && now >= self.compact_from)
                    || tail / HURRY >= config.compact_tail_updates
                    || (tail_bytes >= config.compact_tail_bytes
                        && tail_bytes >= self.log.snapshot_bytes() / 4)
            }
            Compaction::Failed { retry_at } => tail >= retry_at,
            Compaction::Merging | Compaction::Storing { .. } => false,
        };
        if !wanted || tail == 0 {
            return None;
        }
        self.compaction = Compaction::Merging;
        self.compact_from = now + config.compact_interval;
        let updates = self.log.compactable(tail);
        Some(Task::Compact { number, upto: self.position, tail, updates })
    }

    /// Holds a merged snapshot until the store has it.
    pub(super) fn await_stored(&mut self, merged: Snapshot<SharedUpdate>, tail: usize) {
        self.compaction = Compaction::Storing { merged, tail };
    }

    /// The store has the merged snapshot and has read it back.
    pub(super) fn finish_compaction(&mut self) {
        if let Compaction::Storing { merged, tail } = std::mem::take(&mut self.compaction) {
            self.log.compact(merged, tail);
            self.folded.0 += tail as u64;
        }
    }

    /// Leaves everything as it was; the next attempt waits until the tail is twice as long.
    pub(super) fn fail_compaction(&mut self) {
        let tail = (self.durable.0 - self.folded.0) as usize;
        self.compaction = Compaction::Failed { retry_at: tail.max(1) * 2 };
    }

    fn is_settled(&self) -> bool {
        let busy = matches!(self.compaction, Compaction::Merging | Compaction::Storing { .. });
        self.durable == self.last && !busy
    }
}

/// The channels of a room by number and by name.
#[derive(Debug, Default)]
pub(super) struct Channels {
    by_number: SortedMap<u64, Channel>,
    numbers: SortedMap<ChannelName, u64>,
    last: u64,
    /// How many are direct chats.
    direct: usize,
}

impl Channels {
    pub(super) fn get(&self, number: u64) -> Option<&Channel> {
        self.by_number.get(&number)
    }

    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Channel> {
        self.by_number.get_mut(&number)
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.numbers.get(name).copied()
    }

    /// Whether one more may be added. Direct chats are not counted with the others, since their number
    /// is nobody's business: each connection may have only so many open, and only at the end of all
    /// memory does it show.
    pub(super) const fn have_room_for(&self, kind: &Kind, max: usize) -> bool {
        if kind.is_direct() {
            self.direct < max.saturating_mul(DIRECT_FACTOR)
        } else {
            self.by_number.len() - self.direct < max
        }
    }

    /// Adds a channel: under the next number, which is never used twice; a direct chat under one that
    /// tells nothing of how many there are.
    pub(super) fn add(&mut self, name: ChannelName, config: &RoomConfig, kind: Kind) -> u64 {
        let number = if kind.is_direct() {
            self.direct += 1;
            self.scattered_number(&name)
        } else {
            self.last += 1;
            self.last
        };
        self.numbers.insert(name.clone(), number);
        self.by_number.insert(number, Channel::new(name, number, config, kind));
        number
    }

    fn scattered_number(&self, name: &str) -> u64 {
        let hash = Sha256::digest(name.as_bytes());
        let hash = u64::from(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]));
        let mut number = SCATTERED_MIN | (hash % SCATTERED_MIN);
        while self.by_number.contains(&number) {
            number += 1;
        }
        number
    }

    pub(super) fn remove(&mut self, number: u64) {
        if let Some(channel) = self.by_number.remove(&number) {
            self.numbers.remove(&channel.name);
            self.direct -= usize::from(channel.kind.is_direct());
        }
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Channel> {
        self.by_number.values_mut()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Channel> {
        self.by_number.values()
    }
}
