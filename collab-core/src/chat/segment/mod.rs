//! One segment of a conversation: a replica of its channel without a document.
//!
//! Holds units as they were written, per client ID, and which messages they make, in order. Reads and
//! writes v1 updates. Who drives it: [`super::Chats`], below a `sync::Session`.

mod pending;
mod read;
mod run;
mod show;
mod write;

pub(super) use pending::{Unsaved, Withdrawn};
pub use read::SegmentError;
pub use show::{Message, Reaction};

use std::collections::{BTreeMap, VecDeque};

use super::{Change, MessageId, Seal, Unit, UnitId, UserId};
use crate::log::{EMPTY_UPDATE, Refusal, StateVector};
use crate::sorting::sort_unstable;
use crate::sync::{Replica, ReplicaError};
use crate::wire::Writer;
use pending::Sent;
use read::Pieces;
use run::{Noted, Run};
use write::Part;

/// As many units make a segment full: who wants to write then opens the next one.
pub const SEGMENT_UNITS: u32 = 1_000;

/// A unit in the order in which all show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    at: u64,
    id: UnitId,
}

/// A replica of one segment.
#[derive(Debug)]
pub struct Segment {
    number: u32,
    /// Under which client ID this process writes.
    client: u64,
    /// Who that is, once known.
    own: Option<UserId>,
    /// Seals what is written, and the channel that it is sealed for.
    seal: Option<(Seal, Box<str>)>,
    runs: BTreeMap<u64, Run>,
    /// Messages that are not deleted, in order.
    messages: Vec<Key>,
    /// Edits and reactions in order, by what they change: no matter whose they are, and whether that
    /// is here.
    amendments: BTreeMap<UnitId, Vec<Key>>,
    /// The latest time that anything here was written at.
    last_at: u64,
    units: u32,
    /// Per client, the first unit that was not read.
    read: BTreeMap<u64, u32>,
    unread: usize,
    /// What the session was given and the relay has not acknowledged.
    sent: VecDeque<Sent>,
    /// Whether own units may wait to be released.
    waits: bool,
    /// Updates that delete what was released, for the session.
    deletions: Vec<Vec<u8>>,
    changes: Vec<Change>,
}

impl Segment {
    /// An empty one. `client` is a fresh client ID, `own` its user if that is known.
    pub const fn new(number: u32, client: u64, own: Option<UserId>) -> Self {
        Self {
            number,
            client,
            own,
            seal: None,
            runs: BTreeMap::new(),
            messages: Vec::new(),
            amendments: BTreeMap::new(),
            last_at: 0,
            units: 0,
            read: BTreeMap::new(),
            unread: 0,
            sent: VecDeque::new(),
            waits: false,
            deletions: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Seals what is written here from now on, for peers who pass it on under `channel`.
    #[must_use]
    pub fn sealed(mut self, seal: Seal, channel: &str) -> Self {
        self.seal = Some((seal, channel.into()));
        self
    }

    /// Its number in the conversation.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Units of all clients, deleted ones included.
    pub const fn units(&self) -> u32 {
        self.units
    }

    /// When the latest unit was written, as its author says: Unix time in ms.
    pub const fn last_at(&self) -> u64 {
        self.last_at
    }

    /// Messages that are not deleted.
    pub const fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether nothing can be shown.
    pub const fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Messages of others that were not marked as read.
    pub const fn unread(&self) -> usize {
        self.unread
    }

    /// All messages up to now were seen.
    pub fn mark_read(&mut self) {
        self.read.extend(self.runs.iter().map(|(&client, run)| (client, run.len())));
        self.unread = 0;
    }

    /// Per client, the first unit that was not read; encoded like a state vector.
    pub fn read_mark(&self) -> Vec<u8> {
        write_clocks(self.read.iter().map(|(&client, &clock)| (client, clock)))
    }

    pub(super) fn has_read_mark(&self) -> bool {
        !self.read.is_empty()
    }

    /// Takes what [`Segment::read_mark`] gave.
    pub fn set_read_mark(&mut self, mark: &[u8]) -> Result<(), Refusal> {
        let mark = StateVector::read(mark)?;
        for (client, clock) in mark.descending() {
            let known = self.read.entry(client).or_default();
            *known = clock.max(*known);
        }
        self.recount();
        Ok(())
    }

    /// The user is known from now on, or another one, who goes on under another client ID.
    pub fn set_own(&mut self, own: Option<UserId>) {
        if self.own == own {
            return;
        }
        self.own = own;
        self.waits = true;
        if self.runs.contains_key(&self.client) && !self.is_own(self.client) {
            self.client = pending::successor(self.client);
        }
        self.recount();
    }

    /// What a holder of `state_vector` lacks, whoever wrote it, and all deletions: to be stored, or for
    /// a peer. Relays take less from one user: [`Replica::diff`].
    pub fn encode(&self, state_vector: &StateVector) -> Vec<u8> {
        let part = |(&client, run)| Part {
            client,
            run,
            start: state_vector.get(client),
            end: Run::len(run),
        };
        write::write_update(&self.runs.iter().rev().map(part).collect::<Vec<_>>(), true)
    }

    /// Merges an update. A failed call changes nothing.
    pub fn apply(&mut self, update: &[u8]) -> Result<(), SegmentError> {
        let known = |client| self.runs.get(&client).map_or(0, Run::len);
        let pieces = Pieces::read(update, known)?;
        let mut messages = Vec::new();
        for piece in &pieces.pieces {
            self.take_piece(piece, &mut messages);
        }
        self.insert_messages(messages);
        for deleted in &pieces.deletions {
            self.delete_range(deleted.client, deleted.start, deleted.end);
        }
        Ok(())
    }

    /// What changed since the last call.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    const fn message_id(&self, id: UnitId) -> MessageId {
        id.in_segment(self.number)
    }

    fn take_piece(&mut self, piece: &read::Piece<'_>, messages: &mut Vec<Key>) {
        let known = self.runs.entry(piece.client).or_insert(const { Run::new() }).len();
        let mut values = piece.values.map(read::values);
        for clock in piece.start..piece.end {
            let raw = values.as_mut().and_then(Iterator::next).unwrap_or_default();
            if clock >= known {
                self.add(piece.client, raw.into(), messages);
            } else if piece.values.is_none() {
                self.delete_range(piece.client, clock, clock + 1);
            }
        }
        if let Some(run) = self.runs.get_mut(&piece.client) {
            run.released = run.released.max(piece.end);
        }
    }

    /// Adds the next unit of a client; messages are only collected.
    fn add(&mut self, client: u64, raw: Box<[u8]>, messages: &mut Vec<Key>) {
        let run = self.runs.entry(client).or_insert(const { Run::new() });
        let id = UnitId { client, clock: run.len() };
        self.units += 1;
        match run.push(raw) {
            Noted::Nothing => {}
            Noted::Message { at } => {
                self.last_at = at.max(self.last_at);
                messages.push(Key { at, id });
            }
            Noted::Amendment { at, of } => {
                self.last_at = at.max(self.last_at);
                self.amend(of, Key { at, id });
            }
        }
    }

    fn amend(&mut self, of: UnitId, key: Key) {
        let keys = self.amendments.entry(of).or_default();
        let place = keys.partition_point(|known| *known < key);
        keys.insert(place, key);
        self.changes.push(Change::Changed(self.message_id(of)));
    }

    fn insert_messages(&mut self, mut messages: Vec<Key>) {
        sort_unstable(&mut messages);
        for key in &messages {
            self.unread += usize::from(self.is_unread(key.id));
            self.changes.push(Change::Added(self.message_id(key.id)));
        }
        let is_later = self.messages.last() < messages.first();
        if let ([key], false) = (&messages[..], is_later) {
            let place = self.messages.partition_point(|known| known < key);
            self.messages.insert(place, *key);
            return;
        }
        self.messages.append(&mut messages);
        if !is_later {
            sort_unstable(&mut self.messages);
        }
    }

    /// Deletes units that are here. Unit 0 stays: it says whose all others are.
    fn delete_range(&mut self, client: u64, start: u32, end: u32) {
        for clock in start.max(1)..end {
            let Some(run) = self.runs.get_mut(&client) else { return };
            let id = UnitId { client, clock };
            let unit = run.unit(clock);
            let (at, of) = match unit {
                Some(Unit::Message { at, .. }) => (at, None),
                Some(Unit::Edit { at, of, .. } | Unit::React { at, of, .. }) => (at, Some(of)),
                _ => (0, None),
            };
            run.delete(clock);
            self.forget(Key { at, id }, of);
        }
    }

    /// Removes a unit from what is shown; `of` is what it changed.
    fn forget(&mut self, key: Key, of: Option<UnitId>) {
        if let Some(of) = of {
            if let Some(keys) = self.amendments.get_mut(&of) {
                keys.retain(|known| *known != key);
            }
            self.changes.push(Change::Changed(self.message_id(of)));
        } else if let Ok(place) = self.messages.binary_search(&key) {
            self.messages.remove(place);
            self.unread = self.unread.saturating_sub(usize::from(self.is_unread(key.id)));
            self.changes.push(Change::Removed(self.message_id(key.id)));
        }
    }

    fn is_own(&self, client: u64) -> bool {
        let user = self.runs.get(&client).and_then(|run| run.user.as_ref());
        user.is_some() && user == self.own.as_ref()
    }

    /// Whether somebody else wrote it and it was not marked as read.
    pub(super) fn is_unread(&self, id: UnitId) -> bool {
        id.clock >= self.read.get(&id.client).copied().unwrap_or(0) && !self.is_own(id.client)
    }

    fn recount(&mut self) {
        self.unread = self.messages.iter().filter(|key| self.is_unread(key.id)).count();
    }

    /// Own units from the clocks in `known` on, as far as they are released.
    fn own_parts(&self, known: &StateVector) -> Vec<Part<'_>> {
        let own = self.runs.iter().rev().filter(|(client, _)| self.is_own(**client));
        let part = |(&client, run): (&u64, _)| {
            let end = Run::len(run).min(run.released);
            Part { client, run, start: known.get(client), end }
        };
        own.map(part).collect()
    }
}

impl Replica for Segment {
    fn state_vector(&self) -> Vec<u8> {
        let known = self.runs.iter().map(|(&client, run)| (client, run.len().min(run.released)));
        write_clocks(known.filter(|&(_, clock)| clock > 0))
    }

    /// Own units and own deletions only: the relay takes no others from this user.
    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        let known = StateVector::read(state_vector).map_err(SegmentError::from)?;
        let parts = self.own_parts(&known);
        if parts.is_empty() {
            return Ok(EMPTY_UPDATE.to_vec());
        }
        Ok(write::write_update(&parts, true))
    }

    fn delete_set(&self) -> Option<Vec<u8>> {
        let part = |(&client, run): (&u64, _)| Part {
            client,
            run,
            start: 0,
            end: Run::len(run).min(run.released),
        };
        let mut writer = Writer::default();
        write::write_deletions(&self.runs.iter().rev().map(part).collect::<Vec<_>>(), &mut writer);
        Some(writer.into_vec())
    }

    fn has_gaps(&self) -> bool {
        false
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError> {
        Ok(self.apply(update)?)
    }
}

/// Clients in ascending order, and clocks; written in descending order, as yjs does.
fn write_clocks(clocks: impl Iterator<Item = (u64, u32)>) -> Vec<u8> {
    let clocks: Vec<_> = clocks.collect();
    let mut writer = Writer::with_capacity(2 + clocks.len() * 8);
    writer.var_uint(clocks.len() as u64);
    for (client, clock) in clocks.into_iter().rev() {
        writer.var_uint(client);
        writer.var_uint(clock.into());
    }
    writer.into_vec()
}
