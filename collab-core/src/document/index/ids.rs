//! From a unit's identity to its place.

use super::span::Unit;
use super::tree::{Place, Tree};

/// Most spans in one page.
const PAGE: usize = 256;

/// Per client, the clocks at which spans begin, and the leaves that hold them.
#[derive(Debug, Default)]
pub(in crate::document) struct Ids {
    clients: Vec<Spans>,
}

/// A set of units. It lies in the same pages as [`Ids`], so that browsers load the code once.
#[derive(Debug, Default)]
pub(super) struct Units(Ids);

impl Units {
    pub(super) fn is_empty(&self) -> bool {
        self.0.clients.iter().all(|client| client.firsts.is_empty())
    }

    pub(super) fn insert(&mut self, unit: Unit) {
        self.0.set(unit, 0);
    }

    pub(super) fn contains(&self, unit: Unit) -> bool {
        let spans = self.0.clients.get(unit.client as usize);
        spans.is_some_and(|spans| spans.contains(unit.clock))
    }

    /// Whether it was there.
    pub(super) fn remove(&mut self, unit: Unit) -> bool {
        let was_here = self.contains(unit);
        self.0.remove(unit);
        was_here
    }
}

/// Spans of one client by their clocks, in pages: looked up much more often than changed, which a
/// map's nodes make twice as slow. No page is empty.
#[derive(Debug, Default)]
struct Spans {
    /// The first clock of each page.
    firsts: Vec<u32>,
    pages: Vec<Vec<(u32, u32)>>,
}

impl Ids {
    pub(in crate::document) fn set(&mut self, id: Unit, leaf: u32) {
        self.client(id.client).set(id.clock, leaf);
    }

    fn client(&mut self, client: u32) -> &mut Spans {
        let client = client as usize;
        if client >= self.clients.len() {
            self.clients.resize_with(client + 1, Spans::default);
        }
        &mut self.clients[client]
    }

    /// Enters a span behind all others of its client.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn append(&mut self, id: Unit, leaf: u32) {
        self.client(id.client).append(id.clock, leaf);
    }

    pub(super) fn remove(&mut self, id: Unit) {
        if let Some(spans) = self.clients.get_mut(id.client as usize) {
            spans.remove(id.clock);
        }
    }

    /// The leaf of the last span that begins at or before this unit.
    pub(in crate::document) fn leaf(&self, unit: Unit) -> Option<u32> {
        self.clients.get(unit.client as usize)?.leaf(unit.clock)
    }

    /// Where the next span of this client begins.
    pub(in crate::document) fn next_start(&self, unit: Unit) -> Option<u32> {
        self.clients.get(unit.client as usize)?.next_start(unit.clock)
    }
}

impl Spans {
    /// The page that a clock belongs into, and how many of its spans begin at or before it.
    fn find(&self, clock: u32) -> Option<(usize, usize)> {
        let page = self.firsts.partition_point(|&first| first <= clock).checked_sub(1)?;
        Some((page, self.pages[page].partition_point(|&(start, _)| start <= clock)))
    }

    fn contains(&self, clock: u32) -> bool {
        self.find(clock).is_some_and(|(page, behind)| self.pages[page][behind - 1].0 == clock)
    }

    fn leaf(&self, clock: u32) -> Option<u32> {
        let (page, behind) = self.find(clock)?;
        Some(self.pages[page][behind - 1].1)
    }

    fn next_start(&self, clock: u32) -> Option<u32> {
        let Some((page, behind)) = self.find(clock) else { return self.firsts.first().copied() };
        let in_page = self.pages[page].get(behind).map(|&(start, _)| start);
        in_page.or_else(|| self.firsts.get(page + 1).copied())
    }

    fn set(&mut self, clock: u32, leaf: u32) {
        let Some((page, behind)) = self.find(clock) else {
            return self.set_first(clock, leaf);
        };
        let spans = &mut self.pages[page];
        if spans[behind - 1].0 == clock {
            spans[behind - 1].1 = leaf;
            return;
        }
        spans.insert(behind, (clock, leaf));
        if spans.len() > PAGE {
            // Clocks mostly ascend: at the end of all, the full page stays full.
            let appends = page + 1 == self.firsts.len() && behind == PAGE;
            let moved = spans.split_off(if appends { PAGE } else { PAGE / 2 });
            self.firsts.insert(page + 1, moved[0].0);
            self.pages.insert(page + 1, moved);
        }
    }

    /// Enters a clock behind all others.
    #[cfg(not(target_arch = "wasm32"))]
    fn append(&mut self, clock: u32, leaf: u32) {
        if let Some(page) = self.pages.last_mut().filter(|page| page.len() < PAGE) {
            page.push((clock, leaf));
        } else {
            self.firsts.push(clock);
            self.pages.push(vec![(clock, leaf)]);
        }
    }

    /// Enters a clock before all others.
    fn set_first(&mut self, clock: u32, leaf: u32) {
        if self.pages.first().is_none_or(|page| page.len() == PAGE) {
            self.firsts.insert(0, clock);
            self.pages.insert(0, Vec::new());
        }
        self.firsts[0] = clock;
        self.pages[0].insert(0, (clock, leaf));
    }

    fn remove(&mut self, clock: u32) {
        let Some((page, behind)) = self.find(clock) else { return };
        let spans = &mut self.pages[page];
        if spans[behind - 1].0 != clock {
            return;
        }
        spans.remove(behind - 1);
        if let Some(&(first, _)) = spans.first() {
            self.firsts[page] = first;
        } else {
            self.firsts.remove(page);
            self.pages.remove(page);
        }
    }
}

impl Tree {
    /// Where a unit lies, if it belongs to this text.
    pub(in crate::document) fn locate(&self, unit: Unit) -> Option<Place> {
        let leaf = self.ids.leaf(unit)?;
        let slot = self.find_in(leaf, |span| span.has(unit))?;
        Some(Place { slot, offset: unit.clock - self.span(slot).id.clock })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pages_hold_what_a_map_holds(
            steps in proptest::collection::vec((0..2_000u32, 0..5u32), 0..3_000),
        ) {
            let (mut spans, mut map) = (Spans::default(), BTreeMap::new());
            for (clock, leaf) in steps {
                if leaf == 0 {
                    spans.remove(clock);
                    map.remove(&clock);
                } else {
                    spans.set(clock, leaf);
                    map.insert(clock, leaf);
                }
                let (last, next) = (map.range(..=clock).next_back(), map.range(clock + 1..).next());
                prop_assert_eq!(spans.leaf(clock), last.map(|(_, &leaf)| leaf));
                prop_assert_eq!(spans.next_start(clock), next.map(|(&clock, _)| clock));
            }
            prop_assert!(spans.pages.iter().all(|page| !page.is_empty() && page.len() <= PAGE));
        }
    }
}
