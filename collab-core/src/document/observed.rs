//! What Yrs' observers saw during one transaction.
//!
//! Observers run inside the transaction, so they only note what happened; the document reads the
//! notes afterwards.

use std::sync::{Arc, Mutex, PoisonError};

/// One thing that a transaction did.
#[derive(Debug)]
pub(super) enum Change {
    /// The list of files changed.
    Files,
    /// Settings changed.
    Settings,
    /// The update that the transaction amounts to. Only noted while somebody asks for it.
    Update(Vec<u8>),
}

/// Notes, shared with the observers.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed(Arc<Mutex<Vec<Change>>>);

impl Observed {
    pub(super) fn note(&self, change: Change) {
        // Nothing panics while the lock is held, and half a note is no note.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(change);
    }

    /// Takes all notes.
    pub(super) fn take(&self) -> Vec<Change> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
