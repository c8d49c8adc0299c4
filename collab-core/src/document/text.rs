//! One file's text: the index that knows where its units stand, its history, and what its watcher
//! was told.

use super::index::Index;
use super::splice::{self, SafeSplice, Splice};
use super::undo::History;
use super::{Delta, DocumentError, FileId};

/// A file's text that was edited or watched here.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) history: History,
    pub(super) index: Index,
    /// How many units its watcher was told of; `None` while nobody watches.
    told_len: Option<u32>,
}

/// What a watcher is to be told.
pub(super) enum Told {
    Nothing,
    Delta(Vec<Delta>),
    /// Only the whole text says it.
    Unclear,
}

impl Text {
    /// The text of an index.
    pub(super) fn new(index: Index) -> Self {
        Self { history: History::default(), index, told_len: None }
    }

    /// Begins to note changes. `text` is what there is.
    pub(super) fn watch(&mut self, text: &str) {
        self.told_len = Some(splice::utf16_len(text));
        self.index.watch(true);
    }

    pub(super) fn unwatch(&mut self) {
        self.told_len = None;
        self.index.watch(false);
    }

    /// Checks an edit, and widens it to whole characters.
    pub(super) fn check<'a>(
        &self,
        file: &FileId,
        splices: &[Splice<'a>],
    ) -> Result<Vec<SafeSplice<'a>>, DocumentError> {
        let mut splices = splice::check(splices, self.index.len())?;
        if self.index.has_foreign_content() && !splices.is_empty() {
            return Err(DocumentError::ForeignContent(file.clone()));
        }
        splice::keep_pairs_whole(&mut splices, |offset| self.index.is_inside_pair(offset));
        Ok(splices)
    }

    /// Takes note of an edit that its watcher is told of otherwise. Whether there is a watcher.
    pub(super) fn told_edit(&mut self) -> bool {
        let told_len = self.told_len.as_mut();
        told_len.map(|len| *len = self.index.len()).is_some()
    }

    /// What to tell the watcher of the changes that the index noted.
    pub(super) fn take_delta(&mut self) -> Told {
        let is_unclear = self.index.take_unclear();
        let Some(told_len) = self.told_len else {
            return Told::Nothing;
        };
        let delta = self.index.take_delta();
        let is_honest = told_len_after(told_len, &delta) == Some(self.index.len());
        if delta.is_empty() && !is_unclear {
            Told::Nothing
        } else if is_unclear || !is_honest || self.index.has_foreign_content() {
            Told::Unclear
        } else {
            self.told_len = Some(self.index.len());
            Told::Delta(delta)
        }
    }

    /// Content that is not text has no honest delta: say what the text is now.
    pub(super) fn replacement(&mut self, text: String) -> Vec<Delta> {
        let old_len = self.told_len.replace(splice::utf16_len(&text)).unwrap_or(0);
        let mut delta = Vec::with_capacity(2);
        if old_len > 0 {
            delta.push(Delta::Delete(old_len));
        }
        if !text.is_empty() {
            delta.push(Delta::Insert(text));
        }
        delta
    }
}

/// The length that `delta` makes of `len`, unless it reaches beyond the end.
fn told_len_after(len: u32, delta: &[Delta]) -> Option<u32> {
    let (mut rest, mut after) = (len, 0u32);
    for op in delta {
        match op {
            Delta::Retain(n) => {
                rest = rest.checked_sub(*n)?;
                after += n;
            }
            Delta::Insert(text) => after += splice::utf16_len(text),
            Delta::Delete(n) => rest = rest.checked_sub(*n)?,
        }
    }
    Some(after + rest)
}
