//! Undo and redo of one file: only what this replica did, grouped by the caller's time.
//!
//! Knows which units a step inserted and deleted; [`super::index`] carries it out.

use super::index::{LocalUpdate, Redone, Unit};
use crate::Timestamp;

/// Edits that follow each other faster than this are undone together.
const CAPTURE_TIMEOUT_MS: u64 = 500;

/// What can be undone and redone in one text.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) undo: Vec<Step>,
    pub(super) redo: Vec<Step>,
    /// What came back under which name.
    pub(super) redone: Redone,
    /// When the last edit was made, unless the next one begins a group anyway.
    last_edit: Option<Timestamp>,
}

/// Edits that are undone together.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) inserted: Vec<(Unit, u32)>,
    pub(super) deleted: Vec<(Unit, u32)>,
}

/// Which way to travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Undo,
    Redo,
}

impl History {
    /// Takes note of an edit at `now`.
    pub(super) fn edited(&mut self, now: Timestamp, made: &LocalUpdate) {
        let last = self.last_edit.replace(now);
        let begins = last.is_none_or(|last| {
            now.as_millis().saturating_sub(last.as_millis()) >= CAPTURE_TIMEOUT_MS
        });
        if begins || self.undo.is_empty() {
            self.undo.push(Step::default());
        }
        if let Some(step) = self.undo.last_mut() {
            step.add(made);
        }
        self.redo.clear();
    }

    /// The step to take next.
    pub(super) fn pop(&mut self, way: Way) -> Option<Step> {
        self.last_edit = None;
        match way {
            Way::Undo => self.undo.pop(),
            Way::Redo => self.redo.pop(),
        }
    }

    /// Takes note of what a step amounted to: that can be taken the other way.
    pub(super) fn travelled(&mut self, way: Way, made: &LocalUpdate) {
        let mut step = Step::default();
        step.add(made);
        match way {
            Way::Undo => self.redo.push(step),
            Way::Redo => self.undo.push(step),
        }
    }

    /// Ends the current group: the next edit starts a new one.
    pub(super) const fn stop_capturing(&mut self) {
        self.last_edit = None;
    }
}

impl Step {
    fn add(&mut self, made: &LocalUpdate) {
        if made.inserted.1 > 0 {
            push(&mut self.inserted, made.inserted);
        }
        made.deleted.iter().for_each(|&range| push(&mut self.deleted, range));
    }

    /// What it deleted and had not inserted itself: that was never to be seen.
    pub(super) fn deleted_of_others(&self) -> Vec<(Unit, u32)> {
        let mut left = Vec::new();
        for &(mut unit, len) in &self.deleted {
            let end = unit.plus(len);
            while unit < end {
                // Its own units ascend, since its clock does.
                let at = self.inserted.partition_point(|own| own.0.plus(own.1) <= unit);
                let own = self.inserted.get(at).filter(|own| own.0.client == unit.client);
                let from = own.map_or(end, |own| own.0.clamp(unit, end));
                if unit < from {
                    left.push((unit, from.clock - unit.clock));
                }
                unit = own.map_or(end, |own| own.0.plus(own.1).clamp(from, end));
            }
        }
        left
    }
}

/// Adds a range, joining it with the last one where they touch: typing inserts and deletes forwards,
/// the backspace key deletes backwards.
fn push(ranges: &mut Vec<(Unit, u32)>, (unit, len): (Unit, u32)) {
    match ranges.last_mut() {
        Some(last) if last.0.plus(last.1) == unit => last.1 += len,
        Some(last) if unit.plus(len) == last.0 => *last = (unit, last.1 + len),
        _ => ranges.push((unit, len)),
    }
}
