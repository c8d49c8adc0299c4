//! Changes that the indexes know and Yrs does not yet.
//!
//! Yrs takes about a microsecond for each update, and walks the text for each edit; for a hundred
//! updates merged into one it takes little more than for one. So changes wait here until somebody
//! needs what only Yrs can tell, or until there are many. Own edits and those of others wait apart,
//! since only the own ones can be undone.

use super::FileId;
use super::index::{Known, Unit};
use crate::log::{self, Deleted};

/// So many changes may wait, or so many bytes of them; then Yrs is told. Measured on
/// automerge-paper: 100 cost a third more than this, 4,000 nothing less.
const CHANGES_MAX: usize = 1_000;
const BYTES_MAX: usize = 64 << 10;

/// An update of so many bytes is merged with itself before Yrs sees it: sixteen thousand list items
/// in one update cost Yrs 1.4 seconds, the same squashed into one struct a few milliseconds.
pub(super) const SQUASHED_FROM_BYTES: usize = 1 << 10;

/// Changes that wait.
#[derive(Debug, Default)]
pub(super) struct Queue {
    local: Batch,
    remote: Batch,
    /// Which text the own edits belong to.
    local_file: Option<FileId>,
    /// The clock of the first own unit that waits.
    local_start: Option<u32>,
    /// Updates of others build on own edits that wait, or the other way round. Never both.
    remote_needs_local: bool,
    local_needs_remote: bool,
    loaded: Loaded,
    /// The clocks that Yrs knows.
    yrs_clocks: Vec<u32>,
    /// Yrs and the indexes were found to differ.
    pub(super) has_diverged: bool,
}

/// What the document was loaded from: the first update of `remote`.
#[derive(Debug, Default)]
struct Loaded {
    /// They do not count as many changes.
    bytes: usize,
    /// Somebody read a text of it without an index.
    was_read: bool,
}

/// Updates one after the other.
#[derive(Debug, Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// A batch on its way to Yrs.
#[derive(Debug)]
pub(super) enum Waiting {
    Local(Batch),
    Remote(Batch),
}

impl Queue {
    pub(super) const fn is_empty(&self) -> bool {
        self.local.ends.is_empty() && self.remote.ends.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.local.ends.len() + self.remote.ends.len() >= CHANGES_MAX
            || self.local.bytes.len() + self.remote.bytes.len() - self.loaded.bytes >= BYTES_MAX
    }

    /// Whether own edits wait.
    pub(super) const fn holds_local(&self) -> bool {
        !self.local.ends.is_empty()
    }

    /// Keeps what the document is loaded from. Nothing waits, and Yrs has nothing.
    pub(super) fn load(&mut self, update: &[u8]) {
        self.remote.push(update);
        self.loaded.bytes = update.len();
    }

    /// Takes note that somebody reads what the document was loaded from; whether it is the first time.
    pub(super) const fn note_reading(&mut self) -> bool {
        !std::mem::replace(&mut self.loaded.was_read, true)
    }

    /// What the document was loaded from, while it is all that there is.
    pub(super) fn load_alone(&self) -> Option<&[u8]> {
        let is_alone = !self.holds_local() && self.remote.ends.len() == 1;
        (is_alone && self.loaded.bytes > 0).then_some(&self.remote.bytes)
    }

    /// Whose own edits wait.
    pub(super) const fn local_file(&self) -> Option<&FileId> {
        self.local_file.as_ref()
    }

    /// The first own unit that waits, given the client's number.
    pub(super) fn local_start(&self, client: u32) -> Unit {
        Unit { client, clock: self.local_start.unwrap_or(u32::MAX) }
    }

    /// Whether one of these units is not in Yrs yet, and not one's own.
    pub(super) fn holds_remote(&self, client: u32, units: &[Unit]) -> bool {
        let in_yrs = |client: u32| self.yrs_clocks.get(client as usize).copied().unwrap_or(0);
        !self.remote.ends.is_empty()
            && units.iter().any(|unit| unit.client != client && unit.clock >= in_yrs(unit.client))
    }

    /// Whether an own edit that needs what others sent can wait with what is here.
    pub(super) const fn admits_local(&self, needs_remote: bool) -> bool {
        !(needs_remote && self.remote_needs_local)
    }

    /// Whether an update that needs own edits can wait with what is here.
    pub(super) const fn admits_remote(&self, needs_local: bool) -> bool {
        !(needs_local && self.local_needs_remote)
    }

    pub(super) fn push_local(&mut self, file: &FileId, clock: u32, update: &[u8], needs: bool) {
        self.local_file.get_or_insert_with(|| file.clone());
        self.local_start.get_or_insert(clock);
        self.local_needs_remote |= needs;
        self.local.push(update);
    }

    pub(super) fn push_remote(&mut self, update: &[u8], needs_local: bool) {
        self.remote_needs_local |= needs_local;
        self.remote.push(update);
    }

    /// Everything that waits, in an order that Yrs can take it in.
    pub(super) fn take(&mut self, known: &Known) -> Vec<Waiting> {
        let local = Waiting::Local(std::mem::take(&mut self.local));
        let remote = Waiting::Remote(std::mem::take(&mut self.remote));
        let remote_first = !self.remote_needs_local;
        self.clear(known);
        let mut waiting = if remote_first { vec![remote, local] } else { vec![local, remote] };
        waiting.retain(|waiting| !waiting.batch().ends.is_empty());
        waiting
    }

    /// Yrs knows everything.
    pub(super) fn clear(&mut self, known: &Known) {
        self.yrs_clocks.clear();
        self.yrs_clocks.extend_from_slice(known.clocks());
        self.loaded = Loaded::default();
        (self.local_file, self.local_start) = (None, None);
        (self.remote_needs_local, self.local_needs_remote) = (false, false);
    }
}

impl Waiting {
    const fn batch(&self) -> &Batch {
        match self {
            Self::Local(batch) | Self::Remote(batch) => batch,
        }
    }
}

impl Batch {
    fn push(&mut self, update: &[u8]) {
        self.bytes.extend_from_slice(update);
        self.ends.push(self.bytes.len());
    }

    /// All updates as one.
    pub(super) fn into_update(self) -> Result<Vec<u8>, log::Refusal> {
        if self.ends.len() == 1 && self.bytes.len() < SQUASHED_FROM_BYTES {
            return Ok(self.bytes);
        }
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let updates: Vec<&[u8]> =
            starts.zip(&self.ends).map(|(start, &end)| &self.bytes[start..end]).collect();
        // What was deleted keeps its content: an undo of it needs that.
        Ok(log::merge(&updates, Deleted::Keep)?.update.into())
    }
}
