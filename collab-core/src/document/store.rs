//! All that a document holds, as encoded updates: one merged update, and what came since.
//!
//! Texts are read from here, and diffs are made from here; the indexes know where everything stands,
//! but not what it says. Content of deleted units stays, since an undo brings it back.

use std::borrow::Cow;

use crate::log::{self, Deleted, EMPTY_UPDATE};

/// So many bytes of updates may wait before they are folded, and as many as there are merged ones, so
/// that all foldings together take time in proportion to what was written.
const TAIL_MAX_BYTES: usize = 64 << 10;

/// Encoded updates.
#[derive(Debug)]
pub(super) struct Store {
    merged: Vec<u8>,
    tail: Vec<u8>,
    /// Where each update of the tail ends.
    ends: Vec<usize>,
}

impl Default for Store {
    fn default() -> Self {
        Self { merged: EMPTY_UPDATE.to_vec(), tail: Vec::new(), ends: Vec::new() }
    }
}

impl Store {
    /// Whether nothing is here.
    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty() && self.merged == EMPTY_UPDATE
    }

    /// Keeps an update of which nothing is here yet.
    pub(super) fn push(&mut self, update: &[u8]) {
        if self.is_empty() {
            self.merged = update.to_vec();
            return;
        }
        self.tail.extend_from_slice(update);
        self.ends.push(self.tail.len());
        if self.tail.len() >= TAIL_MAX_BYTES + self.merged.len() {
            self.merged = self.merge(Deleted::Keep);
            self.tail.clear();
            self.ends.clear();
        }
    }

    /// Everything as one update.
    pub(super) fn everything(&self) -> Cow<'_, [u8]> {
        if self.ends.is_empty() {
            Cow::Borrowed(&self.merged)
        } else {
            Cow::Owned(self.merge(Deleted::Keep))
        }
    }

    /// Everything as one update, without what deleted units said.
    pub(super) fn snapshot(&self) -> Vec<u8> {
        self.merge(Deleted::Drop)
    }

    fn merge(&self, deleted: Deleted) -> Vec<u8> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let tail = starts.zip(&self.ends).map(|(start, &end)| &self.tail[start..end]);
        let updates: Vec<&[u8]> = std::iter::once(&self.merged[..]).chain(tail).collect();
        log::merge(&updates, deleted).expect("each was checked or written here").update.into()
    }
}
