//! What one client has, by client ID and clock: nothing may be missing, whatever was merged.

use std::ops::Range;
use std::rc::Rc;

use collab_core::log;

use super::LoadError;

/// Gapless content of each writer, and what came before the content that it follows.
#[derive(Debug)]
pub(super) struct Received {
    first_client: u64,
    writers: Vec<Progress>,
}

#[derive(Clone, Debug, Default)]
struct Progress {
    next: u32,
    early: Vec<Range<u32>>,
}

impl Received {
    /// Nothing yet of `writers` writers, whose client IDs count up from `first_client`.
    pub(super) fn new(first_client: u64, writers: usize) -> Self {
        Self { first_client, writers: vec![Progress::default(); writers] }
    }

    /// Takes clocks of a client. Returns which writer it is, the clocks that are gapless only now,
    /// and how many came again. `None`: a client that is none of the writers.
    pub(super) fn add(
        &mut self,
        client: u64,
        clocks: Range<u32>,
    ) -> Option<(usize, Range<u32>, u32)> {
        let writer = usize::try_from(client.checked_sub(self.first_client)?).ok()?;
        let progress = self.writers.get_mut(writer)?;
        let before = progress.next;
        if clocks.start > before {
            progress.early.push(clocks);
            return Some((writer, before..before, 0));
        }
        let repeated = clocks.end.min(before) - clocks.start;
        progress.next = before.max(clocks.end);
        while let Some(at) = progress.early.iter().position(|early| early.start <= progress.next) {
            progress.next = progress.next.max(progress.early.swap_remove(at).end);
        }
        Some((writer, before..progress.next, repeated))
    }

    /// How many units of content are here without a gap.
    pub(super) fn units(&self) -> u64 {
        self.writers.iter().map(|progress| u64::from(progress.next)).sum()
    }
}

/// Client and clocks of each run in an update.
pub(super) type Runs = Rc<[(u64, Range<u32>)]>;

/// Reads updates. Readers of one room get the same bytes, so those of the last moment are kept.
pub(super) struct Decoder {
    slots: Vec<Option<(Box<[u8]>, Runs)>>,
}

const SLOTS: usize = 1 << 10;

impl Decoder {
    pub(super) fn new() -> Self {
        Self { slots: vec![None; SLOTS] }
    }

    /// What an update brings. Fails on bytes that are not an update.
    pub(super) fn runs(&mut self, update: &[u8]) -> Result<Runs, LoadError> {
        let slot = &mut self.slots[crc32fast::hash(update) as usize % SLOTS];
        if let Some((known, runs)) = slot
            && **known == *update
        {
            return Ok(Rc::clone(runs));
        }
        let runs: Runs = log::check(update, usize::MAX)?.inserts().collect();
        *slot = Some((update.into(), Rc::clone(&runs)));
        Ok(runs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_count_only_once_they_are_filled() {
        let mut received = Received::new(10, 2);
        assert_eq!(received.add(11, 0..2), Some((1, 0..2, 0)));
        assert_eq!(received.add(11, 5..6), Some((1, 2..2, 0)));
        assert_eq!(received.add(11, 1..4), Some((1, 2..4, 1)));
        assert_eq!(received.add(11, 4..5), Some((1, 4..6, 0)));
        assert_eq!(received.add(12, 0..1), None);
        assert_eq!(received.units(), 6);
    }
}
