//! What builds on something that has not arrived yet.
//!
//! Nobody may see it, since where it belongs is not known: it waits, as one update, until everything
//! before it is there.

use super::replica::diff;
use super::{Document, DocumentError};
use crate::log::{self, Deleted, EMPTY_UPDATE};

impl Document {
    /// Of an update and all that waits, what builds on nothing that is missing and is not here yet.
    /// The rest waits.
    pub(super) fn release(&mut self, update: &[u8]) -> Result<Vec<u8>, DocumentError> {
        let all: Vec<&[u8]> = std::iter::once(update).chain(self.held_back.as_deref()).collect();
        let merged = log::merge(&all, Deleted::Keep)?.update;
        let new = diff(&merged, &self.known.state_vector())?;
        let parted = log::part(&new, |client| self.known.clock_of(client))?;
        self.held_back = None;
        let Some(parted) = parted else { return Ok(new) };
        self.hold_back(&parted.waiting)?;
        Ok(parted.ready.into())
    }

    /// Lets an update wait.
    pub(super) fn hold_back(&mut self, update: &[u8]) -> Result<(), DocumentError> {
        let waiting = self.held_back.as_deref().unwrap_or(EMPTY_UPDATE);
        self.held_back = Some(log::merge(&[waiting, update], Deleted::Keep)?.update);
        Ok(())
    }

    /// A state with all that waits.
    pub(super) fn with_held_back(&self, state: Vec<u8>) -> Vec<u8> {
        let Some(held_back) = &self.held_back else { return state };
        let merged = log::merge(&[&state[..], held_back], Deleted::Keep);
        merged.expect("both were merged before").update.into()
    }
}
