//! One file's text: Yrs' content of it, and the index that knows where its units stand.

use yrs::types::text::YChange;
use yrs::{Any, Doc, GetString, Out, ReadTxn, Text as _, TextRef, TransactionMut};

use super::index::{EMBED, Index, difference};
use super::splice::{self, SafeSplice, Splice};
use super::undo::History;
use super::{Delta, DocumentError, FileId};

/// A file's text that was edited or watched here.
pub(super) struct Text {
    file: FileId,
    root: TextRef,
    pub(super) history: History,
    pub(super) index: Index,
    /// Whether the index agrees with Yrs. It always does, unless another client sent what no
    /// honest one sends; then each change of this text costs a walk.
    is_sound: bool,
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
    /// Prepares the text of `file`, with an index that is still to be built. No transaction may be
    /// open.
    pub(super) fn open(doc: &Doc, file: FileId) -> Self {
        let root = doc.get_or_insert_text(file.shared());
        let history = History::new(doc, &root);
        let index = Index::new(file.shared());
        Self { file, root, history, index, is_sound: false, told_len: None }
    }

    /// An empty index for this text.
    pub(super) fn new_index(&self) -> Index {
        Index::new(self.file.shared())
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

    pub(super) const fn is_watched(&self) -> bool {
        self.told_len.is_some()
    }

    /// The index, if it agrees with Yrs.
    pub(super) fn sound_index(&self) -> Option<&Index> {
        self.is_sound.then_some(&self.index)
    }

    /// Whether the index may run ahead of Yrs: not where marks are, which Yrs tidies up.
    pub(super) fn is_lazy(&self) -> bool {
        self.is_sound && !self.index.has_marks()
    }

    /// Checks an edit, and widens it to whole characters.
    pub(super) fn check<'a>(
        &self,
        splices: &[Splice<'a>],
        len: u32,
    ) -> Result<Vec<SafeSplice<'a>>, DocumentError> {
        let mut splices = splice::check(splices, len)?;
        if self.index.has_foreign_content() && !splices.is_empty() {
            return Err(DocumentError::ForeignContent(self.file.clone()));
        }
        splice::keep_pairs_whole(&mut splices, |offset| self.index.is_inside_pair(offset));
        Ok(splices)
    }

    /// Whether Yrs holds all that it counts. Hostile structs can make it count more, and removing
    /// that panics.
    pub(super) fn is_whole(&self, txn: &impl ReadTxn) -> bool {
        let chunks = self.root.diff(txn, YChange::identity);
        let held = chunks.iter().map(|chunk| match &chunk.insert {
            Out::Any(Any::String(text)) => splice::utf16_len(text),
            _ => 1,
        });
        held.sum::<u32>() == self.root.len(txn)
    }

    /// Carries out an edit in Yrs itself.
    pub(super) fn edit_in_yrs(&self, txn: &mut TransactionMut<'_>, splices: &[SafeSplice<'_>]) {
        // From the last to the first, so that the offsets before stay what they were.
        for splice in splices.iter().rev() {
            if splice.delete > 0 {
                self.root.remove_range(txn, splice.at, splice.delete);
            }
            if !splice.insert.is_empty() {
                self.root.insert(txn, splice.at, &splice.insert);
            }
        }
    }

    /// Takes note of an edit that its watcher is told of otherwise.
    pub(super) fn told_edit(&mut self) {
        if self.is_watched() {
            self.told_len = Some(self.index.len());
        }
    }

    /// What to tell the watcher of the changes that the index noted.
    pub(super) fn take_delta(&mut self) -> Told {
        let Some(told_len) = self.told_len else {
            return Told::Nothing;
        };
        let delta = self.index.take_delta();
        let is_honest = told_len_after(told_len, &delta) == Some(self.index.len());
        if delta.is_empty() {
            Told::Nothing
        } else if !is_honest || self.index.has_foreign_content() {
            Told::Unclear
        } else {
            self.told_len = Some(self.index.len());
            Told::Delta(delta)
        }
    }

    /// Puts a new index in the place of the old one. Returns what to tell the watcher.
    pub(super) fn replace_index(&mut self, index: Index, txn: &impl ReadTxn) -> Vec<Delta> {
        let was_sound = self.is_sound && !self.index.has_foreign_content();
        let old = std::mem::replace(&mut self.index, index);
        self.is_sound = self.agrees(txn);
        let Some(told_len) = self.told_len else {
            return Vec::new();
        };
        self.index.watch(true);
        let text = read(&self.root, txn);
        let is_sound = self.is_sound && !self.index.has_foreign_content();
        let is_comparable = was_sound && is_sound && told_len == old.len();
        let delta = if is_comparable { difference(&old, &self.index, &text) } else { None };
        if delta.is_some() {
            self.told_len = Some(self.index.len());
        }
        delta.unwrap_or_else(|| self.replacement(text))
    }

    /// Takes over a sound index of all that there is, which Yrs was not told of yet.
    pub(super) fn adopt_index(&mut self, index: Index) {
        self.index = index;
        self.is_sound = true;
    }

    /// Whether the index is as long as the text in Yrs, and knows where everything stands.
    pub(super) fn agrees(&self, txn: &impl ReadTxn) -> bool {
        !self.index.is_disordered() && self.index.len() == self.root.len(txn)
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

/// Reads a text. Embeds appear as U+FFFC, so that offsets fit.
pub(super) fn read(root: &TextRef, txn: &impl ReadTxn) -> String {
    let plain = root.get_string(txn);
    if splice::utf16_len(&plain) == root.len(txn) {
        return plain;
    }
    let mut text = String::with_capacity(plain.len());
    for piece in root.diff(txn, YChange::identity) {
        match piece.insert {
            Out::Any(Any::String(piece)) => text.push_str(&piece),
            _ => text.push(EMBED),
        }
    }
    text
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
