//! Edits made here: from offsets to neighbours, and to the bytes of a v1 update.
//!
//! An insertion names the unit before it and the one behind it, whichever units those are, deleted
//! or not; with both at hand no walk is needed. Like Yjs and Yrs it goes behind deleted units.

use super::span::{NONE, Span};
use super::tree::Place;
use super::{Index, Known, Unit};
use crate::document::splice::SafeSplice;
use crate::log::decode::{content, info};
use crate::sorting::sort_unstable_by;
use crate::wire::Writer;

/// Collects one edit as an update.
pub(in crate::document) struct LocalEdit<'a> {
    known: &'a Known,
    client: u32,
    /// Where the client's clock stood before the edit, and where it stands now.
    start: u32,
    clock: u32,
    structs: u64,
    body: Writer,
    deleted: Vec<(Unit, u32)>,
    /// Units that the edit builds on.
    depends_on: Vec<Unit>,
}

/// What an edit amounts to.
pub(in crate::document) struct LocalUpdate {
    pub(in crate::document) update: Vec<u8>,
    /// The client's next clock.
    pub(in crate::document) clock: u32,
    /// Units that it names: neighbours, and the last one of each deleted range.
    pub(in crate::document) depends_on: Vec<Unit>,
}

impl Index {
    /// Carries out splices, which must be checked and lie within the text.
    pub(in crate::document) fn edit(
        &mut self,
        known: &Known,
        client: u32,
        splices: &[SafeSplice<'_>],
    ) -> LocalUpdate {
        let clock = known.next(client);
        let mut edit = LocalEdit {
            known,
            client,
            start: clock,
            clock,
            structs: 0,
            body: Writer::with_capacity(32),
            deleted: Vec::new(),
            depends_on: Vec::new(),
        };
        let changes = self.changes.take();
        // From the last to the first, so that the offsets before stay what they were.
        for splice in splices.iter().rev() {
            edit.delete(self, splice.at, splice.delete);
            edit.insert(self, splice.at, &splice.insert);
        }
        self.changes = changes;
        edit.finish()
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
            Some(Place { slot, offset }) if offset > 0 => {
                return (Some(Place { slot, offset: offset - 1 }), right);
            }
            Some(Place { slot, .. }) => self.tree.previous(slot),
            None => self.tree.last(),
        };
        let left = left.map(|slot| Place { slot, offset: self.tree.span(slot).len - 1 });
        (left, right)
    }

    /// How many units that are not deleted stand before the visible one at `offset`.
    fn live_rank(&self, offset: u32) -> Option<u32> {
        let Place { slot, offset } = self.tree.seek(offset, |counts| counts.visible)?;
        Some(self.tree.before(slot).live + offset)
    }

    fn unit(&self, place: Option<Place>) -> Unit {
        place.map_or(Unit::NONE, |place| self.tree.span(place.slot).id.plus(place.offset))
    }
}

impl LocalEdit<'_> {
    fn delete(&mut self, index: &mut Index, at: u32, len: u32) {
        let mut left = len;
        while left > 0 {
            let Some(Place { slot, offset }) = index.tree.seek(at, |counts| counts.visible) else {
                return;
            };
            let span = index.tree.span(slot);
            let (unit, len) = (span.id.plus(offset), left.min(span.len - offset));
            index.bury(slot, offset, len);
            self.deleted.push((unit, len));
            self.depends_on.push(unit.plus(len - 1));
            left -= len;
        }
    }

    fn insert(&mut self, index: &mut Index, at: u32, text: &str) {
        if text.is_empty() {
            return;
        }
        let (left, right) = index.neighbours(at);
        let id = Unit { client: self.client, clock: self.clock };
        let (origin, right_origin) = (index.unit(left), index.unit(right));
        self.write_struct(&index.name, origin, right_origin, text);
        let len = index.note_pairs(id, text);
        index.tree.put_at(left, Span { id, len, flags: 0, origin, right_origin });
        self.clock += len;
        self.depends_on.extend([origin, right_origin].into_iter().filter(|unit| unit.is_some()));
    }

    fn write_struct(&mut self, name: &str, origin: Unit, right_origin: Unit, text: &str) {
        let mut tag = content::STRING;
        tag |= if origin.is_some() { info::ORIGIN } else { 0 };
        tag |= if right_origin.is_some() { info::RIGHT_ORIGIN } else { 0 };
        self.body.bytes(&[tag]);
        for unit in [origin, right_origin].into_iter().filter(|unit| unit.is_some()) {
            self.body.var_uint(self.known.client(unit.client));
            self.body.var_uint(u64::from(unit.clock));
        }
        if tag == content::STRING {
            // The parent: a root type, by its name.
            self.body.var_uint(1);
            self.body.var_string(name);
        }
        self.body.var_string(text);
        self.structs += 1;
    }

    fn finish(mut self) -> LocalUpdate {
        let mut update = Writer::with_capacity(self.body.len() + 24);
        update.var_uint(u64::from(self.structs > 0));
        if self.structs > 0 {
            update.var_uint(self.structs);
            update.var_uint(self.known.client(self.client));
            update.var_uint(u64::from(self.start));
            update.bytes(&self.body.into_vec());
        }
        write_delete_set(&mut self.deleted, self.known, &mut update);
        let (clock, depends_on) = (self.clock, self.depends_on);
        LocalUpdate { update: update.into_vec(), clock, depends_on }
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
