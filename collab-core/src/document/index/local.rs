//! Edits made here: from offsets to neighbours, and to the bytes of a v1 update.
//!
//! An insertion names the unit before it and the one behind it, whichever units those are, deleted
//! or not; with both at hand no walk is needed. Like Yjs it goes behind deleted units.

use super::span::{NONE, Span};
use super::tree::Place;
use super::{Index, Known, Unit};
use crate::document::splice::SafeSplice;
use crate::log::decode::{content, info};
use crate::sorting::sort_unstable_by;
use crate::wire::Writer;

/// Collects what one call does as an update.
pub(in crate::document) struct Draft<'a> {
    known: &'a Known,
    client: u32,
    /// Where the client's clock stood before, and where it stands now.
    start: u32,
    clock: u32,
    structs: u64,
    body: Writer,
    deleted: Vec<(Unit, u32)>,
}

/// What a call amounts to.
pub(in crate::document) struct LocalUpdate {
    pub(in crate::document) update: Vec<u8>,
    /// What was inserted: the first unit and how many.
    pub(in crate::document) inserted: (Unit, u32),
    /// Ranges that were deleted, in order.
    pub(in crate::document) deleted: Vec<(Unit, u32)>,
}

/// Where a struct belongs that names no neighbour: a root, and the key in it if that is a map.
#[derive(Clone, Copy)]
pub(in crate::document) struct Parent<'a> {
    pub(in crate::document) root: &'a str,
    pub(in crate::document) key: Option<&'a str>,
}

impl Index {
    /// Carries out splices, which must be checked and lie within the text.
    pub(in crate::document) fn edit(
        &mut self,
        known: &Known,
        client: u32,
        splices: &[SafeSplice<'_>],
    ) -> LocalUpdate {
        let mut draft = Draft::new(known, client);
        let changes = self.changes.take();
        // From the last to the first, so that the offsets before stay what they were.
        for splice in splices.iter().rev() {
            self.delete_visible(splice.at, splice.delete, &mut draft);
            if !splice.insert.is_empty() {
                let (left, right) = self.neighbours(splice.at);
                self.insert_text(left, self.unit(right), &splice.insert, &mut draft);
            }
        }
        self.changes = changes;
        draft.finish()
    }

    fn delete_visible(&mut self, at: u32, len: u32, draft: &mut Draft<'_>) {
        let mut left = len;
        while left > 0 {
            let Some(Place { slot, offset }) = self.tree.seek(at, |counts| counts.visible) else {
                return;
            };
            let span = self.tree.span(slot);
            let (unit, len) = (span.id.plus(offset), left.min(span.len - offset));
            self.bury(slot, offset, len);
            draft.delete(unit, len);
            left -= len;
        }
    }

    /// Puts text behind `left` and before `right_origin`, which stand next to each other.
    pub(super) fn insert_text(
        &mut self,
        left: Option<Place>,
        right_origin: Unit,
        text: &str,
        draft: &mut Draft<'_>,
    ) {
        let origin = self.unit(left);
        let parent = Parent { root: &self.name, key: None };
        draft.write_struct(parent, origin, right_origin, content::STRING);
        draft.body.var_string(text);
        let id = draft.next();
        let len = self.note_pairs(id, text);
        draft.clock += len;
        self.note_inserted(id, len, text);
        self.tree.put_at(left, Span { id, len, flags: 0, origin, right_origin });
    }

    /// The unit before and the unit behind an insertion at `offset`: behind the visible unit before
    /// it and all deleted ones that follow, but before the next mark.
    fn neighbours(&self, offset: u32) -> (Option<Place>, Option<Place>) {
        let right = if self.has_marks() {
            let before = offset.checked_sub(1).and_then(|before| self.live_rank(before));
            self.tree.seek(before.map_or(0, |rank| rank + 1), |counts| counts.live)
        } else {
            self.tree.seek(offset, |counts| counts.visible)
        };
        let left = match right {
            Some(right) => self.tree.unit_before(right),
            None => self.tree.last().map(|slot| self.tree.last_of(slot)),
        };
        (left, right)
    }

    /// How many units that are not deleted stand before the visible one at `offset`.
    fn live_rank(&self, offset: u32) -> Option<u32> {
        let Place { slot, offset } = self.tree.seek(offset, |counts| counts.visible)?;
        Some(self.tree.before(slot).live + offset)
    }

    pub(super) fn unit(&self, place: Option<Place>) -> Unit {
        place.map_or(Unit::NONE, |place| self.tree.span(place.slot).id.plus(place.offset))
    }
}

impl<'a> Draft<'a> {
    /// An empty one, of the client with this number.
    pub(in crate::document) fn new(known: &'a Known, client: u32) -> Self {
        let start = known.next(client);
        let (body, deleted) = (Writer::with_capacity(32), Vec::new());
        Self { known, client, start, clock: start, structs: 0, body, deleted }
    }

    /// The first unit that is not used yet.
    pub(in crate::document) const fn next(&self) -> Unit {
        Unit { client: self.client, clock: self.clock }
    }

    /// Writes a map's value of one unit behind `origin`.
    pub(in crate::document) fn set(&mut self, parent: Parent<'_>, origin: Unit, any: &[u8]) {
        self.write_struct(parent, origin, Unit::NONE, content::ANY | info::KEY);
        self.body.var_uint(1);
        self.body.bytes(any);
        self.clock += 1;
    }

    /// Writes content of one unit, as it lies in an update.
    pub(super) fn copy(&mut self, bytes: &[u8]) {
        self.body.bytes(bytes);
        self.clock += 1;
    }

    /// Notes that units were deleted.
    pub(in crate::document) fn delete(&mut self, unit: Unit, len: u32) {
        self.deleted.push((unit, len));
    }

    /// Writes what stands before a struct's content.
    pub(super) fn write_struct(
        &mut self,
        parent: Parent<'_>,
        origin: Unit,
        right_origin: Unit,
        kind: u8,
    ) {
        let mut tag = kind;
        tag |= if origin.is_some() { info::ORIGIN } else { 0 };
        tag |= if right_origin.is_some() { info::RIGHT_ORIGIN } else { 0 };
        self.body.bytes(&[tag]);
        for unit in [origin, right_origin].into_iter().filter(|unit| unit.is_some()) {
            self.body.var_uint(self.known.client(unit.client));
            self.body.var_uint(u64::from(unit.clock));
        }
        if tag == kind {
            // The parent: a root type, by its name.
            self.body.var_uint(1);
            self.body.var_string(parent.root);
            if let Some(key) = parent.key {
                self.body.var_string(key);
            }
        }
        self.structs += 1;
    }

    /// The update.
    pub(in crate::document) fn finish(self) -> LocalUpdate {
        let mut update = Writer::with_capacity(self.body.len() + 24);
        update.var_uint(u64::from(self.structs > 0));
        if self.structs > 0 {
            update.var_uint(self.structs);
            update.var_uint(self.known.client(self.client));
            update.var_uint(u64::from(self.start));
            update.bytes(self.body.as_slice());
        }
        let mut deleted = self.deleted;
        write_delete_set(&mut deleted, self.known, &mut update);
        let inserted = (Unit { client: self.client, clock: self.start }, self.clock - self.start);
        LocalUpdate { update: update.into_vec(), inserted, deleted }
    }
}

/// Writes an update's delete set: clients in descending order as yjs does, ranges joined.
fn write_delete_set(ranges: &mut Vec<(Unit, u32)>, known: &Known, update: &mut Writer) {
    let place = |(unit, _): &(Unit, _)| (u64::MAX - known.client(unit.client), unit.clock);
    sort_unstable_by(ranges, |a, b| place(a).cmp(&place(b)));
    ranges.dedup_by(|next, last| {
        let touches = last.0.plus(last.1) == next.0;
        last.1 += if touches { next.1 } else { 0 };
        touches
    });
    let clients = ranges.chunk_by(|a, b| a.0.client == b.0.client);
    update.var_uint(clients.clone().count() as u64);
    for ranges in clients {
        update.var_uint(
            ranges.first().map_or(u64::from(NONE), |(unit, _)| known.client(unit.client)),
        );
        update.var_uint(ranges.len() as u64);
        for (unit, len) in ranges {
            update.var_uint(u64::from(unit.clock));
            update.var_uint(u64::from(*len));
        }
    }
}
