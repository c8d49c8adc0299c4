//! What a client lacks of a log, in at most two updates.

use bytes::Bytes;

use super::digest::{Differing, Digest};
use super::ids::{IdSet, StateVector};
use super::{Deleted, EMPTY_UPDATE, Entry, Log, Refusal, Snapshot, merge};
use crate::wire::Writer;

/// A merge hands out a buffer with a kilobyte to spare; a smaller result is kept without.
const COPIED_MAX_BYTES: usize = 4 << 10;

/// What a client says it has.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Its structs.
    pub structs: StateVector,
    /// Its deletions, which move no state vector; `None` if it does not tell.
    pub deletions: Option<Digest>,
}

/// What a client lacks: one or two updates.
#[derive(Clone, Debug)]
pub struct Answer<U = Bytes> {
    /// Where the client's deletions differ, if it told them.
    pub differing: Option<Differing>,
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
    /// What a client lacks that has this. A newcomer gets the snapshot as it lies, a client that does
    /// not tell its deletions gets all of them.
    ///
    /// Takes time in proportion to the answer, to the deletions, and to the tail where that was not
    /// merged yet. Fails only where the check and the merge disagree, that is never.
    pub fn answer(&mut self, known: &Known) -> Result<Answer<U>, Refusal> {
        if known.structs.is_empty() {
            let last = self.merged_tail()?;
            let first = self.snapshot.as_ref().map(|s| First::Snapshot(s.update().clone()));
            return Ok(Answer {
                differing: known.deletions.as_ref().map(Digest::all),
                first,
                last,
            });
        }
        match &known.deletions {
            Some(digest) => {
                let (differing, deletes) = digest.compare(&self.contents.deletes);
                self.missing(&known.structs, Some(differing), &deletes)
            }
            None => self.missing(&known.structs, None, &self.contents.deletes),
        }
    }

    /// What a client lacks that has some structs and lacks these deletions.
    fn missing(
        &self,
        known: &StateVector,
        differing: Option<Differing>,
        deletes: &IdSet,
    ) -> Result<Answer<U>, Refusal> {
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
        deletes.write_delete_set(&mut new);
        Ok(Answer { differing, first, last: new.into_bytes() })
    }

    /// The tail as one update, made once for all newcomers until the next append.
    fn merged_tail(&mut self) -> Result<Bytes, Refusal> {
        if self.tail.is_empty() {
            return Ok(Bytes::from_static(EMPTY_UPDATE));
        }
        if let Some(merged) = &self.merged_tail {
            return Ok(merged.clone());
        }
        let tail: Vec<&[u8]> = self.tail.iter().map(|entry| entry.update.as_ref()).collect();
        let mut merged = merge(&tail, Deleted::Drop)?.update;
        if merged.len() < COPIED_MAX_BYTES {
            merged = Bytes::copy_from_slice(&merged);
        }
        Ok(self.merged_tail.insert(merged).clone())
    }
}
