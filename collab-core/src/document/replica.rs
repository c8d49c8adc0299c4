//! A document's exchange with others: state vectors, diffs, remote updates.

use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, StateVector};

use super::integrate::Incoming;
use super::{Document, DocumentError, Origin, REMOTE, begin};
use crate::log;
use crate::sync::{Replica, ReplicaError};

/// Most updates that go into one transaction: from about there on Yrs' commit grows quadratically,
/// while below it a shared transaction saves a third of the time (measured on real histories).
const UPDATES_PER_TRANSACTION: usize = 100;

impl Document {
    /// Per client ID, the next clock expected: `varUint(count) . (varUint(client) . varUint(clock))*`.
    pub fn state_vector(&self) -> Vec<u8> {
        self.read().state_vector().encode_v1()
    }

    /// What a holder of `state_vector` lacks, as one v1 update; all deletions are always included.
    pub fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        // Yrs would reserve memory for any number of clients that the bytes announce.
        log::StateVector::read(state_vector).map_err(DocumentError::StateVector)?;
        let state = StateVector::decode_v1(state_vector).map_err(DocumentError::Undecodable)?;
        Ok(self.read().encode_state_as_update_v1(&state))
    }

    /// Everything, as one v1 update.
    pub fn snapshot(&self) -> Vec<u8> {
        self.read().encode_state_as_update_v1(&StateVector::default())
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
        let updates = updates.into_iter().map(Incoming::check).collect::<Result<Vec<_>, _>>()?;
        let mut updates = updates.into_iter().peekable();
        while updates.peek().is_some() {
            self.merge(updates.by_ref().take(UPDATES_PER_TRANSACTION))?;
        }
        Ok(())
    }

    /// Merges checked updates in one transaction.
    fn merge<'a>(
        &mut self,
        mut updates: impl Iterator<Item = Incoming<'a>>,
    ) -> Result<(), DocumentError> {
        let mut txn = begin(&self.doc, REMOTE);
        let merged = updates.try_for_each(|update| update.integrate(&mut txn));
        txn.commit();
        let changed = txn.changed_parent_types();
        for text in self.texts.values_mut().filter(|text| !text.is_watched()) {
            if changed.contains(&text.branch()) {
                text.forget_content();
            }
        }
        drop(txn);
        self.report(Origin::Remote);
        merged
    }
}

impl Replica for Document {
    fn state_vector(&self) -> Vec<u8> {
        self.state_vector()
    }

    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        self.diff(state_vector).map_err(|error| ReplicaError::StateVector(error.into()))
    }

    fn delete_set(&self) -> Option<Vec<u8>> {
        Some(self.read().snapshot().delete_set.encode_v1())
    }

    fn has_gaps(&self) -> bool {
        self.read().has_missing_updates()
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError> {
        self.apply(update).map_err(|error| ReplicaError::Update(error.into()))
    }
}
