//! Undo and redo in an index: what a step inserted goes, what it deleted comes back.
//!
//! Deleted units never come back themselves: copies of them are inserted before them, as
//! `redoItem` of Yjs does (`src/structs/Item.js`), and whoever means the old ones follows
//! [`Redone`] to the new ones.

use super::content::{Contents, Copied};
use super::local::{Draft, LocalUpdate, Parent};
use super::span::{DELETED, Span};
use super::tree::{Place, Tree};
use super::{EMBED, Index, Known, Unit};
use crate::document::undo::Step;

/// Which units came back under which names.
#[derive(Debug, Default)]
pub(in crate::document) struct Redone {
    /// Ranges by their first unit, and the first unit of the copy.
    ranges: Vec<(Unit, u32, Unit)>,
}

impl Redone {
    fn add(&mut self, old: Unit, len: u32, new: Unit) {
        let at = self.ranges.partition_point(|range| range.0 < old);
        self.ranges.insert(at, (old, len, new));
    }

    /// The copy of a unit, and for how many units from there on that holds; or how many units have
    /// none, at most `len`.
    fn find(&self, unit: Unit, len: u32) -> (Option<Unit>, u32) {
        let at = self.ranges.partition_point(|range| range.0 <= unit);
        if let Some(&(old, count, new)) = at.checked_sub(1).and_then(|at| self.ranges.get(at))
            && old.client == unit.client
            && unit.clock - old.clock < count
        {
            let offset = unit.clock - old.clock;
            return (Some(new.plus(offset)), len.min(count - offset));
        }
        let next = self.ranges.get(at).filter(|next| next.0.client == unit.client);
        (None, next.map_or(len, |next| len.min(next.0.clock - unit.clock)))
    }

    /// What a unit is called now.
    pub(in crate::document) fn follow(&self, mut unit: Unit) -> Unit {
        while let (Some(new), _) = self.find(unit, 1) {
            unit = new;
        }
        unit
    }

    /// What a range is called now, piece by piece.
    fn follow_all(&self, unit: Unit, len: u32, mut found: impl FnMut(Unit, u32)) {
        let mut ranges = vec![(unit, len)];
        while let Some((unit, len)) = ranges.pop() {
            let (new, count) = self.find(unit, len);
            if count < len {
                ranges.push((unit.plus(count), len - count));
            }
            match new {
                Some(new) => ranges.push((new, count)),
                None => found(unit, count),
            }
        }
    }
}

impl Index {
    /// Takes a step back; `contents` are the document's.
    pub(in crate::document) fn travel(
        &mut self,
        known: &Known,
        client: u32,
        step: &Step,
        redone: &mut Redone,
        contents: &mut Contents<'_>,
    ) -> LocalUpdate {
        let mut draft = Draft::new(known, client);
        let mut inserted = Vec::new();
        for &(unit, len) in &step.inserted {
            redone.follow_all(unit, len, |unit, len| inserted.push((unit, len)));
        }
        for (unit, len) in step.deleted_of_others() {
            self.bring_back(unit, len, redone, contents, &mut draft);
        }
        for (unit, len) in inserted {
            self.take_away(unit, len, &mut draft);
        }
        draft.finish()
    }

    fn take_away(&mut self, mut unit: Unit, mut len: u32, draft: &mut Draft<'_>) {
        while len > 0 {
            let Some(Place { slot, offset }) = self.tree.locate(unit) else { return };
            let span = self.tree.span(slot);
            let count = len.min(span.len - offset);
            if span.is_visible() {
                self.bury(slot, offset, count);
                draft.delete(unit, count);
            }
            (unit, len) = (unit.plus(count), len - count);
        }
    }

    fn bring_back(
        &mut self,
        mut unit: Unit,
        mut len: u32,
        redone: &mut Redone,
        contents: &mut Contents<'_>,
        draft: &mut Draft<'_>,
    ) {
        while len > 0 {
            let Some(place) = self.tree.locate(unit) else { return };
            let span = *self.tree.span(place.slot);
            let (copy, count) = redone.find(unit, len.min(span.len - place.offset));
            let mut done = count;
            if copy.is_none() && span.is(DELETED) {
                let copied;
                (copied, done) = contents.copy(unit, count);
                let new = draft.next();
                self.insert_copy(place, unit, copied, draft);
                let made = draft.next().clock - new.clock;
                if made > 0 {
                    redone.add(unit, made, new);
                }
            }
            (unit, len) = (unit.plus(done), len - done);
        }
    }

    /// Inserts a copy right before the unit at `place`.
    fn insert_copy(&mut self, place: Place, unit: Unit, copied: Copied<'_>, draft: &mut Draft<'_>) {
        let left = self.tree.unit_before(place);
        match copied {
            Copied::Nothing => {}
            Copied::Text(text) => self.insert_text(left, unit, &text, draft),
            Copied::Embed(kind, bytes) => {
                let origin = self.unit(left);
                let parent = Parent { root: &self.name, key: None };
                draft.write_struct(parent, origin, unit, kind);
                let id = draft.next();
                draft.copy(bytes);
                self.note_inserted(id, 1, EMBED.encode_utf8(&mut [0; 4]));
                let span = Span { id, len: 1, flags: 0, origin, right_origin: unit };
                self.tree.put_at(left, span);
            }
        }
    }
}

impl Tree {
    /// The unit that stands right before a place.
    pub(super) fn unit_before(&self, Place { slot, offset }: Place) -> Option<Place> {
        match offset.checked_sub(1) {
            Some(offset) => Some(Place { slot, offset }),
            None => self.previous(slot).map(|slot| self.last_of(slot)),
        }
    }

    /// The last unit of a span.
    pub(super) fn last_of(&self, slot: super::Slot) -> Place {
        Place { slot, offset: self.span(slot).len - 1 }
    }
}
