//! A tick: what one channel accepted since it last told anybody.
//!
//! Updates enter the log at once; the store, the other peers and the acknowledgements wait for the
//! end of the tick, which is due immediately ([`Room::deadline`]): a driver that has more frames at
//! hand hands them in first. So a lone keystroke is not delayed, and under load many updates cost
//! each receiver one frame. Any input but an update, awareness or news of the store ends the tick.

use std::collections::BTreeSet;

use super::io::EntryNo;
use super::sorted::SortedMap;
use super::{Class, Output, PeerId, Room};
use crate::Timestamp;
use crate::log::{Deleted, merge_compared};
use crate::wire::SharedUpdate;

/// A tick with so many updates, or so many bytes, ends.
const UPDATES_MAX: usize = 1024;
const BYTES_MAX: usize = 256 << 10;

/// More bytes are sent as they came: merging takes time in proportion to them, and a large update
/// gains nothing.
const MERGED_BYTES_MAX: usize = 64 << 10;

/// What waits for the end of the tick.
#[derive(Debug, Default)]
pub(super) struct Tick {
    updates: Vec<Accepted>,
    bytes: usize,
    /// Peers whose pushes are to be acknowledged.
    acknowledged: SortedMap<PeerId, ()>,
    /// Awareness clients with news.
    presence: BTreeSet<u64>,
}

#[derive(Debug)]
struct Accepted {
    from: PeerId,
    entry: EntryNo,
    update: SharedUpdate,
}

impl Tick {
    /// Adds an update that is in the log as `entry`. Returns whether the tick is full.
    pub(super) fn add(&mut self, from: PeerId, entry: EntryNo, update: SharedUpdate) -> bool {
        self.bytes += update.as_ref().len();
        self.updates.push(Accepted { from, entry, update });
        self.updates.len() >= UPDATES_MAX || self.bytes >= BYTES_MAX
    }

    /// Notes that pushes of `peer` are to be acknowledged.
    pub(super) fn acknowledge(&mut self, peer: PeerId) {
        self.acknowledged.insert(peer, ());
    }

    /// Notes that these awareness clients have news.
    pub(super) fn add_presence(&mut self, clients: impl Iterator<Item = u64>) {
        self.presence.extend(clients);
    }

    /// All updates as one, if that is worth it.
    fn merged(&self, number: u64) -> Option<SharedUpdate> {
        if self.updates.len() < 2 || self.bytes > MERGED_BYTES_MAX {
            return None;
        }
        let updates: Vec<&[u8]> = self.updates.iter().map(|a| a.update.as_ref()).collect();
        // What differs from its parts is not sent: they are, one by one.
        let merged = merge_compared(&updates, Deleted::Keep).ok()?;
        Some(SharedUpdate::new(number, &merged.update))
    }

    fn has_update_of(&self, peer: PeerId) -> bool {
        self.updates.iter().any(|accepted| accepted.from == peer)
    }
}

impl Room {
    /// Notes that the channel has something for the end of the tick.
    pub(super) fn begin_tick(&mut self, number: u64) {
        if !self.ticking.contains(&number) {
            self.ticking.push(number);
        }
    }

    /// Ends the tick of all channels.
    pub(super) fn end_tick(&mut self, now: Timestamp) {
        for number in std::mem::take(&mut self.ticking) {
            let Some(channel) = self.channels.get_mut(number) else { continue };
            let mut tick = std::mem::take(&mut channel.tick);
            let merged = tick.merged(number);
            self.store(now, number, &tick, merged.as_ref());
            self.forward(now, number, &tick, merged.as_ref());
            for (peer, ()) in tick.acknowledged.take() {
                if !self.config.keeps || !self.store_ok {
                    self.send_received(peer, number);
                }
                self.send_durable(now, peer, number);
            }
            self.tell_presence(number, &tick.presence);
        }
    }

    fn store(&mut self, now: Timestamp, number: u64, tick: &Tick, merged: Option<&SharedUpdate>) {
        let Some(last) = tick.updates.last() else { return };
        if !self.config.keeps {
            return self.compact(now, number);
        }
        let Some(channel) = self.channels.get(number) else { return };
        let mut append = |entry: EntryNo, update: &SharedUpdate| {
            let (channel, update) = (channel.name.clone(), update.update());
            self.outputs.push_back(Output::Append { channel, entry, update });
        };
        match merged {
            Some(merged) => append(last.entry, merged),
            None => tick.updates.iter().for_each(|a| append(a.entry, &a.update)),
        }
    }

    /// Sends the tick's updates to all that have the channel open and are up to date: merged into
    /// one to those that wrote none of them, and to each writer those of the others.
    fn forward(&mut self, now: Timestamp, number: u64, tick: &Tick, merged: Option<&SharedUpdate>) {
        let Some(channel) = self.channels.get(number) else { return };
        for &peer in channel.subscribers.keys() {
            let Some(state) = self.peers.get_mut(&peer) else { continue };
            let dialect = state.dialect;
            let Some(subscription) = state.channels.get_mut(&number) else { continue };
            let all = merged.filter(|_| !tick.has_update_of(peer));
            let others = tick.updates.iter().filter(|a| all.is_none() && a.from != peer);
            let mut updates = all.into_iter().chain(others.map(|a| &a.update)).peekable();
            if !subscription.hears || updates.peek().is_none() {
                continue;
            }
            for update in updates {
                let frame = update.frame(dialect);
                self.outputs.push_back(Output::Send { peer, class: Class::Document, frame });
            }
            if let Some(durable) = subscription.ride.pass(now) {
                let frame = durable.frame(dialect, number);
                self.outputs.push_back(Output::Send { peer, class: Class::Control, frame });
            }
        }
    }

    fn tell_presence(&mut self, number: u64, clients: &BTreeSet<u64>) {
        let Some(channel) = self.channels.get(number) else { return };
        if let Some(update) = channel.presence.newest(clients) {
            self.broadcast_presence(number, &update);
        }
    }
}
