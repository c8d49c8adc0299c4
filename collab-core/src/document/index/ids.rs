//! From a unit's identity to its place.

use std::collections::BTreeMap;

use super::span::Unit;
use super::tree::{Place, Tree};

/// Per client, the clocks at which spans begin, and the leaves that hold them.
#[derive(Debug, Default)]
pub(super) struct Ids {
    clients: Vec<BTreeMap<u32, u32>>,
}

impl Ids {
    pub(super) fn set(&mut self, id: Unit, leaf: u32) {
        let client = id.client as usize;
        if client >= self.clients.len() {
            self.clients.resize_with(client + 1, BTreeMap::new);
        }
        self.clients[client].insert(id.clock, leaf);
    }

    pub(super) fn remove(&mut self, id: Unit) {
        if let Some(spans) = self.clients.get_mut(id.client as usize) {
            spans.remove(&id.clock);
        }
    }

    /// The leaf of the last span that begins at or before this unit.
    fn leaf(&self, unit: Unit) -> Option<u32> {
        let spans = self.clients.get(unit.client as usize)?;
        spans.range(..=unit.clock).next_back().map(|(_, &leaf)| leaf)
    }

    /// Where the next span of this client begins.
    pub(super) fn next_start(&self, unit: Unit) -> Option<u32> {
        let spans = self.clients.get(unit.client as usize)?;
        spans.range(unit.clock + 1..).next().map(|(&clock, _)| clock)
    }
}

impl Tree {
    /// Where a unit lies, if it belongs to this text.
    pub(super) fn locate(&self, unit: Unit) -> Option<Place> {
        let leaf = self.ids.leaf(unit)?;
        let slot = self.find_in(leaf, |span| span.has(unit))?;
        Some(Place { slot, offset: unit.clock - self.span(slot).id.clock })
    }
}
