//! The position index of one text: which unit stands where, without a walk.
//!
//! It holds the order and the identities of a text's units, but not their content, which is Yrs'.
//! It applies the same rule to the same updates as Yrs does, so both agree without asking each
//! other; [`super::Document`] compares their lengths and rebuilds an index that is wrong. Whoever
//! changes a text tells its index, which then says what changed ([`changes`]).

mod absorb;
mod changes;
mod compare;
mod content;
mod ids;
mod known;
mod local;
mod span;
mod tree;
mod yata;

use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) use absorb::{Absorbed, Gap, Mode, absorb};
pub(super) use changes::EMBED;
pub(super) use compare::difference;
pub(super) use content::text_of;
pub(super) use known::Known;
pub(super) use span::Unit;

use changes::Changes;
use span::DELETED;
use tree::{Place, Slot, Tree};

/// The order of one root text's units.
#[derive(Debug)]
pub(super) struct Index {
    /// The root's name.
    name: Arc<str>,
    tree: Tree,
    /// Second halves of surrogate pairs: an offset before one splits a character.
    low_surrogates: BTreeSet<Unit>,
    /// Yrs holds spans in it whose origins lie in the wrong order: where they stand, and what is typed
    /// beside them, depends on the order in which it was told. Only Yrs knows.
    is_disordered: bool,
    /// What changed since it was last asked; `None` while nobody asks.
    changes: Option<Changes>,
}

impl Index {
    /// The index of an empty text.
    pub(super) fn new(name: Arc<str>) -> Self {
        let (tree, low_surrogates) = (Tree::new(), BTreeSet::new());
        Self { name, tree, low_surrogates, is_disordered: false, changes: None }
    }

    /// The text's length.
    pub(super) fn len(&self) -> u32 {
        self.tree.total().visible
    }

    /// Whether the text is formatted somewhere.
    pub(super) fn has_marks(&self) -> bool {
        self.tree.total().live > self.tree.total().visible
    }

    /// Whether units stand where no honest client put them, and so perhaps elsewhere in Yrs.
    pub(super) const fn is_disordered(&self) -> bool {
        self.is_disordered
    }

    /// Whether the text holds something that is neither text nor an embed.
    pub(super) fn has_foreign_content(&self) -> bool {
        self.tree.total().foreign > 0
    }

    /// Whether an offset lies between the halves of a surrogate pair.
    pub(super) fn is_inside_pair(&self, offset: u32) -> bool {
        if self.low_surrogates.is_empty() || offset == 0 {
            return false;
        }
        let (Some(high), Some(low)) = (self.unit_at(offset - 1), self.unit_at(offset)) else {
            return false;
        };
        high.plus(1) == low && self.low_surrogates.contains(&low)
    }

    /// The unit at an offset.
    pub(super) fn unit_at(&self, offset: u32) -> Option<Unit> {
        let place = self.tree.seek(offset, |counts| counts.visible)?;
        Some(self.tree.span(place.slot).id.plus(place.offset))
    }

    /// How many visible units stand before this one, and whether it is visible itself. `None` if
    /// it does not belong to this text.
    pub(super) fn offset_of(&self, unit: Unit) -> Option<(u32, bool)> {
        let Place { slot, offset } = self.tree.locate(unit)?;
        let before = self.tree.before(slot).visible;
        let is_visible = self.tree.span(slot).is_visible();
        Some((before + if is_visible { offset } else { 0 }, is_visible))
    }

    /// Marks those of a client's units that belong to this text as deleted. Returns how many do.
    pub(super) fn delete(&mut self, client: u32, start: u32, end: u32) -> u32 {
        let (mut found, mut clock) = (0, start);
        while clock < end {
            let unit = Unit { client, clock };
            let Some(Place { slot, offset }) = self.tree.locate(unit) else {
                let Some(next) = self.tree.ids.next_start(unit) else { break };
                clock = next;
                continue;
            };
            let len = (self.tree.span(slot).len - offset).min(end - clock);
            if !self.tree.span(slot).is(DELETED) {
                self.bury(slot, offset, len);
            }
            found += len;
            clock += len;
        }
        found
    }

    /// Marks a part of a span as deleted.
    fn bury(&mut self, slot: Slot, offset: u32, len: u32) {
        let span = *self.tree.span(slot);
        if let Some(changes) = &mut self.changes
            && span.is_visible()
        {
            changes.deleted(span.id.plus(offset), len);
        }
        let slot = if offset > 0 { self.tree.cut(slot, offset).1 } else { slot };
        let slot = if offset + len < span.len { self.tree.cut(slot, len).0 } else { slot };
        self.tree.change(slot, |span| span.flags = DELETED);
        let slot = self.tree.join_previous(slot);
        self.tree.join_previous(Tree::beside(slot));
    }
}
