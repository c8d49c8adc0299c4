//! From one index of a text to another: the delta between them.
//!
//! Takes time in proportion to the text, so it serves only where an index had to be built anew.

use super::changes::DeltaWriter;
use super::span::Span;
use super::tree::Place;
use super::{Index, Unit};
use crate::document::Delta;

/// The delta from `old` to `new`, which shows `text`. `None` if what both show is not in one order,
/// or a character was cut in two, which makes something else of both halves.
pub(in crate::document) fn difference(old: &Index, new: &Index, text: &str) -> Option<Vec<Delta>> {
    if old.has_pairs_cut_in(new) {
        return None;
    }
    let mut difference = Difference {
        old,
        text: text.encode_utf16().collect(),
        old_position: 0,
        new_position: 0,
        delta: DeltaWriter::default(),
    };
    let mut cursor = new.tree.first();
    while let Some(slot) = cursor {
        difference.span(new.tree.span(slot))?;
        cursor = new.tree.next(slot);
    }
    (difference.old_position == old.len()).then(|| difference.delta.finish())
}

impl Index {
    /// Whether a half of a surrogate pair is shown in `new`, where it is none any more.
    fn has_pairs_cut_in(&self, new: &Self) -> bool {
        let is_shown = |unit| new.offset_of(unit).is_some_and(|(_, is_visible)| is_visible);
        self.low_surrogates.difference(&new.low_surrogates).any(|&low| {
            let high = Unit { clock: low.clock - 1, ..low };
            is_shown(low) || is_shown(high)
        })
    }
}

struct Difference<'a> {
    old: &'a Index,
    text: Vec<u16>,
    old_position: u32,
    new_position: u32,
    delta: DeltaWriter,
}

impl Difference<'_> {
    fn span(&mut self, span: &Span) -> Option<()> {
        let mut done = 0;
        while done < span.len {
            let unit = span.id.plus(done);
            let (len, old_offset) = self.in_old(unit, span.len - done);
            self.piece(len, old_offset, span.is_visible())?;
            done += len;
        }
        Some(())
    }

    /// How many units from this one on the old index holds alike, and the offset if they show.
    fn in_old(&self, unit: Unit, len: u32) -> (u32, Option<u32>) {
        let tree = &self.old.tree;
        let Some(Place { slot, offset }) = tree.locate(unit) else {
            let next = tree.ids.next_start(unit).map_or(len, |next| next - unit.clock);
            return (len.min(next), None);
        };
        let span = tree.span(slot);
        let shown = span.is_visible().then(|| tree.before(slot).visible + offset);
        (len.min(span.len - offset), shown)
    }

    fn piece(&mut self, len: u32, old_offset: Option<u32>, is_visible: bool) -> Option<()> {
        if let Some(offset) = old_offset {
            if offset != self.old_position {
                return None;
            }
            self.old_position += len;
        }
        match (old_offset.is_some(), is_visible) {
            (true, true) => self.delta.retain(len),
            (true, false) => self.delta.delete(len),
            (false, true) => {
                let from = self.new_position as usize;
                let units = self.text.get(from..from + len as usize)?;
                self.delta.inserted().push_str(&String::from_utf16_lossy(units));
            }
            (false, false) => {}
        }
        self.new_position += if is_visible { len } else { 0 };
        Some(())
    }
}

#[cfg(test)]
impl Index {
    /// All spans, joined where they can be, clients by their numbers.
    pub(in crate::document) fn units(&self) -> Vec<String> {
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
