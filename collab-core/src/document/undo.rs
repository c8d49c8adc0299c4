//! Undo and redo of one file: only what this replica did, grouped by the caller's time.
//!
//! A thin cover over Yrs' undo manager, which would otherwise ask the system for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use yrs::undo::{Options, UndoManager};
use yrs::{Doc, TextRef};

use super::LOCAL;
use crate::Timestamp;

/// Edits that follow each other faster than this are undone together.
const CAPTURE_TIMEOUT_MS: u64 = 500;

/// The caller's time, as Yrs reads it. Never goes back: Yrs subtracts unchecked.
#[derive(Clone, Debug, Default)]
pub(super) struct EditClock(Arc<AtomicU64>);

impl EditClock {
    pub(super) fn set(&self, now: Timestamp) {
        self.0.fetch_max(now.as_millis(), Ordering::Relaxed);
    }
}

impl yrs::sync::Clock for EditClock {
    fn now(&self) -> u64 {
        // Yrs takes 0 for "there was no edit yet".
        self.0.load(Ordering::Relaxed).saturating_add(1)
    }
}

/// What can be undone and redone in one text.
pub(super) struct History {
    manager: UndoManager<()>,
}

impl History {
    /// Begins to record edits of `text` that are made with the origin [`LOCAL`].
    pub(super) fn new(doc: &Doc, text: &TextRef, clock: &EditClock) -> Self {
        let mut manager = UndoManager::with_options(Options {
            capture_timeout_millis: CAPTURE_TIMEOUT_MS,
            tracked_origins: [LOCAL.into()].into(),
            capture_transaction: None,
            timestamp: Arc::new(clock.clone()),
            init_undo_stack: Vec::new(),
            init_redo_stack: Vec::new(),
        });
        manager.expand_scope(doc, text);
        Self { manager }
    }

    /// Undoes the last group. False if there was nothing left to undo.
    pub(super) fn undo(&mut self) -> bool {
        self.manager.undo_blocking()
    }

    pub(super) fn redo(&mut self) -> bool {
        self.manager.redo_blocking()
    }

    pub(super) fn can_undo(&self) -> bool {
        self.manager.can_undo()
    }

    pub(super) fn can_redo(&self) -> bool {
        self.manager.can_redo()
    }

    /// Ends the current group: the next edit starts a new one.
    pub(super) fn stop_capturing(&mut self) {
        self.manager.reset();
    }
}
