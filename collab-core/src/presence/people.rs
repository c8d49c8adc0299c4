//! The others: what was heard of each, when, and who of them is gone.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::changes::Changes;
use super::state::State;
use super::{CLIENTS_MAX, EXPIRY, STATE_MAX_BYTES, STATES_MAX_BYTES, TOMBSTONE};
use crate::Timestamp;
use crate::wire::AwarenessEntry;

/// Everybody else, bounded in number and bytes.
#[derive(Debug, Default)]
pub(super) struct People {
    known: BTreeMap<u64, Known>,
    states_bytes: usize,
    /// No later than the first expiry. May be earlier, since news only postpone expiries; `None`
    /// while nobody is known.
    next_expiry: Option<Timestamp>,
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
        let new = Known { clock: entry.clock, heard_at: now, here };
        self.next_expiry.get_or_insert(new.expires_at());
        self.states_bytes += new.bytes();
        let old = match self.known.entry(entry.client) {
            Entry::Occupied(mut known) => Some(known.insert(new)),
            // Somebody who was never here need not be remembered as gone.
            Entry::Vacant(_) if new.here.is_none() => None,
            Entry::Vacant(unknown) => {
                unknown.insert(new);
                None
            }
        };
        let old = old?;
        self.states_bytes -= old.bytes();
        old.here
    }

    /// Removes who was not heard of in time, and forgets who has been gone for long.
    pub(super) fn expire(&mut self, now: Timestamp, changes: &mut Changes) {
        if self.next_expiry.is_none_or(|expiry| expiry > now) {
            return;
        }
        let mut next: Option<Timestamp> = None;
        let states_bytes = &mut self.states_bytes;
        self.known.retain(|client, known| {
            if known.expires_at() <= now {
                *states_bytes -= known.bytes();
                if known.here.take().is_none() {
                    return false;
                }
                known.heard_at = now;
                changes.removed(*client);
            }
            let expiry = known.expires_at();
            next = Some(next.map_or(expiry, |next| next.min(expiry)));
            true
        });
        self.next_expiry = next;
    }

    pub(super) const fn next_expiry(&self) -> Option<Timestamp> {
        self.next_expiry
    }

    /// Forgets the clocks of all who are gone.
    pub(super) fn forget_gone(&mut self) {
        self.known.retain(|_, known| known.here.is_some());
    }

    /// Makes room for one client. False if nobody is gone.
    fn forget_longest_gone(&mut self) -> bool {
        let gone = self.known.iter().filter(|(_, known)| known.here.is_none());
        let longest = gone.min_by_key(|(_, known)| known.heard_at).map(|(client, _)| *client);
        longest.is_some_and(|client| self.known.remove(&client).is_some())
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

    fn expires_at(&self) -> Timestamp {
        self.heard_at + if self.here.is_some() { EXPIRY } else { TOMBSTONE }
    }
}
