//! A document's exchange with others: state vectors, diffs, remote updates.

use super::index::{self, Absorbed, Deletion, Index};
use super::{Document, DocumentError, Origin};
use crate::log::{self, Checked, EMPTY_UPDATE, Snapshot, StateVector};
use crate::sync::{Replica, ReplicaError};
use crate::wire::Writer;

/// Largest update that is applied: twice a relay's `room_max_bytes`, since a snapshot may have
/// grown by what this replica holds itself.
const UPDATE_MAX_BYTES: usize = 128 << 20;

/// Most updates that go into one delta.
const UPDATES_PER_DELTA: usize = 100;

impl Document {
    /// Per client ID, the next clock expected: `varUint(count) . (varUint(client) . varUint(clock))*`.
    pub fn state_vector(&self) -> Vec<u8> {
        self.known.state_vector().write().into()
    }

    /// What a holder of `state_vector` lacks, as one v1 update; all deletions are always included.
    pub fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        Ok(self.with_held_back(self.diff_without_gaps(state_vector)?))
    }

    /// [`Document::diff`] without what waits for something that is missing.
    fn diff_without_gaps(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        let known = StateVector::read(state_vector).map_err(DocumentError::StateVector)?;
        diff(&self.store.snapshot(), &known).map_err(DocumentError::Refused)
    }

    /// Everything, as one v1 update.
    pub fn snapshot(&self) -> Vec<u8> {
        self.with_held_back(self.store.snapshot())
    }

    /// Merges an update from elsewhere, of any size; in any order, any number of times. The bytes
    /// are checked first, so they may come from anybody.
    pub fn apply(&mut self, update: &[u8]) -> Result<(), DocumentError> {
        self.apply_all([update])
    }

    /// Merges many updates. If one of them is refused, none is merged.
    pub fn apply_all<'a>(
        &mut self,
        updates: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<(), DocumentError> {
        self.events.admit()?;
        let mut all = Vec::new();
        for update in updates {
            all.push((update, log::check(update, UPDATE_MAX_BYTES)?));
        }
        for some in all.chunks(UPDATES_PER_DELTA) {
            for (update, checked) in some {
                self.merge(update, checked)?;
            }
            self.report_texts(Origin::Remote);
            self.report_registers();
        }
        Ok(())
    }

    /// Merges a checked update, at once if everything that it builds on is here.
    fn merge(&mut self, update: &[u8], checked: &Checked) -> Result<(), DocumentError> {
        let next = |client| self.known.clock_of(client);
        let is_ready = self.held_back.is_none()
            && (checked.follows(next)
                || (!checked.repeats(next) && log::part(update, next)?.is_none()));
        if checked.nests() {
            self.nesting.expect();
        }
        if is_ready {
            self.take(update)
        } else {
            let ready = self.release(update)?;
            self.take(&ready)
        }
    }

    /// Takes an update of which nothing is here, and all that it builds on is.
    pub(super) fn take(&mut self, update: &[u8]) -> Result<(), DocumentError> {
        if update == EMPTY_UPDATE {
            return Ok(());
        }
        let levelled = self.nesting.level(update, |client| self.known.clock_of(client))?;
        let levelled = levelled.unwrap_or_default();
        self.nesting.add(levelled.measured);
        let update = levelled.flat.as_deref().unwrap_or(update);
        let indexes = self.texts.iter_mut().map(|(_, text)| &mut text.index);
        let is_first = self.store.is_empty();
        let mut texts: Vec<&mut Index> = if is_first { Vec::new() } else { indexes.collect() };
        let registers = Some(&mut self.registers);
        let Absorbed { early, replaced } =
            index::absorb(update, &mut self.known, &mut texts, registers);
        if is_first {
            self.load_texts(update);
        }
        self.store.push(update);
        if !replaced.is_empty() {
            self.store.push(&deletions(&replaced));
        }
        if !early.is_empty() {
            self.hold_back(&deletions(&early))?;
        }
        Ok(())
    }

    /// Lets the first update that comes into the open texts, which are empty: all of it at once.
    fn load_texts(&mut self, update: &[u8]) {
        for (_, text) in &mut self.texts {
            text.index.load(update, &mut self.known.emptied());
            text.index.note_unclear();
        }
    }
}

/// What a holder of `known` lacks of an update; all deletions are always included.
pub(super) fn diff(update: &[u8], known: &StateVector) -> Result<Vec<u8>, log::Refusal> {
    let mut diff: Vec<u8> = Snapshot::new(update)?.diff_structs(known)?.into();
    // In place of the empty delete set.
    diff.pop();
    diff.extend_from_slice(log::delete_set(update)?);
    Ok(diff)
}

/// An update that only deletes.
fn deletions(ranges: &[Deletion]) -> Vec<u8> {
    let mut update = Writer::with_capacity(2 + 16 * ranges.len());
    update.var_uint(0);
    update.var_uint(ranges.len() as u64);
    for &(client, start, end) in ranges {
        for number in [client, 1, start.into(), (end - start).into()] {
            update.var_uint(number);
        }
    }
    update.into_vec()
}

impl Replica for Document {
    fn state_vector(&self) -> Vec<u8> {
        self.state_vector()
    }

    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        let diff = self.diff_without_gaps(state_vector);
        diff.map_err(|error| ReplicaError::StateVector(error.into()))
    }

    fn delete_set(&self) -> Option<Vec<u8>> {
        log::delete_set(&self.store.everything()).ok().map(<[u8]>::to_vec)
    }

    fn has_gaps(&self) -> bool {
        self.held_back.is_some()
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError> {
        self.apply(update).map_err(|error| ReplicaError::Update(error.into()))
    }
}
