//! A document's exchange with others: state vectors, diffs, remote updates.

use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, StateVector};

use super::index::{self, Absorbed, Gap, Index, Mode};
use super::integrate::{Incoming, check};
use super::load::LOADED_FROM_BYTES;
use super::{Document, DocumentError, Origin, REMOTE, begin};
use crate::log::{self, Log};
use crate::sync::{Replica, ReplicaError};

/// Most updates that go into one delta, and into one transaction where they cannot wait: from about
/// there on Yrs' commit grows quadratically, while below it a shared transaction saves a third of
/// the time (measured on real histories).
const UPDATES_PER_TRANSACTION: usize = 100;

impl Document {
    /// Per client ID, the next clock expected: `varUint(count) . (varUint(client) . varUint(clock))*`.
    pub fn state_vector(&self) -> Vec<u8> {
        if let Some(log) = self.queue().load_alone().and_then(|load| Log::open(None, [load]).ok()) {
            return log.state_vector().write().into();
        }
        self.read().state_vector().encode_v1()
    }

    /// What a holder of `state_vector` lacks, as one v1 update; all deletions are always included.
    pub fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        Ok(self.with_held_back(self.diff_without_gaps(state_vector)?))
    }

    /// [`Document::diff`] without what waits for something that is missing.
    fn diff_without_gaps(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        // Yrs would reserve memory for any number of clients that the bytes announce.
        log::StateVector::read(state_vector).map_err(DocumentError::StateVector)?;
        let state = StateVector::decode_v1(state_vector).map_err(DocumentError::Undecodable)?;
        Ok(self.read().encode_state_as_update_v1(&state))
    }

    /// Everything, as one v1 update.
    pub fn snapshot(&self) -> Vec<u8> {
        self.with_held_back(self.read().encode_state_as_update_v1(&StateVector::default()))
    }

    /// Merges an update from elsewhere, of any size; in any order, any number of times. The bytes
    /// are checked first, so they may come from anybody. Yrs can still panic on bytes made to harm
    /// it: where a panic is not acceptable, apply within `catch_unwind` and drop the document after.
    pub fn apply(&mut self, update: &[u8]) -> Result<(), DocumentError> {
        self.apply_all([update])
    }

    /// Merges many updates, faster than one by one. If one of them is refused, none is merged.
    pub fn apply_all<'a>(
        &mut self,
        updates: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<(), DocumentError> {
        self.events.admit()?;
        let updates: Vec<&[u8]> = updates.into_iter().collect();
        for update in &updates {
            if check(update)? {
                self.nesting.expect();
            }
        }
        self.settle();
        updates.chunks(UPDATES_PER_TRANSACTION).try_for_each(|chunk| self.merge(chunk))
    }

    /// Merges checked updates: into the indexes as far as these can tell what they mean, else into
    /// Yrs at once.
    fn merge(&mut self, updates: &[&[u8]]) -> Result<(), DocumentError> {
        if self.load(updates)? {
            return Ok(());
        }
        let (absorbed, gap) = self.absorb_remote(updates);
        self.report_texts(Origin::Remote);
        if absorbed < updates.len() {
            self.flush();
            self.report();
            return self.merge_in_yrs(&updates[absorbed..], gap.is_partial);
        }
        self.flush_if_urgent();
        Ok(())
    }

    /// Puts updates into the indexes. Returns how many went in, and what stopped the next one.
    fn absorb_remote(&mut self, updates: &[&[u8]]) -> (usize, Gap) {
        let untouched = Gap { is_partial: false };
        if self.is_gapped
            || self.held_back.is_some()
            || self.texts.is_empty()
            || !self.are_indexes_sound()
        {
            return (0, untouched);
        }
        let client = self.known.number(self.doc.client_id().get());
        for (number, update) in updates.iter().enumerate() {
            let local = self.queue_mut().local_start(client);
            let levelled = self.nesting.level(update, |client| self.known.clock_of(client));
            let Ok(Some(levelled)) = levelled else { return (number, untouched) };
            let update = levelled.flat.as_deref().unwrap_or(update);
            let mut texts: Vec<&mut Index> =
                self.texts.values_mut().map(|text| &mut text.index).collect();
            match index::absorb(update, Mode::Update { local }, &mut self.known, &mut texts) {
                Ok(absorbed) => {
                    self.nesting.add(levelled.measured);
                    self.enqueue_remote(update, absorbed);
                }
                Err(gap) => return (number, gap),
            }
        }
        (updates.len(), untouched)
    }

    fn enqueue_remote(&mut self, update: &[u8], absorbed: Absorbed) {
        if !absorbed.is_new && !absorbed.is_foreign {
            return;
        }
        if update.len() >= LOADED_FROM_BYTES && !absorbed.is_foreign && self.is_yrs_blank() {
            self.queue_mut().load(update);
            return;
        }
        if !self.queue_mut().admits_remote(absorbed.needs_local) {
            self.flush_before();
        }
        self.has_foreign_changes |= absorbed.is_foreign;
        self.queue_mut().push_remote(update, absorbed.needs_local);
    }

    /// Merges updates in one transaction of Yrs, and lets the indexes follow.
    fn merge_in_yrs(
        &mut self,
        updates: &[&[u8]],
        is_index_wrong: bool,
    ) -> Result<(), DocumentError> {
        let update = self.release(updates)?;
        let mut txn = begin(&self.doc, REMOTE);
        let merged = Incoming::decode(&update).and_then(|update| update.integrate(&mut txn));
        let is_changed = !txn.insert_set().is_empty() || !txn.delete_set().is_empty();
        txn.commit();
        drop(txn);
        if self.texts.is_empty() {
            self.is_gapped = false;
        } else if is_changed || is_index_wrong {
            self.rebuild(Origin::Remote);
        } else {
            self.is_gapped |= self.is_incomplete();
        }
        self.report();
        merged
    }
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
        if let Some(log) = self.queue().load_alone().and_then(|load| Log::open(None, [load]).ok()) {
            return Some(log.delete_set());
        }
        Some(self.read().snapshot().delete_set.encode_v1())
    }

    fn has_gaps(&self) -> bool {
        // What waits is never missing anything.
        self.is_gapped || self.is_incomplete()
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError> {
        self.apply(update).map_err(|error| ReplicaError::Update(error.into()))
    }
}
