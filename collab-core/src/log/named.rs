//! The units that an update names, by client the last one: whoever has that has those before it.

use smallvec::SmallVec;

use super::decode::Id;
use crate::sorting::sort_unstable;

/// Among so many of the last entries a client is looked for: few people write in one place.
const NEAR: usize = 4;

/// So many entries are kept before those of one client are joined.
const LOOSE_MAX: usize = 16;

/// Per client the last unit that is named. Grows with the number of clients, not of structs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    last: SmallVec<[Id; 1]>,
    /// How many entries there were when those of one client were joined.
    joined: usize,
}

impl Named {
    // Out of line: few structs name another client, and the check of the others stays short.
    #[inline(never)]
    pub(super) fn add(&mut self, id: Id) {
        match self.last.iter_mut().rev().take(NEAR).find(|last| last.client == id.client) {
            Some(last) => last.clock = last.clock.max(id.clock),
            None => self.push(id),
        }
    }

    fn push(&mut self, id: Id) {
        if self.last.len() >= LOOSE_MAX.max(2 * self.joined) {
            self.join();
        }
        self.last.push(id);
    }

    /// Leaves one entry for each client.
    #[inline]
    pub(super) fn tidy(&mut self) {
        if self.last.len() > 1 {
            self.join();
        }
    }

    fn join(&mut self) {
        sort_unstable(&mut self.last);
        self.last.dedup_by(|later, earlier| {
            let is_one = later.client == earlier.client;
            if is_one {
                earlier.clock = later.clock;
            }
            is_one
        });
        self.joined = self.last.len();
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Id> {
        self.last.iter().copied()
    }
}
