//! What passes between the indexes and Yrs: waiting changes on their way to Yrs, and new indexes
//! made of its state where the old ones cannot know what it did.

use std::ops::Range;
use std::sync::{MutexGuard, PoisonError};

use yrs::{Doc, ReadTxn, StateVector, TransactionMut};

use super::index::{self, Index, Known, Mode, Unit};
use super::integrate::Incoming;
use super::queue::{Queue, Waiting};
use super::text::Told;
use super::{Delta, Document, Event, FileId, LOCAL, Origin, REMOTE, begin, read};

impl Document {
    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while the lock is held.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn queue_mut(&mut self) -> &mut Queue {
        self.queue.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells Yrs what waits, and finds out whether it agrees with the indexes.
    pub(super) fn flush(&self) {
        let mut queue = self.queue();
        if queue.is_empty() {
            return;
        }
        let is_fed = feed(&self.doc, queue.take(&self.known), |_| {});
        queue.has_diverged |= !is_fed || !self.agrees();
    }

    /// [`Document::flush`] if own edits wait, which the undo manager must know.
    pub(super) fn flush_own(&self) {
        if self.queue().holds_local() {
            self.flush();
        }
    }

    /// Whether the indexes are as long as the texts in Yrs, while nothing waits.
    fn agrees(&self) -> bool {
        let txn = read(&self.doc);
        self.texts.values().all(|text| text.sound_index().is_none() || text.agrees(&txn))
    }

    /// [`Document::flush`] while a change is in an index, but not in the queue yet.
    pub(super) fn flush_before(&self) {
        let mut queue = self.queue();
        queue.has_diverged |= !feed(&self.doc, queue.take(&self.known), |_| {});
    }

    /// Makes the indexes anew if they were found to differ from Yrs.
    pub(super) fn settle(&mut self) {
        if self.queue_mut().has_diverged {
            self.flush();
            self.rebuild(Origin::Remote);
        }
    }

    /// Takes note of an own change that was made in Yrs: sends it, and lets the indexes follow.
    pub(super) fn told_by_yrs(&mut self, update: Option<Vec<u8>>, origin: Origin) {
        if let Some(update) = update {
            let is_exact = self.absorb_own(&update) && !self.is_gapped && self.are_indexes_sound();
            self.emit(update);
            self.report_texts(origin);
            if !is_exact && !self.texts.is_empty() {
                self.rebuild(origin);
            }
        }
        self.report();
    }

    fn absorb_own(&mut self, update: &[u8]) -> bool {
        let mode = Mode::Update { local: Unit::NONE };
        let mut texts: Vec<&mut Index> =
            self.texts.values_mut().map(|text| &mut text.index).collect();
        let absorbed = index::absorb(update, mode, &mut self.known, &mut texts);
        self.queue.get_mut().unwrap_or_else(PoisonError::into_inner).clear(&self.known);
        absorbed.is_ok()
    }

    pub(super) fn are_indexes_sound(&self) -> bool {
        self.texts.values().all(|text| text.sound_index().is_some())
    }

    /// Lets Yrs know of what waits, if it must know now, and reports what came of it: of what no
    /// index knows, of formats, which Yrs tidies up, and of anything while something is missing.
    pub(super) fn flush_if_urgent(&mut self) {
        let is_visible_in_yrs = std::mem::take(&mut self.has_foreign_changes);
        let has_marks = self.texts.values().any(|text| text.index.has_marks());
        if has_marks || self.is_gapped {
            self.flush_closely();
        } else if is_visible_in_yrs || self.queue_mut().is_full() {
            self.flush();
        }
        self.report();
    }

    /// [`Document::flush`] where Yrs may do more than it is told: delete marks that say nothing any
    /// more, or find that something it had kept is complete now.
    fn flush_closely(&mut self) {
        let client = self.client();
        let (mut deleted, mut brings_more) = (Vec::new(), false);
        let waiting = self.queue().take(&self.known);
        let is_fed = feed(&self.doc, waiting, |txn| {
            deleted.extend(deletions(txn));
            let is_own = txn.origin() == Some(&LOCAL.into());
            brings_more |= is_own && txn.insert_set().iter().any(|(id, _)| id.get() != client);
        });
        for (client, range) in deleted {
            let client = self.known.number(client);
            for text in self.texts.values_mut() {
                text.index.delete(client, range.start, range.end);
            }
        }
        self.report_texts(Origin::Remote);
        if brings_more || !is_fed || !self.agrees() {
            self.rebuild(Origin::Remote);
        }
    }

    /// Makes all indexes anew from what Yrs holds, and reports what the old ones did not know.
    /// Nothing may wait.
    pub(super) fn rebuild(&mut self, origin: Origin) {
        let (mut indexes, known) = self.indexes_of_state(self.texts.keys().cloned().collect());
        self.known = known;
        let mut deltas = Vec::new();
        let txn = read(&self.doc);
        for text in self.texts.values_mut() {
            let index = indexes.pop().unwrap_or_else(|| text.new_index());
            deltas.push(text.replace_index(index, &txn));
        }
        self.is_gapped = self.held_back.is_some() || has_holes(&txn, &self.known);
        drop(txn);
        let files: Vec<FileId> = self.texts.keys().cloned().collect();
        for (file, delta) in files.into_iter().zip(deltas) {
            self.report_text(file, delta, origin);
        }
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.has_diverged = false;
        queue.clear(&self.known);
    }

    /// New indexes of these files' texts, the last file's first, and what Yrs knows.
    pub(super) fn indexes_of_state(&self, files: Vec<FileId>) -> (Vec<Index>, Known) {
        let state = read(&self.doc).encode_diff_v1(&StateVector::default());
        let mut known = self.known.emptied();
        let mut indexes: Vec<Index> =
            files.into_iter().rev().map(|file| Index::new(file.shared())).collect();
        let mut texts: Vec<&mut Index> = indexes.iter_mut().collect();
        // Where this fails, the lengths tell.
        let _is_whole = index::absorb(&state, Mode::State, &mut known, &mut texts);
        (indexes, known)
    }

    /// Reports what the indexes noted.
    pub(super) fn report_texts(&mut self, origin: Origin) {
        let mut unclear = Vec::new();
        for (file, text) in &mut self.texts {
            match text.take_delta() {
                Told::Nothing => {}
                Told::Delta(delta) => {
                    self.events.push(Event::Text { file: file.clone(), delta, origin });
                }
                Told::Unclear => unclear.push(file.clone()),
            }
        }
        for file in unclear {
            let content = self.text(&file);
            let Some(text) = self.texts.get_mut(&file) else { continue };
            let delta = text.replacement(content);
            self.report_text(file, delta, origin);
        }
    }

    fn report_text(&mut self, file: FileId, delta: Vec<Delta>, origin: Origin) {
        if !delta.is_empty() {
            self.events.push(Event::Text { file, delta, origin });
        }
    }
}

/// Applies what waited, and shows each transaction after its commit. Whether all of it could be.
fn feed(doc: &Doc, waiting: Vec<Waiting>, mut done: impl FnMut(&TransactionMut<'_>)) -> bool {
    let mut is_fed = true;
    for waiting in waiting {
        let (origin, batch) = match waiting {
            Waiting::Local(batch) => (LOCAL, batch),
            Waiting::Remote(batch) => (REMOTE, batch),
        };
        let mut txn = begin(doc, origin);
        is_fed &= batch.into_update().is_ok_and(|update| apply(&mut txn, &update));
        txn.commit();
        done(&txn);
    }
    is_fed
}

/// What a transaction deleted.
fn deletions(txn: &TransactionMut<'_>) -> Vec<(u64, Range<u32>)> {
    let clients = txn.delete_set().iter();
    clients.flat_map(|(id, ranges)| ranges.iter().map(|range| (id.get(), range.clone()))).collect()
}

fn apply(txn: &mut TransactionMut<'_>, update: &[u8]) -> bool {
    Incoming::decode(update).and_then(|update| update.integrate(txn)).is_ok()
}

/// Whether something that was sent is missing between what is there.
pub(super) fn has_holes(txn: &impl ReadTxn, known: &Known) -> bool {
    let state = txn.state_vector();
    let clients = known.clocks().iter().enumerate();
    txn.has_missing_updates()
        || clients.into_iter().any(|(number, &clock)| {
            clock != state.get(&yrs::ClientID::new(known.client(number as u32)))
        })
}
