//! One file's text. The only place that knows how a text is stored and indexed.
//!
//! Today each index-based access walks the Yrs text from its start. A position index beside the
//! text can replace the inside of this file; nothing outside depends on the walk.

use yrs::branch::{Branch, BranchPtr};
use yrs::types::Delta as YrsDelta;
use yrs::types::text::YChange;
use yrs::{
    Any, Doc, GetString, IndexedSequence, Observable, Out, ReadTxn, Text as _, TextRef,
    TransactionMut,
};

use super::observed::{Change, Observed};
use super::splice::{self, SafeSplice, Splice};
use super::undo::{EditClock, History};
use super::{Assoc, Delta, DocumentError, FileId, StickyPosition};

/// Stands for an embed (an image of a rich-text client, say), which is one unit long.
const EMBED: char = '\u{FFFC}';

/// Key of our text observer.
const OBSERVER: &str = "watch";

/// A file's text that was edited or watched here, with what only then costs something: its undo
/// history, and its observer while it is watched.
pub(super) struct Text {
    file: FileId,
    root: TextRef,
    pub(super) history: History,
    /// How many units its watcher has been told of; `None` while nobody watches.
    watched_len: Option<u32>,
    content: Content,
}

/// What is known about a text's content. Found out when an edit needs it, since it takes a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// Somebody else changed it since it was last looked at.
    Unknown,
    /// No surrogate pairs: any offset is a character boundary.
    Bmp,
    /// Some characters take two units.
    Pairs,
    /// Holds things that are not text, so its offsets cannot be trusted.
    Foreign,
}

impl Text {
    /// Prepares the text of `file`. No transaction may be open.
    pub(super) fn open(doc: &Doc, file: FileId, clock: &EditClock) -> Self {
        let root = doc.get_or_insert_text(file.shared());
        let history = History::new(doc, &root, clock);
        Self { file, root, history, watched_len: None, content: Content::Unknown }
    }

    /// Begins to note deltas of changes. Costs a walk per transaction that changes the text.
    /// Returns the text that the first delta starts from.
    pub(super) fn watch(&mut self, txn: &impl ReadTxn, observed: &Observed) -> String {
        let text = read(&self.root, txn);
        self.watched_len = Some(splice::utf16_len(&text));
        let (file, observed) = (self.file.clone(), observed.clone());
        self.root.observe(OBSERVER, move |txn, event| {
            // Local edits know their delta without a walk.
            if txn.origin() != Some(&super::LOCAL.into()) {
                let delta = event.delta(txn).iter().map(from_yrs).collect();
                observed.note(Change::Text { file: file.clone(), delta });
            }
        });
        text
    }

    pub(super) fn unwatch(&mut self) {
        self.watched_len = None;
        self.root.unobserve(OBSERVER);
    }

    pub(super) fn is_watched(&self) -> bool {
        self.watched_len.is_some()
    }

    /// Carries out an edit within `txn`. Returns its delta, empty if it changes nothing.
    pub(super) fn edit(
        &mut self,
        txn: &mut TransactionMut<'_>,
        splices: &[Splice<'_>],
    ) -> Result<Vec<Delta>, DocumentError> {
        let mut splices = splice::check(splices, self.root.len(txn))?;
        if splices.is_empty() {
            return Ok(Vec::new());
        }
        self.settle_content(txn)?;
        if self.content == Content::Pairs {
            splice::keep_pairs_whole(&mut splices, &read(&self.root, txn));
        }
        // From the last to the first, so that the offsets before stay what they were.
        for splice in splices.iter().rev() {
            self.apply(txn, splice);
        }
        if splices.iter().any(|splice| splice::has_pairs(&splice.insert)) {
            self.content = Content::Pairs;
        }
        if let Some(len) = &mut self.watched_len {
            *len = self.root.len(txn);
        }
        Ok(splice::to_delta(&splices))
    }

    fn apply(&self, txn: &mut TransactionMut<'_>, splice: &SafeSplice<'_>) {
        if splice.delete > 0 {
            self.root.remove_range(txn, splice.at, splice.delete);
        }
        if !splice.insert.is_empty() {
            self.root.insert(txn, splice.at, &splice.insert);
        }
    }

    /// Looks at the content if somebody else changed it since the last time.
    fn settle_content(&mut self, txn: &impl ReadTxn) -> Result<(), DocumentError> {
        if self.content == Content::Unknown {
            let text = read(&self.root, txn);
            self.content = if splice::utf16_len(&text) != self.root.len(txn) {
                Content::Foreign
            } else if splice::has_pairs(&text) {
                Content::Pairs
            } else {
                Content::Bmp
            };
        }
        if self.content == Content::Foreign {
            return Err(DocumentError::ForeignContent(self.file.clone()));
        }
        Ok(())
    }

    /// Somebody else, or an undo, changed this text, and nobody watches it.
    pub(super) fn forget_content(&mut self) {
        self.content = Content::Unknown;
    }

    /// Takes note of a change by somebody else, or by an undo. Returns the delta to tell the
    /// watcher: `delta`, unless it does not lead to the text that is there now.
    pub(super) fn changed(&mut self, txn: &impl ReadTxn, delta: Vec<Delta>) -> Vec<Delta> {
        let Some(old_len) = self.watched_len else {
            return Vec::new();
        };
        let len = self.root.len(txn);
        self.watched_len = Some(len);
        let inserts_pairs =
            delta.iter().any(|op| matches!(op, Delta::Insert(text) if splice::has_pairs(text)));
        if len_after(old_len, &delta) == Some(len) && self.content != Content::Foreign {
            if inserts_pairs {
                self.content = Content::Pairs;
            }
            return delta;
        }
        // Content that is not text has no honest delta: say what the text is now.
        self.content = Content::Unknown;
        let text = read(&self.root, txn);
        self.watched_len = Some(splice::utf16_len(&text));
        replacement(old_len, text)
    }

    /// The Yjs type, to find it among those that a transaction changed.
    pub(super) fn branch(&self) -> BranchPtr {
        BranchPtr::from(AsRef::<Branch>::as_ref(&self.root))
    }
}

/// A position at `offset` that stays with its neighbours; `None` beyond the end.
pub(super) fn sticky(
    file: &FileId,
    root: &TextRef,
    txn: &impl ReadTxn,
    offset: u32,
    assoc: Assoc,
) -> Option<StickyPosition> {
    if offset > root.len(txn) {
        return None;
    }
    Some(match root.sticky_index(txn, offset, assoc.into()) {
        Some(index) => StickyPosition::from_yrs(file, &index),
        // Yrs has no index after the last character; Yjs means the end of the text by it.
        None => StickyPosition::edge(file, assoc),
    })
}

/// Reads a text. Embeds appear as U+FFFC, so that offsets fit.
pub(super) fn read(root: &TextRef, txn: &impl ReadTxn) -> String {
    let plain = root.get_string(txn);
    if splice::utf16_len(&plain) == root.len(txn) {
        return plain;
    }
    let mut text = String::with_capacity(plain.len());
    for piece in root.diff(txn, YChange::identity) {
        push_out(&mut text, &piece.insert);
    }
    text
}

fn push_out(text: &mut String, out: &Out) {
    match out {
        Out::Any(Any::String(piece)) => text.push_str(piece),
        _ => text.push(EMBED),
    }
}

fn from_yrs(op: &YrsDelta) -> Delta {
    match op {
        YrsDelta::Inserted(out, _) => {
            let mut text = String::new();
            push_out(&mut text, out);
            Delta::Insert(text)
        }
        YrsDelta::Deleted(len) => Delta::Delete(*len),
        YrsDelta::Retain(len, _) => Delta::Retain(*len),
    }
}

/// The length that `delta` makes of `len`, unless it reaches beyond the end.
fn len_after(len: u32, delta: &[Delta]) -> Option<u32> {
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

fn replacement(old_len: u32, text: String) -> Vec<Delta> {
    let mut delta = Vec::with_capacity(2);
    if old_len > 0 {
        delta.push(Delta::Delete(old_len));
    }
    if !text.is_empty() {
        delta.push(Delta::Insert(text));
    }
    delta
}
