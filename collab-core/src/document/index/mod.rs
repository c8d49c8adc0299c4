//! The position index of one text: which unit stands where, without a walk.
//!
//! It holds the order and the identities of a text's units, but not their content, which lies in the
//! document's encoded updates. It applies the rule of Yjs to them. Whoever changes a text tells its
//! index, which then says what changed ([`changes`]).

mod absorb;
mod changes;
mod content;
mod ids;
mod known;
#[cfg(not(target_arch = "wasm32"))]
mod load;
mod local;
mod parts;
mod span;
mod travel;
mod tree;
mod yata;

use std::sync::Arc;

pub(super) use absorb::{Absorbed, Deletion, absorb};
pub(super) use changes::EMBED;
pub(super) use content::Contents;
pub(super) use ids::Ids;
use ids::Units;
pub(super) use known::Known;
pub(super) use local::{Draft, LocalUpdate, Parent};
pub(super) use parts::Part;
pub(super) use span::{DELETED, Span, Unit};
pub(super) use travel::Redone;
pub(super) use tree::Tree;

use changes::Changes;
use tree::{Place, Slot};

/// The order of one root text's units.
#[derive(Debug)]
pub(super) struct Index {
    /// The root's name.
    name: Arc<str>,
    tree: Tree,
    /// Second halves of surrogate pairs: an offset before one splits a character.
    low_surrogates: Units,
    /// No delta says what changed since somebody last asked: a character was cut in two, or all of
    /// the text came at once.
    is_unclear: bool,
    /// What changed since it was last asked; `None` while nobody asks.
    changes: Option<Changes>,
}

impl Index {
    /// The index of an empty text.
    pub(super) fn new(name: Arc<str>) -> Self {
        let (tree, low_surrogates) = (Tree::new(), Units::default());
        Self { name, tree, low_surrogates, is_unclear: false, changes: None }
    }

    /// The text's length.
    pub(super) fn len(&self) -> u32 {
        self.tree.total().visible
    }

    /// Whether the text is formatted somewhere.
    pub(super) fn has_marks(&self) -> bool {
        self.tree.total().live > self.tree.total().visible
    }

    /// Notes that no delta says what changed.
    pub(super) const fn note_unclear(&mut self) {
        self.is_unclear = true;
    }

    /// Whether something changed since the last call that no delta says.
    pub(super) const fn take_unclear(&mut self) -> bool {
        std::mem::replace(&mut self.is_unclear, false)
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
        high.plus(1) == low && self.low_surrogates.contains(low)
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

    /// Marks those of a client's units that belong to this text as deleted.
    pub(super) fn delete(&mut self, client: u32, start: u32, end: u32) {
        let mut clock = start;
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
            clock += len;
        }
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

#[cfg(test)]
impl Index {
    /// All spans, joined where they can be, clients by their numbers.
    pub(super) fn units(&self) -> Vec<String> {
        let mut spans: Vec<Span> = Vec::new();
        let mut cursor = self.tree.first();
        while let Some(slot) = cursor {
            let span = *self.tree.span(slot);
            match spans.last_mut() {
                Some(last) if last.joins(&span) => last.len += span.len,
                _ => spans.push(span),
            }
            cursor = self.tree.next(slot);
        }
        spans.iter().map(|span| format!("{span:?}")).collect()
    }
}
