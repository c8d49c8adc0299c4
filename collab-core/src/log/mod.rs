//! Encoded updates without a document: check, merge, diff, compaction.
//!
//! A [`Log`] is what a relay keeps of one channel: a snapshot (everything up to some point as one
//! update) and a tail of updates since, shared as [`Bytes`]; and which units of content they hold.
//! It answers a newcomer with the bytes as they lie, and a returning client with what it lacks.
//! Nothing here builds a Yrs document, and nothing passes that [`check`] did not accept.

mod bury;
mod check;
mod cut;
pub(crate) mod decode;
mod ids;
mod index;
mod merge;
pub(crate) mod reader;
mod refusal;
mod snapshot;
mod value;

pub(crate) use bury::bury_children;
use check::Spans;
pub use check::{Checked, check};
pub use ids::StateVector;
pub use merge::{CompactError, Deleted, Merged, compact, merge};
pub use refusal::Refusal;
pub use snapshot::Snapshot;

use bytes::Bytes;

use crate::wire::Writer;
use ids::IdSet;

/// An update that says nothing: no sections, no deletions.
pub const EMPTY_UPDATE: &[u8] = &[0, 0];

/// Whether `text` is JSON that every reader parses, nested no deeper than an update's values may be.
pub(crate) fn is_portable_json(text: &str) -> bool {
    value::json(text).is_ok()
}

/// The encoded state of one channel. `U` is how its owner holds an update's bytes.
#[derive(Clone, Debug)]
pub struct Log<U = Bytes> {
    snapshot: Option<Snapshot<U>>,
    tail: Vec<Entry<U>>,
    tail_bytes: usize,
    contents: Contents,
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
        checked.inserts.iter().for_each(|&span| self.inserts.insert(span));
        checked.deletes.iter().filter(|s| s.start < s.end).for_each(|&s| self.deletes.insert(s));
    }

    fn has(&self, checked: &Checked) -> bool {
        checked.inserts.iter().all(|&span| self.inserts.contains(span))
            && checked.deletes.iter().all(|&span| self.deletes.contains(span))
    }
}

/// What a client lacks: one or two updates.
#[derive(Clone, Debug)]
pub struct Answer<U = Bytes> {
    /// Comes first, since `last` may build on it.
    pub first: Option<First<U>>,
    /// After this update the client has everything.
    pub last: Bytes,
}

/// What a client lacks of the snapshot.
#[derive(Clone, Debug)]
pub enum First<U = Bytes> {
    /// All of it.
    Snapshot(U),
    /// These structs of it.
    Diff(Bytes),
}

impl<U: AsRef<[u8]>> AsRef<[u8]> for First<U> {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Snapshot(update) => update.as_ref(),
            Self::Diff(diff) => diff,
        }
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
            merged_tail: None,
        }
    }

    /// Takes over stored bytes, checking all of them. Updates that repeat what is there are kept:
    /// they fold away at the next compaction.
    pub fn open(snapshot: Option<U>, tail: impl IntoIterator<Item = U>) -> Result<Self, Refusal> {
        let mut log = Self::new();
        if let Some(snapshot) = snapshot {
            log.contents.add(&check(snapshot.as_ref(), usize::MAX)?);
            log.snapshot = Some(Snapshot::new(snapshot)?);
        }
        for update in tail {
            let checked = check(update.as_ref(), usize::MAX)?;
            log.append(update, checked);
        }
        Ok(log)
    }

    /// Whether everything that an update says is here already.
    pub fn has(&self, checked: &Checked) -> bool {
        self.contents.has(checked)
    }

    /// Whether an update builds on earlier structs of its clients that are not here.
    pub fn lacks_before(&self, checked: &Checked) -> bool {
        self.contents.inserts.would_gap(&checked.inserts)
    }

    /// Adds an update to the tail. `checked` is what [`check`] found in it.
    pub fn append(&mut self, update: U, checked: Checked) {
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

    /// What a client with this state vector lacks. A newcomer gets the snapshot as it lies.
    ///
    /// Deletions do not move a state vector, so a returning client gets all of them. Takes time in
    /// proportion to the answer, and to the tail where that was not merged yet. Fails only where the
    /// check and the merge disagree, that is never.
    pub fn answer(&mut self, known: &StateVector) -> Result<Answer<U>, Refusal> {
        if !known.is_empty() {
            return self.missing(known);
        }
        let last = self.merged_tail()?;
        let snapshot = self.snapshot.as_ref();
        Ok(Answer { first: snapshot.map(|s| First::Snapshot(s.update().clone())), last })
    }

    /// What a client lacks that has something.
    fn missing(&self, known: &StateVector) -> Result<Answer<U>, Refusal> {
        let lacks = |entry: &&Entry<U>| entry.inserts.iter().any(|s| s.end > known.get(s.client));
        let tail: Vec<&[u8]> =
            self.tail.iter().filter(lacks).map(|entry| entry.update.as_ref()).collect();
        let (mut old, mut new) = (Writer::with_capacity(256), Writer::with_capacity(256));
        let in_snapshot = match &self.snapshot {
            Some(snapshot) => snapshot.write_missing_structs(known, &mut old)?,
            None => 0,
        };
        let mut first = None;
        if tail.is_empty() && in_snapshot > 0 {
            new = old;
        } else {
            let tail = Snapshot::new(merge(&tail, Deleted::Drop)?.update)?;
            tail.write_missing_structs(known, &mut new)?;
            if in_snapshot > 0 {
                old.var_uint(0);
                first = Some(First::Diff(old.into_bytes()));
            }
        }
        self.contents.deletes.write_delete_set(&mut new);
        Ok(Answer { first, last: new.into_bytes() })
    }

    /// The tail as one update, made once for all newcomers until the next append.
    fn merged_tail(&mut self) -> Result<Bytes, Refusal> {
        if let Some(merged) = &self.merged_tail {
            return Ok(merged.clone());
        }
        let tail: Vec<&[u8]> = self.tail.iter().map(|entry| entry.update.as_ref()).collect();
        let merged = merge(&tail, Deleted::Drop)?.update;
        Ok(self.merged_tail.insert(merged).clone())
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
