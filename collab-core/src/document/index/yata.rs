//! Where a span goes that was typed elsewhere: the rule of YATA, as Yjs applies it
//! (`Item.integrate` in `src/structs/Item.js`).
//!
//! Spans take the place of Yjs' items. That a span may hold several items, or a part of one, makes
//! no difference: units behind a span's first one have the unit before them as their origin, so
//! the rule lets them follow it.

use super::known::Known;
use super::span::{Span, Unit};
use super::tree::{Place, Slot, Tree};

impl Tree {
    /// Puts a span where it belongs. `left` and `right` are the places of its origins. Where those lie
    /// in the wrong order, which no honest client sends, it goes where Yjs' rule leads it all the same.
    pub(in crate::document) fn integrate(
        &mut self,
        span: Span,
        left: Option<Place>,
        right: Option<Place>,
        known: &Known,
    ) {
        if self.unit_behind(left) == right {
            self.put_at(left, span);
            return;
        }
        self.cut_before(span.right_origin);
        let left = self.cut_behind(span.origin);
        let from = left.map_or(0, |slot| self.before(slot).units + self.span(slot).len);
        let behind = self.behind_conflicts(left, from, &span, known);
        self.put_behind_or_join(behind, span);
    }

    /// The unit that stands right behind a place, or at the start of the text.
    pub(super) fn unit_behind(&self, left: Option<Place>) -> Option<Place> {
        let next = match left {
            Some(Place { slot, offset }) if offset + 1 < self.span(slot).len => {
                return Some(Place { slot, offset: offset + 1 });
            }
            Some(Place { slot, .. }) => self.next(slot),
            None => self.first(),
        };
        next.map(|slot| Place { slot, offset: 0 })
    }

    /// Puts a span right behind a unit, or at the start of the text.
    pub(super) fn put_at(&mut self, left: Option<Place>, span: Span) {
        let slot = left.map(|Place { slot, offset }| {
            let inside = offset + 1 < self.span(slot).len;
            if inside { self.cut(slot, offset + 1).0 } else { slot }
        });
        self.put_behind_or_join(slot, span);
    }

    fn put_behind_or_join(&mut self, slot: Option<Slot>, span: Span) {
        match slot {
            Some(slot) if self.span(slot).joins(&span) => {
                self.change(slot, |left| left.len += span.len);
            }
            _ => drop(self.put_behind(slot, span)),
        }
    }

    /// Makes a unit the first one of a span.
    fn cut_before(&mut self, unit: Unit) {
        if let Some(Place { slot, offset }) = self.locate(unit)
            && offset > 0
        {
            self.cut(slot, offset);
        }
    }

    /// Makes a unit the last one of a span, and returns that one.
    fn cut_behind(&mut self, unit: Unit) -> Option<Slot> {
        let Place { slot, offset } = self.locate(unit)?;
        let inside = offset + 1 < self.span(slot).len;
        Some(if inside { self.cut(slot, offset + 1).0 } else { slot })
    }

    /// Passes the spans that were typed at the same time between the same neighbours and come
    /// first. `left` ends at rank `from`; units before it are not in question.
    fn behind_conflicts(
        &self,
        left: Option<Slot>,
        from: u32,
        span: &Span,
        known: &Known,
    ) -> Option<Slot> {
        let (mut behind, mut rank, mut conflicts_from) = (left, from, from);
        let mut cursor = left.map_or_else(|| self.first(), |slot| self.next(slot));
        while let Some(slot) = cursor {
            let other = self.span(slot);
            if other.id == span.right_origin {
                break;
            }
            rank += other.len;
            let passes = if other.origin == span.origin {
                let first = known.client(other.id.client) < known.client(span.id.client);
                if !first && other.right_origin == span.right_origin {
                    break;
                }
                first
            } else {
                match self.rank(other.origin) {
                    Some(origin) if origin >= from => origin < conflicts_from,
                    _ => break,
                }
            };
            if passes {
                (behind, conflicts_from) = (Some(slot), rank);
            }
            cursor = self.next(slot);
        }
        behind
    }

    /// Makes a unit a span of its own.
    pub(in crate::document) fn isolate(&mut self, unit: Unit) -> Option<Slot> {
        self.cut_before(unit);
        self.cut_behind(unit)
    }

    /// How many units stand before this one, deleted ones included.
    pub(super) fn rank(&self, unit: Unit) -> Option<u32> {
        let Place { slot, offset } = self.locate(unit)?;
        Some(self.before(slot).units + offset)
    }
}
