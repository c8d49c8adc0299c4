//! The relay's side of awareness: the newest state of each client, and whose connection it is.
//!
//! States stay JSON text. What is remembered is bounded: an entry lives as long as its connection
//! renews it ([`Lifetime`]), and after that its clock for one more timeout, so that a late echo of it (y-websocket
//! clients send back what they receive) cannot bring a ghost to life.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;

use super::io::PeerId;
use crate::Timestamp;
use crate::wire::{AwarenessEntry, write_awareness};

/// All awareness of one channel.
#[derive(Debug)]
pub(super) struct PresenceTable {
    lifetime: Lifetime,
    live: BTreeMap<u64, Live>,
    gone: BTreeMap<u64, Gone>,
}

/// What ends presence (PROTOCOL section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lifetime {
    /// That it is not renewed, and the end of the connection that it came through.
    Both,
    /// The end of the connection alone: in a chat.
    Connection,
    /// That it is not renewed, alone: in a chat among peers, where the connection is a link that others
    /// are behind too.
    Renewal,
}

#[derive(Debug)]
struct Live {
    clock: u64,
    json: Box<str>,
    owner: PeerId,
    renewed: Timestamp,
}

/// A client that left, and the newest connection that could still echo it.
#[derive(Debug)]
struct Gone {
    clock: u64,
    newest_peer: PeerId,
    since: Timestamp,
}

/// What became of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepted {
    /// News: tell everybody.
    Yes,
    /// Old news, or not this peer's to say.
    Stale,
    /// This connection owns too many clients.
    TooMany,
}

impl Lifetime {
    /// Whether what is not renewed ends.
    const fn is_renewed(self) -> bool {
        !matches!(self, Self::Connection)
    }
}

impl PresenceTable {
    pub(super) const fn new(lifetime: Lifetime) -> Self {
        Self { lifetime, live: BTreeMap::new(), gone: BTreeMap::new() }
    }

    /// Whether there is nothing that a sweep could ever remove.
    pub(super) fn is_settled(&self) -> bool {
        self.gone.is_empty() && (self.live.is_empty() || !self.lifetime.is_renewed())
    }

    /// Takes one entry from `peer`. `newest_peer` is the newest connection that exists now.
    pub(super) fn accept(
        &mut self,
        now: Timestamp,
        (peer, newest_peer): (PeerId, PeerId),
        entry: &AwarenessEntry<'_>,
        clients_max: usize,
    ) -> Accepted {
        if !self.is_news(peer, entry) {
            return Accepted::Stale;
        }
        if entry.is_removal() {
            self.bury(now, newest_peer, entry.client, entry.clock);
            return Accepted::Yes;
        }
        if self.lifetime == Lifetime::Renewal {
            self.make_room_for(entry.client, clients_max);
        } else if !self.owns(peer, entry.client) && self.owned_by(peer).count() >= clients_max {
            return Accepted::TooMany;
        }
        self.gone.remove(&entry.client);
        let live = Live { clock: entry.clock, json: entry.json.into(), owner: peer, renewed: now };
        self.live.insert(entry.client, live);
        Accepted::Yes
    }

    /// The rule of y-protocols, and two of our own: only the owner removes at the same clock; and a
    /// client that left may return at its last clock, but only through a newer connection.
    pub(super) fn is_news(&self, peer: PeerId, entry: &AwarenessEntry<'_>) -> bool {
        if let Some(live) = self.live.get(&entry.client) {
            let removed_by_owner =
                entry.clock == live.clock && entry.is_removal() && live.owner == peer;
            return entry.clock > live.clock || removed_by_owner;
        }
        match self.gone.get(&entry.client) {
            Some(gone) if entry.clock == gone.clock => {
                peer > gone.newest_peer && !entry.is_removal()
            }
            Some(gone) => entry.clock > gone.clock && !entry.is_removal(),
            None => entry.clock > 0 && !entry.is_removal(),
        }
    }

    /// Forgets all clients of a connection and returns their removal, if there were any.
    pub(super) fn leave(
        &mut self,
        now: Timestamp,
        (peer, newest_peer): (PeerId, PeerId),
    ) -> Option<Bytes> {
        if self.lifetime == Lifetime::Renewal {
            return None;
        }
        let clients: Vec<u64> = self.owned_by(peer).collect();
        self.remove(now, newest_peer, &clients)
    }

    /// Where nobody leaves with a connection, so many may be here in all: beyond it who was not renewed
    /// for longest is forgotten until they are.
    fn make_room_for(&mut self, client: u64, clients_max: usize) {
        if self.live.len() < clients_max || self.live.contains_key(&client) {
            return;
        }
        let longest = self.live.iter().min_by_key(|(_, live)| live.renewed);
        if let Some((&longest, _)) = longest {
            self.live.remove(&longest);
        }
    }

    /// Removes what was not renewed in time and returns the removal; forgets old clocks.
    pub(super) fn sweep(
        &mut self,
        now: Timestamp,
        newest_peer: PeerId,
        timeout: Duration,
    ) -> Option<Bytes> {
        self.gone.retain(|_, gone| now.since(gone.since) < timeout);
        if !self.lifetime.is_renewed() {
            return None;
        }
        let outdated = |live: &Live| now.since(live.renewed) >= timeout;
        let clients: Vec<u64> = self
            .live
            .iter()
            .filter(|(_, live)| outdated(live))
            .map(|(&client, _)| client)
            .collect();
        self.remove(now, newest_peer, &clients)
    }

    /// Everybody's state as one awareness update, if anybody is here.
    pub(super) fn all(&self) -> Option<Bytes> {
        let entries = self.live.iter().map(|(&client, live)| AwarenessEntry {
            client,
            clock: live.clock,
            json: &live.json,
        });
        (!self.live.is_empty()).then(|| write_awareness(entries))
    }

    /// The same with everybody who left lately, for somebody who may not have heard of it.
    pub(super) fn all_and_gone(&self) -> Option<Bytes> {
        self.newest(&self.live.keys().chain(self.gone.keys()).copied().collect())
    }

    /// The newest state of these clients as one awareness update, if there are any.
    pub(super) fn newest(&self, clients: &BTreeSet<u64>) -> Option<Bytes> {
        let live = clients.iter().filter_map(|client| {
            let Live { clock, json, .. } = self.live.get(client)?;
            Some(AwarenessEntry { client: *client, clock: *clock, json })
        });
        let gone = clients.iter().filter_map(|client| {
            let clock = self.gone.get(client)?.clock;
            Some(AwarenessEntry { client: *client, clock, json: "null" })
        });
        let entries: Vec<_> = live.chain(gone).collect();
        (!entries.is_empty()).then(|| write_awareness(entries.into_iter()))
    }

    fn remove(&mut self, now: Timestamp, newest_peer: PeerId, clients: &[u64]) -> Option<Bytes> {
        let mut removed = Vec::with_capacity(clients.len());
        for &client in clients {
            let Some(clock) = self.live.get(&client).map(|live| live.clock) else {
                continue;
            };
            self.bury(now, newest_peer, client, clock);
            removed.push(AwarenessEntry { client, clock, json: "null" });
        }
        (!removed.is_empty()).then(|| write_awareness(removed.into_iter()))
    }

    fn bury(&mut self, now: Timestamp, newest_peer: PeerId, client: u64, clock: u64) {
        self.live.remove(&client);
        self.gone.insert(client, Gone { clock, newest_peer, since: now });
    }

    /// The connection that a client came through.
    pub(super) fn owner(&self, client: u64) -> Option<PeerId> {
        self.live.get(&client).map(|live| live.owner)
    }

    fn owns(&self, peer: PeerId, client: u64) -> bool {
        self.live.get(&client).is_some_and(|live| live.owner == peer)
    }

    fn owned_by(&self, peer: PeerId) -> impl Iterator<Item = u64> {
        self.live.iter().filter(move |(_, live)| live.owner == peer).map(|(&client, _)| client)
    }
}
