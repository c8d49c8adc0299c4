//! How deep each unit lies in types within types.
//!
//! Readers recurse: yrs 0.28 overflows a stack of 2 MiB where it deletes a type that holds 10,000
//! others in each other, and yjs recurses likewise. No struct shows how deep it lies, since it names
//! a unit of another update as its parent, or only neighbours. So whoever holds the updates also
//! holds the depth of every unit that is not in a root: nothing at all for texts in roots.

use std::collections::BTreeMap;

use super::Refusal;
use super::decode::{Id, Struct, content};
use super::part::in_order;
use super::value::NESTING_MAX;

/// The depth of units: 0 in a root, 1 in a type that lies in a root, and so on. Exact, since nothing
/// enters before what it names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Depths {
    /// Ascending and disjoint; what is in none is in a root.
    clients: BTreeMap<u64, Vec<Stretch>>,
}

/// Clocks `start..end` of a client, all equally deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    start: u32,
    end: u32,
    depth: u32,
}

/// What an update adds to the depths.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// Of the units that are new.
    new: Depths,
    /// The deepest struct that names its parent, and is no mere number of deleted units.
    deepest: u32,
    /// It tells another depth of units that are known, as no honest client does. Readers would
    /// believe the one or the other.
    contradicts: bool,
}

impl Depths {
    /// Whether all units are in roots.
    pub(crate) fn is_empty(&self) -> bool {
        self.clients.is_empty()
    }

    /// Measures an update. `known` is per client the next clock expected; `None` if the update
    /// builds on something that is neither below it nor in the update.
    pub(crate) fn measure(
        &self,
        update: &[u8],
        known: impl Fn(u64) -> u32,
    ) -> Result<Option<Measured>, Refusal> {
        let mut measured = Measured::default();
        let is_whole = in_order(update, &known, |block| self.block(block, &known, &mut measured))?;
        Ok(is_whole.then_some(measured))
    }

    fn block(&self, block: &Struct<'_>, known: &impl Fn(u64) -> u32, measured: &mut Measured) {
        // Where content is gone, its place is, too: whatever is put there is gone at once.
        if matches!(block.kind(), content::GC | content::SKIP) {
            return;
        }
        let Id { client, clock } = block.id;
        let next = known(client);
        let of = |id: Id| {
            let depths = if id.clock < known(id.client) { self } else { &measured.new };
            depths.get(id.client, id.clock)
        };
        let depth = if let Some(parent) = block.parent_unit() {
            of(parent) + 1
        } else {
            // They lie in one place, unless one of them is gone.
            let neighbours = [block.origin, block.right_origin].into_iter().flatten();
            neighbours.map(of).max().unwrap_or(0)
        };
        if block.parent_unit().is_some() {
            measured.deepest = measured.deepest.max(depth);
        }
        if clock < next {
            let known = Stretch { start: clock, end: block.end().min(next), depth };
            measured.contradicts |= !self.is_throughout(client, known);
        }
        if block.end() > next {
            let stretch = Stretch { start: clock.max(next), end: block.end(), depth };
            measured.new.record(client, stretch);
        }
    }

    /// The depth of a unit; 0 if it is unknown.
    pub(crate) fn get(&self, client: u64, clock: u32) -> u32 {
        let stretch = self.from(client, clock).first();
        stretch.filter(|stretch| stretch.start <= clock).map_or(0, |stretch| stretch.depth)
    }

    /// Whether all of these units are known to lie this deep.
    fn is_throughout(&self, client: u64, part: Stretch) -> bool {
        let known = self.from(client, part.start).first();
        match known.filter(|known| known.start < part.end) {
            Some(known) => {
                part.depth == known.depth && known.start <= part.start && part.end <= known.end
            }
            None => part.depth == 0,
        }
    }

    /// The stretches that do not end before `clock`.
    fn from(&self, client: u64, clock: u32) -> &[Stretch] {
        let stretches = self.clients.get(&client).map_or(&[][..], Vec::as_slice);
        &stretches[stretches.partition_point(|stretch| stretch.end <= clock)..]
    }

    /// Adds units that come after all others of their client.
    fn record(&mut self, client: u64, new: Stretch) {
        if new.depth == 0 {
            return;
        }
        let stretches = self.clients.entry(client).or_default();
        match stretches.last_mut() {
            Some(last) if last.end == new.start && last.depth == new.depth => last.end = new.end,
            _ => stretches.push(new),
        }
    }

    /// Adds what was measured.
    pub(crate) fn add(&mut self, measured: Measured) {
        for (client, stretches) in measured.new.clients {
            for stretch in stretches {
                self.record(client, stretch);
            }
        }
    }
}

impl Measured {
    /// Whether a type lies deeper than readers survive.
    pub(crate) const fn is_too_deep(&self) -> bool {
        self.deepest > NESTING_MAX
    }

    /// Refuses what lies too deep, or elsewhere than was said before.
    pub(super) const fn check(&self) -> Result<(), Refusal> {
        if self.is_too_deep() || self.contradicts { Err(Refusal::Nesting) } else { Ok(()) }
    }

    /// Whether a child of this unit lies too deep. Units that the update does not bring count with
    /// their depth in `before`.
    pub(crate) fn is_full(&self, before: &Depths, client: u64, clock: u32) -> bool {
        self.new.get(client, clock).max(before.get(client, clock)) >= NESTING_MAX
    }
}
