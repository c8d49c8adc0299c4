//! Structs that build on something that has not arrived yet.
//!
//! Yrs has a place for them, but goes on past gaps in a client's clocks, and uses memory that it has
//! freed where an overlapping update fills one (docs/fuzzing.md). So they wait here, as one update,
//! until everything before them is there. Yrs only keeps deletions of what it was not shown.

use std::borrow::Cow;

use yrs::{ClientID, ReadTxn};

use super::queue::SQUASHED_FROM_BYTES;
use super::{Document, DocumentError, read};
use crate::log::{self, Deleted};

impl Document {
    /// Of `updates` and all that waits, what builds on nothing that is missing, as one update. The
    /// rest waits. Yrs knows all that the indexes know.
    pub(super) fn release<'a>(
        &mut self,
        updates: &[&'a [u8]],
    ) -> Result<Cow<'a, [u8]>, DocumentError> {
        let merged = match (updates, &self.held_back) {
            (&[update], None) if update.len() < SQUASHED_FROM_BYTES => Cow::Borrowed(update),
            (updates, held_back) => {
                let all: Vec<&[u8]> = updates.iter().copied().chain(held_back.as_deref()).collect();
                Cow::Owned(log::merge(&all, Deleted::Keep)?.update.into())
            }
        };
        let known = read(&self.doc).state_vector();
        let known = |client| known.get(&ClientID::new(client));
        let ready = match log::part(&merged, known)? {
            None => {
                self.held_back = None;
                merged
            }
            Some(parted) => {
                self.held_back = Some(parted.waiting);
                Cow::Owned(parted.ready.into())
            }
        };
        let Some(levelled) = self.nesting.level(&ready, known)? else { return Ok(ready) };
        self.nesting.add(levelled.measured);
        Ok(levelled.flat.map_or(ready, Cow::Owned))
    }

    /// Whether something that was sent is missing between what is there.
    pub(super) fn is_incomplete(&self) -> bool {
        self.held_back.is_some() || read(&self.doc).has_missing_updates()
    }

    /// A state that Yrs encoded, with all that waits.
    pub(super) fn with_held_back(&self, state: Vec<u8>) -> Vec<u8> {
        let Some(held_back) = &self.held_back else { return state };
        let merged = log::merge(&[&state[..], held_back], Deleted::Keep);
        // What Yrs encodes is an update; if it were not, it would still be the state.
        merged.map_or(state, |merged| merged.update.into())
    }
}
