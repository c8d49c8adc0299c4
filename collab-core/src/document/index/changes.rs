//! What a text's watcher is to be told: the units that came and went since it was last told.
//!
//! Positions are looked up when the watcher is told, not when something changes, so that many
//! updates amount to one delta.

use super::tree::{Place, Tree};
use super::{Index, Unit};
use crate::document::Delta;
use crate::sorting::sort_unstable_by;

/// Stands for an embed (an image of a rich-text client, say), which is one unit long.
pub(in crate::document) const EMBED: char = '\u{FFFC}';

/// Units that came and went, by identity.
#[derive(Debug, Default)]
pub(super) struct Changes {
    inserted: Vec<Inserted>,
    deleted: Vec<(Unit, u32)>,
    /// The text of all that came.
    text: String,
}

#[derive(Clone, Copy, Debug)]
struct Inserted {
    unit: Unit,
    len: u32,
    /// Where its text lies.
    start: usize,
    end: usize,
}

/// A piece of a change, where it lies now.
struct Piece {
    rank: u32,
    visible_before: u32,
    len: u32,
    /// The new text; `None` if it was deleted.
    text: Option<(Inserted, u32)>,
}

impl Changes {
    pub(super) fn inserted(&mut self, unit: Unit, len: u32, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        self.inserted.push(Inserted { unit, len, start, end: self.text.len() });
    }

    pub(super) fn deleted(&mut self, unit: Unit, len: u32) {
        self.deleted.push((unit, len));
    }

    fn is_empty(&self) -> bool {
        self.inserted.is_empty() && self.deleted.is_empty()
    }

    /// What was deleted and had not come since the watcher was last told.
    fn deleted_old(&mut self) -> Vec<(Unit, u32)> {
        sort_unstable_by(&mut self.inserted, |a, b| a.unit.cmp(&b.unit));
        let mut old = Vec::with_capacity(self.deleted.len());
        for &(mut unit, len) in &self.deleted {
            let end = unit.clock + len;
            let mut at = self.inserted.partition_point(|new| new.unit.plus(new.len) <= unit);
            while unit.clock < end {
                let new = self.inserted.get(at).filter(|new| new.unit.client == unit.client);
                let (start, behind) = new.map_or((end, end), |new| {
                    (new.unit.clock.clamp(unit.clock, end), (new.unit.clock + new.len).min(end))
                });
                if start > unit.clock {
                    old.push((unit, start - unit.clock));
                }
                unit.clock = behind;
                at += 1;
            }
        }
        old
    }
}

impl Index {
    /// Begins to note changes, or stops.
    pub(in crate::document) fn watch(&mut self, watched: bool) {
        self.changes = watched.then(Changes::default);
    }

    /// What changed since the last call, as a delta. Empty if nothing did that shows.
    pub(in crate::document) fn take_delta(&mut self) -> Vec<Delta> {
        let Some(changes) = self.changes.as_mut().filter(|changes| !changes.is_empty()) else {
            return Vec::new();
        };
        let mut changes = std::mem::take(changes);
        let mut pieces = Vec::new();
        for (unit, len) in changes.deleted_old() {
            self.tree.pieces(unit, len, |piece, _| pieces.push(piece));
        }
        for &inserted in &changes.inserted {
            self.tree.pieces(inserted.unit, inserted.len, |piece, offset| {
                pieces.push(Piece { text: Some((inserted, offset)), ..piece });
            });
        }
        sort_unstable_by(&mut pieces, |a, b| a.rank.cmp(&b.rank));
        let mut delta = DeltaWriter::default();
        let mut position = 0;
        for piece in pieces {
            match piece.text {
                None => {
                    delta.retain(piece.visible_before - position);
                    delta.delete(piece.len);
                    position = piece.visible_before;
                }
                // What came and went again shows nowhere.
                Some(_) if !self.tree.is_visible_at(piece.rank) => {}
                Some((new, offset)) => {
                    delta.retain(piece.visible_before - position);
                    let text = &changes.text[new.start..new.end];
                    push_units(delta.inserted(), text, offset, piece.len, new.len);
                    position = piece.visible_before + piece.len;
                }
            }
        }
        delta.finish()
    }
}

impl Tree {
    /// The pieces that a range of units lies in now, with the offset of each in the range.
    fn pieces(&self, unit: Unit, len: u32, mut found: impl FnMut(Piece, u32)) {
        let mut done = 0;
        while done < len {
            let Some(Place { slot, offset }) = self.locate(unit.plus(done)) else { return };
            let (span, before) = (self.span(slot), self.before(slot));
            let piece = (span.len - offset).min(len - done);
            let inside = if span.is_visible() { offset } else { 0 };
            let rank = before.units + offset;
            let visible_before = before.visible + inside;
            found(Piece { rank, visible_before, len: piece, text: None }, done);
            done += piece;
        }
    }

    fn is_visible_at(&self, rank: u32) -> bool {
        self.seek(rank, |counts| counts.units)
            .is_some_and(|place| self.span(place.slot).is_visible())
    }
}

/// Writes a delta, in each place what is inserted before what is deleted.
#[derive(Default)]
pub(super) struct DeltaWriter {
    delta: Vec<Delta>,
    insert: String,
    delete: u32,
}

impl DeltaWriter {
    pub(super) fn retain(&mut self, units: u32) {
        if units == 0 {
            return;
        }
        self.flush();
        match self.delta.last_mut() {
            Some(Delta::Retain(before)) => *before += units,
            _ => self.delta.push(Delta::Retain(units)),
        }
    }

    pub(super) fn delete(&mut self, units: u32) {
        self.delete += units;
    }

    /// What is inserted here.
    pub(super) fn inserted(&mut self) -> &mut String {
        &mut self.insert
    }

    fn flush(&mut self) {
        if !self.insert.is_empty() {
            self.delta.push(Delta::Insert(std::mem::take(&mut self.insert)));
        }
        if self.delete > 0 {
            self.delta.push(Delta::Delete(std::mem::take(&mut self.delete)));
        }
    }

    pub(super) fn finish(mut self) -> Vec<Delta> {
        self.flush();
        if matches!(self.delta.last(), Some(Delta::Retain(_))) {
            self.delta.pop();
        }
        self.delta
    }
}

/// Appends `len` UTF-16 units of `text` from `offset` on; `units` is the whole text's length. Half a
/// character becomes U+FFFD, as in Yjs.
fn push_units(out: &mut String, text: &str, offset: u32, len: u32, units: u32) {
    if len == units {
        out.push_str(text);
    } else if text.len() == units as usize {
        out.push_str(&text[offset as usize..(offset + len) as usize]);
    } else {
        let cut: Vec<u16> = text.encode_utf16().skip(offset as usize).take(len as usize).collect();
        out.push_str(&String::from_utf16_lossy(&cut));
    }
}
