//! How deep each unit lies in types within types, for documents; a log knows its place as well
//! (`places`).
//!
//! Readers recurse: yrs 0.28 overflows a stack of 2 MiB where it deletes a type that holds 10,000
//! others in each other, and yjs recurses likewise. No struct shows how deep it lies, since it names
//! a unit of another update as its parent, or only neighbours. So whoever holds the updates also
//! holds the depth of every unit that is not in a root: nothing at all for texts in roots.

use super::Refusal;
use super::decode::{Id, Struct, content};
use super::part::in_order;
use super::stretches::{Stretch, Stretches};
use super::value::NESTING_MAX;

/// The depth of units: 0 in a root, 1 in a type that lies in a root, and so on. Exact, since nothing
/// enters before what it names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Depths {
    /// What is in none is in a root.
    units: Stretches<u32>,
}

/// What an update adds to the depths.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// Of the units that are new.
    new: Depths,
    /// The deepest struct that names its parent, and is no mere number of deleted units.
    deepest: u32,
}

impl Depths {
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
        let start = block.id.clock.max(known(block.id.client));
        if depth > 0 && start < block.end() {
            let stretch = Stretch { start, end: block.end(), value: depth };
            measured.new.units.push(block.id.client, stretch);
        }
    }

    /// The depth of a unit; 0 if it is unknown.
    pub(crate) fn get(&self, client: u64, clock: u32) -> u32 {
        self.units.get(client, clock).unwrap_or(0)
    }

    /// Adds what was measured.
    pub(crate) fn add(&mut self, measured: Measured) {
        self.units.append(measured.new.units);
    }
}

impl Measured {
    /// Whether a type lies deeper than readers survive.
    pub(crate) const fn is_too_deep(&self) -> bool {
        self.deepest > NESTING_MAX
    }

    /// Whether a child of this unit lies too deep. Units that the update does not bring count with
    /// their depth in `before`.
    pub(crate) fn is_full(&self, before: &Depths, client: u64, clock: u32) -> bool {
        self.new.get(client, clock).max(before.get(client, clock)) >= NESTING_MAX
    }
}
