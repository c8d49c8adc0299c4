//! A B+tree of spans in the order of their text. Each node knows what lies below it, so that an
//! offset is found, and a unit's offset told, in the logarithm of the text's length.
//!
//! Nodes lie in arenas and name each other by number. Spans join and split; leaves are never freed.

use super::ids::Ids;
use super::span::{Counts, NONE, Span};

/// Spans per leaf, and children per inner node.
const LEAF: usize = 32;
const FAN: usize = 16;

/// Spans in document order, and where each client's spans lie.
#[derive(Debug)]
pub(in crate::document) struct Tree {
    leaves: Vec<Leaf>,
    inners: Vec<Inner>,
    root: u32,
    /// Levels of inner nodes above the leaves.
    height: u32,
    total: Counts,
    pub(super) ids: Ids,
}

#[derive(Debug)]
struct Leaf {
    spans: Vec<Span>,
    parent: u32,
    previous: u32,
    next: u32,
}

#[derive(Clone, Copy, Debug)]
struct Inner {
    parent: u32,
    len: u32,
    children: [u32; FAN],
    counts: [Counts; FAN],
}

/// Where a span lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::document) struct Slot {
    leaf: u32,
    at: u32,
}

/// Where a unit lies: in which span, behind how many of its units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::document) struct Place {
    pub(super) slot: Slot,
    pub(super) offset: u32,
}

impl Tree {
    pub(in crate::document) fn new() -> Self {
        let leaf = Leaf { spans: Vec::new(), parent: NONE, previous: NONE, next: NONE };
        let (leaves, inners, ids) = (vec![leaf], Vec::new(), Ids::default());
        Self { leaves, inners, root: 0, height: 0, total: Counts::default(), ids }
    }

    /// What lies in the whole text.
    pub(super) const fn total(&self) -> Counts {
        self.total
    }

    pub(in crate::document) fn span(&self, slot: Slot) -> &Span {
        &self.leaf(slot.leaf).spans[slot.at as usize]
    }

    pub(super) fn first(&self) -> Option<Slot> {
        // Leaves split to the right, so the first one stays the first.
        (!self.leaf(0).spans.is_empty()).then_some(Slot { leaf: 0, at: 0 })
    }

    pub(in crate::document) fn last(&self) -> Option<Slot> {
        let mut node = self.root;
        for _ in 0..self.height {
            let inner = &self.inners[node as usize];
            node = inner.children[inner.len as usize - 1];
        }
        let len = self.leaf(node).spans.len() as u32;
        (len > 0).then(|| Slot { leaf: node, at: len - 1 })
    }

    pub(super) fn next(&self, slot: Slot) -> Option<Slot> {
        let leaf = self.leaf(slot.leaf);
        if (slot.at as usize) + 1 < leaf.spans.len() {
            return Some(Slot { at: slot.at + 1, ..slot });
        }
        (leaf.next != NONE).then_some(Slot { leaf: leaf.next, at: 0 })
    }

    pub(super) fn previous(&self, slot: Slot) -> Option<Slot> {
        if slot.at > 0 {
            return Some(Slot { at: slot.at - 1, ..slot });
        }
        let leaf = self.leaf(slot.leaf).previous;
        (leaf != NONE).then(|| Slot { leaf, at: self.leaf(leaf).spans.len() as u32 - 1 })
    }

    /// The span of a leaf that `fits`.
    pub(super) fn find_in(&self, leaf: u32, fits: impl FnMut(&Span) -> bool) -> Option<Slot> {
        let at = self.leaf(leaf).spans.iter().position(fits)?;
        Some(Slot { leaf, at: at as u32 })
    }

    /// The unit before which `rank` others lie, as `measure` counts them.
    pub(super) fn seek(&self, mut rank: u32, measure: impl Fn(Counts) -> u32) -> Option<Place> {
        if rank >= measure(self.total) {
            return None;
        }
        let mut node = self.root;
        for _ in 0..self.height {
            let inner = &self.inners[node as usize];
            let mut child = 0;
            while rank >= measure(inner.counts[child]) {
                rank -= measure(inner.counts[child]);
                child += 1;
            }
            node = inner.children[child];
        }
        let mut at = 0;
        for span in &self.leaf(node).spans {
            let len = measure(span.counts());
            if rank < len {
                break;
            }
            rank -= len;
            at += 1;
        }
        Some(Place { slot: Slot { leaf: node, at }, offset: rank })
    }

    /// What lies before a span.
    pub(super) fn before(&self, slot: Slot) -> Counts {
        let leaf = self.leaf(slot.leaf);
        let mut sum = Counts::of(&leaf.spans[..slot.at as usize]);
        let (mut node, mut parent) = (slot.leaf, leaf.parent);
        while parent != NONE {
            let inner = &self.inners[parent as usize];
            let child = inner.child(node);
            sum = inner.counts[..child].iter().fold(sum, |sum, &counts| sum.plus(counts));
            (node, parent) = (parent, inner.parent);
        }
        sum
    }

    /// Puts a span behind another one, or before all of them.
    pub(in crate::document) fn put_behind(&mut self, slot: Option<Slot>, span: Span) -> Slot {
        let mut slot =
            slot.map_or(Slot { leaf: 0, at: 0 }, |slot| Slot { at: slot.at + 1, ..slot });
        if self.leaf(slot.leaf).spans.len() == LEAF {
            slot = self.make_room(slot);
        }
        self.leaf_mut(slot.leaf).spans.insert(slot.at as usize, span);
        self.ids.set(span.id, slot.leaf);
        self.count(slot.leaf, Counts::default(), span.counts());
        slot
    }

    /// Puts a span behind all others; nobody may ask before [`Tree::finish`]. Returns the leaf that it
    /// begins in; `None` if it became one with the last one, as it does if it fits and `may_join`.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn append(&mut self, span: &Span, may_join: bool) -> Option<u32> {
        let leaf = self.leaves.len() as u32 - 1;
        let spans = &mut self.leaf_mut(leaf).spans;
        if let Some(before) = spans.last_mut().filter(|before| may_join && before.joins(span)) {
            before.len += span.len;
            return None;
        }
        let mut slot = Slot { leaf, at: spans.len() as u32 };
        if spans.len() == LEAF {
            self.count_all(leaf);
            slot = self.make_room(slot);
        }
        self.leaf_mut(slot.leaf).spans.push(*span);
        Some(slot.leaf)
    }

    /// All spans were appended; `ids` says where they lie.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn finish(&mut self, ids: Ids) {
        self.count_all(self.leaves.len() as u32 - 1);
        self.ids = ids;
    }

    /// Tells all nodes above a leaf, which know nothing of it, what it holds.
    #[cfg(not(target_arch = "wasm32"))]
    fn count_all(&mut self, leaf: u32) {
        self.count(leaf, Counts::default(), Counts::of(&self.leaf(leaf).spans));
    }

    /// Changes a span that stays in its place.
    pub(in crate::document) fn change(&mut self, slot: Slot, change: impl FnOnce(&mut Span)) {
        let span = &mut self.leaf_mut(slot.leaf).spans[slot.at as usize];
        let before = span.counts();
        change(span);
        let after = span.counts();
        if before != after {
            self.count(slot.leaf, before, after);
        }
    }

    /// Makes two spans of one (`0 < offset < len`). Returns the slots of both.
    pub(super) fn cut(&mut self, slot: Slot, offset: u32) -> (Slot, Slot) {
        let behind = self.span(slot).behind(offset);
        self.change(slot, |span| span.len = offset);
        let right = self.put_behind(Some(slot), behind);
        (self.previous(right).unwrap_or(slot), right)
    }

    /// Joins a span with the one before it, if both lie in one leaf and fit. Returns where it is.
    pub(super) fn join_previous(&mut self, slot: Slot) -> Slot {
        let at = slot.at as usize;
        let spans = &mut self.leaves[slot.leaf as usize].spans;
        if at == 0 || at >= spans.len() || !spans[at - 1].joins(&spans[at]) {
            return slot;
        }
        let joined = spans.remove(at);
        spans[at - 1].len += joined.len;
        self.ids.remove(joined.id);
        Slot { at: slot.at - 1, ..slot }
    }

    /// The slot behind this one in the same leaf, which may not exist.
    pub(super) const fn beside(slot: Slot) -> Slot {
        Slot { leaf: slot.leaf, at: slot.at + 1 }
    }

    fn leaf(&self, leaf: u32) -> &Leaf {
        &self.leaves[leaf as usize]
    }

    fn leaf_mut(&mut self, leaf: u32) -> &mut Leaf {
        &mut self.leaves[leaf as usize]
    }

    /// Tells all nodes above a leaf that it holds something else.
    fn count(&mut self, leaf: u32, before: Counts, after: Counts) {
        self.total = self.total.minus(before).plus(after);
        let (mut node, mut parent) = (leaf, self.leaf(leaf).parent);
        while parent != NONE {
            let inner = &mut self.inners[parent as usize];
            let child = inner.child(node);
            inner.counts[child] = inner.counts[child].minus(before).plus(after);
            (node, parent) = (parent, inner.parent);
        }
    }

    /// Moves the second half of a full leaf to a new one. Text is mostly appended, so at the end
    /// of it the full leaf stays full.
    fn make_room(&mut self, slot: Slot) -> Slot {
        let next = self.leaf(slot.leaf).next;
        let appends = next == NONE && slot.at as usize == LEAF;
        let kept = if appends { LEAF } else { LEAF / 2 };
        let new = self.leaves.len() as u32;
        let full = self.leaf_mut(slot.leaf);
        let mut spans = Vec::with_capacity(LEAF);
        spans.extend(full.spans.drain(kept..));
        full.next = new;
        let (parent, kept_counts) = (full.parent, Counts::of(&full.spans));
        let moved_counts = Counts::of(&spans);
        for span in &spans {
            self.ids.set(span.id, new);
        }
        if next != NONE {
            self.leaf_mut(next).previous = new;
        }
        self.leaves.push(Leaf { spans, parent, previous: slot.leaf, next });
        self.adopt(0, (slot.leaf, kept_counts), (new, moved_counts));
        if appends || slot.at as usize > kept {
            Slot { leaf: new, at: slot.at - kept as u32 }
        } else {
            slot
        }
    }

    /// Enters `new` behind `old` into the parent of `old`; both at `level` (0: leaves). Recurses
    /// once per level.
    fn adopt(&mut self, level: u32, old: (u32, Counts), new: (u32, Counts)) {
        let parent = self.parent(level, old.0);
        if parent == NONE {
            self.grow_root(level, old, new);
            return;
        }
        let inner = &mut self.inners[parent as usize];
        let child = inner.child(old.0);
        inner.counts[child] = old.1;
        if inner.len < FAN as u32 {
            inner.insert(child + 1, new);
            self.set_parent(level, new.0, parent);
            return;
        }
        let sibling = self.inners.len() as u32;
        let inner = &mut self.inners[parent as usize];
        let mut right = inner.split();
        if child < FAN / 2 {
            inner.insert(child + 1, new);
        } else {
            right.insert(child + 1 - FAN / 2, new);
        }
        let sums = (inner.sum(), right.sum());
        self.set_parent(level, new.0, parent);
        for &moved in &right.children[..right.len as usize] {
            self.set_parent(level, moved, sibling);
        }
        self.inners.push(right);
        self.adopt(level + 1, (parent, sums.0), (sibling, sums.1));
    }

    fn grow_root(&mut self, level: u32, old: (u32, Counts), new: (u32, Counts)) {
        let root = self.inners.len() as u32;
        let mut inner = Inner::empty();
        inner.insert(0, old);
        inner.insert(1, new);
        self.inners.push(inner);
        self.set_parent(level, old.0, root);
        self.set_parent(level, new.0, root);
        self.root = root;
        self.height += 1;
    }

    fn parent(&self, level: u32, node: u32) -> u32 {
        if level == 0 { self.leaf(node).parent } else { self.inners[node as usize].parent }
    }

    fn set_parent(&mut self, level: u32, node: u32, parent: u32) {
        if level == 0 {
            self.leaf_mut(node).parent = parent;
        } else {
            self.inners[node as usize].parent = parent;
        }
    }
}

impl Inner {
    fn empty() -> Self {
        let counts = [Counts::default(); FAN];
        Self { parent: NONE, len: 0, children: [NONE; FAN], counts }
    }

    fn child(&self, node: u32) -> usize {
        let children = &self.children[..self.len as usize];
        children.iter().position(|&child| child == node).unwrap_or(children.len() - 1)
    }

    fn insert(&mut self, at: usize, (child, counts): (u32, Counts)) {
        let len = self.len as usize;
        self.children.copy_within(at..len, at + 1);
        self.counts.copy_within(at..len, at + 1);
        self.children[at] = child;
        self.counts[at] = counts;
        self.len += 1;
    }

    /// Keeps the first half of its children and gives the others to a new node.
    fn split(&mut self) -> Self {
        let mut right = Self::empty();
        right.parent = self.parent;
        right.len = (FAN / 2) as u32;
        right.children[..FAN / 2].copy_from_slice(&self.children[FAN / 2..]);
        right.counts[..FAN / 2].copy_from_slice(&self.counts[FAN / 2..]);
        self.len = (FAN / 2) as u32;
        right
    }

    fn sum(&self) -> Counts {
        let counts = &self.counts[..self.len as usize];
        counts.iter().fold(Counts::default(), |sum, &counts| sum.plus(counts))
    }
}
