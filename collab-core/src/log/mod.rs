//! Encoded updates without a document: check, merge, diff, compaction.
//!
//! A [`Log`] is what a relay keeps of one channel: a snapshot (everything up to some point as one
//! update) and a tail of updates since, shared as [`Bytes`]; and which units of content they hold.
//! It answers a newcomer with the bytes as they lie, and a returning client with what it lacks.
//! Nothing here builds a document (but for [`yrs_state`], which asks Yrs), and nothing passes that [`check`] did not accept.

mod answer;
mod bury;
mod check;
mod cut;
pub(crate) mod decode;
mod deletions;
mod depth;
mod digest;
mod ids;
mod index;
mod layout;
mod live;
mod merge;
mod named;
mod part;
mod places;
pub(crate) mod reader;
mod refusal;
mod second;
mod snapshot;
mod split;
mod stretches;
pub mod v2;
mod value;

pub use answer::{Answer, First, Known};
pub(crate) use bury::bury_children;
use bury::survivable;
use check::Spans;
pub use check::{Checked, check};
pub(crate) use decode::{Struct, Visitor, content, info, walk};
pub use deletions::Deletions;
pub(crate) use deletions::delete_set;
pub(crate) use depth::{Depths, Measured};
pub use digest::{Differing, Digest};
pub use ids::StateVector;
pub use live::Live;
pub(crate) use merge::Cutter;
pub use merge::{CompactError, Deleted, Merged, compact, merge, merge_compared, salvage};
pub(crate) use part::part;
pub(crate) use reader::Reader;
pub use refusal::Refusal;
pub use second::{SecondError, yrs_state};
pub use snapshot::Snapshot;
pub use split::split;

use bytes::Bytes;

use crate::wire::Writer;
use ids::IdSet;
use layout::Layout;

/// An update that says nothing: no sections, no deletions.
pub const EMPTY_UPDATE: &[u8] = &[0, 0];

/// Whether `text` is JSON that every reader parses, nested no deeper than an update's values may be.
pub(crate) fn is_portable_json(text: &str) -> bool {
    value::json(text).is_ok()
}

/// Reads over one lib0 `any`, checking it.
pub(crate) fn skip_any(reader: &mut Reader<'_>) -> Result<(), Refusal> {
    value::any(reader)
}

/// The encoded state of one channel. `U` is how its owner holds an update's bytes.
#[derive(Clone, Debug)]
pub struct Log<U = Bytes> {
    snapshot: Option<Snapshot<U>>,
    tail: Vec<Entry<U>>,
    tail_bytes: usize,
    contents: Contents,
    layout: Layout,
    /// The tail as one update for newcomers, until the next append.
    merged_tail: Option<Bytes>,
}

#[derive(Clone, Debug)]
struct Entry<U> {
    update: U,
    inserts: Spans,
}

/// Which units of content a set of updates holds, and which of them it deletes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Contents {
    inserts: IdSet,
    deletes: IdSet,
}

impl Contents {
    fn add(&mut self, checked: &Checked) {
        self.inserts.extend(checked.inserts.iter().copied());
        self.deletes.extend(checked.deletes.iter().copied());
    }

    fn has(&self, checked: &Checked) -> bool {
        checked.inserts.iter().all(|&span| self.inserts.contains(span))
            && checked.deletes.iter().all(|&span| self.deletes.contains(span))
    }
}

impl<U: AsRef<[u8]> + Clone> Log<U> {
    /// An empty channel.
    pub fn new() -> Self {
        Self {
            snapshot: None,
            tail: Vec::new(),
            tail_bytes: 0,
            contents: Contents::default(),
            layout: Layout::OneText(None),
            merged_tail: None,
        }
    }

    /// Takes over stored bytes, checking all of them. Updates that repeat what is there are kept:
    /// they fold away at the next compaction. They may come in any order and have gaps.
    pub fn open(snapshot: Option<U>, tail: impl IntoIterator<Item = U>) -> Result<Self, Refusal> {
        let mut log = Self::new();
        let mut parts = Vec::new();
        if let Some(snapshot) = snapshot {
            parts.push(check(snapshot.as_ref(), usize::MAX)?);
            log.contents.add(&parts[0]);
            log.snapshot = Some(Snapshot::new(snapshot)?);
        }
        for update in tail {
            let checked = check(update.as_ref(), usize::MAX)?;
            parts.push(checked.clone());
            log.push(update, checked);
        }
        let is_one_text = parts.iter().all(|checked| log.layout.stays_one_text(checked));
        if !is_one_text || parts.iter().any(|checked| log.lacks_before(checked)) {
            log.layout = log.layout_of_all()?;
        }
        Ok(log)
    }

    fn layout_of_all(&self) -> Result<Layout, Refusal> {
        match (&self.snapshot, &self.tail[..]) {
            (Some(snapshot), []) => Layout::of(snapshot.update().as_ref()),
            _ => Layout::of(&merge(&self.compactable(usize::MAX), Deleted::Keep)?.update),
        }
    }

    /// Whether everything that an update says is here already.
    pub fn has(&self, checked: &Checked) -> bool {
        self.contents.has(checked)
    }

    /// Whether all of these units are known to be deleted.
    pub(crate) fn deletes(&self, client: u64, start: u32, end: u32) -> bool {
        self.contents.deletes.contains(ids::Span { client, start, end })
    }

    /// Whether an update builds on something that is neither here nor in itself. Whoever is shown
    /// it first may integrate past the gap, in an order of its own.
    pub fn lacks_before(&self, checked: &Checked) -> bool {
        self.contents.inserts.lacks(&checked.inserts, &checked.named)
    }

    /// Of an update, all that builds on nothing that is missing.
    pub fn without_gaps(&self, update: &[u8]) -> Result<Bytes, Refusal> {
        let parted = part(update, |client| self.contents.inserts.gapless_end(client))?;
        Ok(parted.map_or_else(|| Bytes::copy_from_slice(update), |parted| parted.ready))
    }

    /// Adds an update to the tail. `checked` is what [`check`] found in it. Refuses, and changes
    /// nothing, where it builds on something that is missing, nests types too deeply, or puts something
    /// where some reader does not survive it.
    pub fn append(&mut self, update: U, checked: Checked) -> Result<(), Refusal> {
        if self.lacks_before(&checked) {
            return Err(Refusal::Early);
        }
        if !self.layout.stays_one_text(&checked) {
            if let Layout::OneText(_) = self.layout {
                self.layout = self.layout_of_all()?;
            }
            let known = |client| self.contents.inserts.gapless_end(client);
            self.layout.add(update.as_ref(), &checked, known)?;
        }
        self.push(update, checked);
        Ok(())
    }

    fn push(&mut self, update: U, checked: Checked) {
        self.contents.add(&checked);
        self.tail_bytes += update.as_ref().len();
        self.tail.push(Entry { update, inserts: checked.inserts });
        self.merged_tail = None;
    }

    /// Snapshot and tail, in bytes.
    pub fn len_bytes(&self) -> usize {
        self.snapshot_bytes() + self.tail_bytes
    }

    /// The snapshot's size, in bytes.
    pub fn snapshot_bytes(&self) -> usize {
        self.snapshot.as_ref().map_or(0, |snapshot| snapshot.update().as_ref().len())
    }

    /// The number of updates in the tail, and their size in bytes.
    pub fn tail_len(&self) -> (usize, usize) {
        (self.tail.len(), self.tail_bytes)
    }

    /// The size of the last `count` updates of the tail, in bytes.
    pub fn last_bytes(&self, count: usize) -> usize {
        self.tail.iter().rev().take(count).map(|entry| entry.update.as_ref().len()).sum()
    }

    /// What is here, as far as it is gapless.
    pub fn state_vector(&self) -> StateVector {
        self.contents.inserts.state_vector()
    }

    /// What is deleted, as an update's delete set (see [`Deletions::read`]).
    pub fn delete_set(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        self.contents.deletes.write_delete_set(&mut writer);
        writer.into_vec()
    }

    /// The snapshot.
    pub const fn snapshot(&self) -> Option<&Snapshot<U>> {
        self.snapshot.as_ref()
    }

    /// Snapshot and the first `tail` updates, for [`merge`] off the connection tasks.
    pub fn compactable(&self, tail: usize) -> Vec<U> {
        let tail = self.tail.iter().take(tail).map(|entry| entry.update.clone());
        self.snapshot.iter().map(|snapshot| snapshot.update().clone()).chain(tail).collect()
    }

    /// Replaces the snapshot and the first `tail` updates by their merged form.
    pub fn compact(&mut self, merged: Snapshot<U>, tail: usize) {
        let folded = self.tail.drain(..tail.min(self.tail.len()));
        self.tail_bytes -= folded.map(|entry| entry.update.as_ref().len()).sum::<usize>();
        self.merged_tail = None;
        self.snapshot = Some(merged);
    }
}

impl<U: AsRef<[u8]> + Clone> Default for Log<U> {
    fn default() -> Self {
        Self::new()
    }
}
