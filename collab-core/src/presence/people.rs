//! The others: what was heard of each, when, and who of them is gone.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::Changes;
use super::state::State;
use super::{CLIENTS_MAX, EXPIRY, STATE_MAX_BYTES, STATES_MAX_BYTES, TOMBSTONE};
use crate::Timestamp;
use crate::wire::AwarenessEntry;

/// Everybody else, bounded in number and bytes.
#[derive(Debug)]
pub(super) struct People {
    /// Whether whoever is not heard of is gone.
    expires: bool,
    known: BTreeMap<u64, Known>,
    /// When each of them expires.
    expiries: BTreeSet<(Timestamp, u64)>,
    states_bytes: usize,
}

/// One other client.
#[derive(Debug)]
struct Known {
    clock: u64,
    heard_at: Timestamp,
    /// `None`: gone, and only the clock is remembered.
    here: Option<Here>,
}

#[derive(Debug)]
struct Here {
    state: State,
    /// As it was sent, to be passed on unchanged.
    json: String,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was news, and was applied.
    Applied,
    /// Something newer is known.
    Stale,
    /// Not JSON, too large, or one too many.
    Unfit,
}

impl People {
    pub(super) const fn new(expires: bool) -> Self {
        Self { expires, known: BTreeMap::new(), expiries: BTreeSet::new(), states_bytes: 0 }
    }

    pub(super) const fn expires(&self) -> bool {
        self.expires
    }

    /// Applies an entry by the rules of y-protocols 1.0.7 (`applyAwarenessUpdate`).
    pub(super) fn hear(
        &mut self,
        now: Timestamp,
        entry: AwarenessEntry<'_>,
        changes: &mut Changes,
    ) -> Verdict {
        let (clock, was_here) = match self.known.get(&entry.client) {
            Some(known) => (known.clock, known.here.is_some()),
            None => (0, false),
        };
        let removes = entry.is_removal();
        if entry.clock < clock || (entry.clock == clock && !(removes && was_here)) {
            return Verdict::Stale;
        }
        if removes {
            self.replace(now, entry, None);
            if was_here {
                changes.removed(entry.client);
            }
            return Verdict::Applied;
        }
        let Some(here) = self.admit(entry) else { return Verdict::Unfit };
        match self.replace(now, entry, Some(here)) {
            None => changes.added(entry.client),
            Some(old) if old.json != entry.json => changes.updated(entry.client),
            Some(_) => {}
        }
        Verdict::Applied
    }

    /// Reads a state if it fits into the bounds.
    fn admit(&mut self, entry: AwarenessEntry<'_>) -> Option<Here> {
        let old = self.known.get(&entry.client);
        let old_bytes = old.map_or(0, Known::bytes);
        if entry.json.len() > STATE_MAX_BYTES
            || self.states_bytes - old_bytes + entry.json.len() > STATES_MAX_BYTES
            || (old.is_none() && self.known.len() >= CLIENTS_MAX && !self.forget_longest_gone())
        {
            return None;
        }
        let state = State::from_json(entry.client, entry.json)?;
        Some(Here { state, json: entry.json.to_owned() })
    }

    /// Remembers what was heard last. Returns the state before.
    fn replace(
        &mut self,
        now: Timestamp,
        entry: AwarenessEntry<'_>,
        here: Option<Here>,
    ) -> Option<Here> {
        let old = self.forget(entry.client);
        // Somebody who was never here need not be remembered as gone.
        if here.is_some() || old.is_some() {
            self.remember(entry.client, Known { clock: entry.clock, heard_at: now, here });
        }
        old?.here
    }

    fn remember(&mut self, client: u64, known: Known) {
        self.expiries.insert((known.expires_at(self.expires), client));
        self.states_bytes += known.bytes();
        self.known.insert(client, known);
    }

    fn forget(&mut self, client: u64) -> Option<Known> {
        let known = self.known.remove(&client)?;
        self.expiries.remove(&(known.expires_at(self.expires), client));
        self.states_bytes -= known.bytes();
        Some(known)
    }

    /// Removes who was not heard of in time, and forgets who has been gone for long.
    pub(super) fn expire(&mut self, now: Timestamp, changes: &mut Changes) {
        while let Some(&(expiry, client)) = self.expiries.first() {
            if expiry > now {
                return;
            }
            let Some(known) = self.forget(client) else { return };
            if known.here.is_some() {
                changes.removed(client);
                self.remember(client, Known { heard_at: now, here: None, ..known });
            }
        }
    }

    pub(super) fn next_expiry(&self) -> Option<Timestamp> {
        let (expiry, _) = self.expiries.first()?;
        (*expiry < Timestamp::NEVER).then_some(*expiry)
    }

    /// Everybody but these, in ascending order, is gone. Their clocks are forgotten, so that a relay is
    /// believed which names them after all: what it said first may have been dropped on the way.
    pub(super) fn remove_unless(&mut self, named: &[u64], changes: &mut Changes) {
        let here = |(client, known): (&u64, &Known)| known.here.is_some().then_some(*client);
        let all: Vec<u64> = self.known.iter().filter_map(here).collect();
        for client in all.into_iter().filter(|client| named.binary_search(client).is_err()) {
            self.forget(client);
            changes.removed(client);
        }
    }

    /// Forgets the clocks of all who are gone.
    pub(super) fn forget_gone(&mut self) {
        let known = &mut self.known;
        known.retain(|_, known| known.here.is_some());
        self.expiries.retain(|(_, client)| known.contains_key(client));
    }

    /// Makes room for one client. False if nobody is gone.
    fn forget_longest_gone(&mut self) -> bool {
        let is_gone =
            |client: &u64| self.known.get(client).is_some_and(|known| known.here.is_none());
        let longest = self.expiries.iter().map(|(_, client)| *client).find(is_gone);
        longest.is_some_and(|client| self.forget(client).is_some())
    }

    /// Who is here, by client ID.
    pub(super) fn states(&self) -> impl Iterator<Item = (u64, &State)> {
        self.known.iter().filter_map(|(client, known)| Some((*client, &known.here.as_ref()?.state)))
    }

    /// Who is here, as it was sent.
    pub(super) fn entries(&self) -> impl Iterator<Item = AwarenessEntry<'_>> {
        self.known.iter().filter_map(|(&client, known)| {
            let json = known.here.as_ref()?.json.as_str();
            Some(AwarenessEntry { client, clock: known.clock, json })
        })
    }
}

impl Known {
    fn bytes(&self) -> usize {
        self.here.as_ref().map_or(0, |here| here.json.len())
    }

    fn expires_at(&self, expires: bool) -> Timestamp {
        match self.here {
            Some(_) if !expires => Timestamp::NEVER,
            Some(_) => self.heard_at + EXPIRY,
            None => self.heard_at + TOMBSTONE,
        }
    }
}
