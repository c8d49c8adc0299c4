//! Undo and redo of one file: only what this replica did, grouped by the caller's time.
//!
//! A thin cover over Yrs' undo manager. That sees edits late and many at once, so what belongs
//! together is decided here, when an edit is made.

use std::sync::Arc;

use yrs::undo::{Options, UndoManager};
use yrs::{Doc, TextRef};

use super::LOCAL;
use crate::Timestamp;

/// Edits that follow each other faster than this are undone together.
const CAPTURE_TIMEOUT_MS: u64 = 500;

/// A time that stands still: to Yrs, all edits belong together until it is told otherwise.
struct Still;

impl yrs::sync::Clock for Still {
    fn now(&self) -> u64 {
        // Yrs takes 0 for "there was no edit yet".
        1
    }
}

/// What can be undone and redone in one text.
pub(super) struct History {
    manager: UndoManager<()>,
    /// When the last edit was made, unless the next one begins a group anyway.
    last_edit: Option<Timestamp>,
    has_travelled: bool,
}

impl History {
    /// Begins to record edits of `text` that are made with the origin [`LOCAL`].
    pub(super) fn new(doc: &Doc, text: &TextRef) -> Self {
        let mut manager = UndoManager::with_options(Options {
            capture_timeout_millis: CAPTURE_TIMEOUT_MS,
            tracked_origins: [LOCAL.into()].into(),
            capture_transaction: None,
            timestamp: Arc::new(Still),
            init_undo_stack: Vec::new(),
            init_redo_stack: Vec::new(),
        });
        manager.expand_scope(doc, text);
        Self { manager, last_edit: None, has_travelled: false }
    }

    /// Takes note of an edit at `now`. Whether it begins a group.
    pub(super) fn edit(&mut self, now: Timestamp) -> bool {
        let last = self.last_edit.replace(now);
        last.is_none_or(|last| {
            now.as_millis().saturating_sub(last.as_millis()) >= CAPTURE_TIMEOUT_MS
        })
    }

    /// Undoes the last group. False if there was nothing left to undo.
    pub(super) fn undo(&mut self) -> bool {
        (self.last_edit, self.has_travelled) = (None, true);
        self.manager.undo_blocking()
    }

    pub(super) fn redo(&mut self) -> bool {
        (self.last_edit, self.has_travelled) = (None, true);
        self.manager.redo_blocking()
    }

    pub(super) fn can_undo(&self) -> bool {
        self.manager.can_undo()
    }

    pub(super) fn can_redo(&self) -> bool {
        self.manager.can_redo()
    }

    /// Whether something was ever undone, so that units may have come back under other names.
    pub(super) const fn has_travelled(&self) -> bool {
        self.has_travelled
    }

    /// Ends the current group: the next edit starts a new one.
    pub(super) fn stop_capturing(&mut self) {
        self.last_edit = None;
        self.end_group();
    }

    /// Ends the group that Yrs knows: what it hears of next starts a new one.
    pub(super) fn end_group(&mut self) {
        self.manager.reset();
    }
}
