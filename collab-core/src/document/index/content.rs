//! What units say, while the updates that brought them are at hand.

use super::parts::Parts;
use super::span::{FOREIGN, Span};
use super::{EMBED, Index, Known, Unit};
use crate::log::Cutter;
use crate::log::decode::content;

/// An update's text and embeds, by clients' numbers and clocks.
pub(in crate::document) struct Contents<'a> {
    clients: Vec<Vec<Content<'a>>>,
}

/// What one struct says. Its units come one after the other, so text is read but once.
struct Content<'a> {
    clock: u32,
    end: u32,
    kind: u8,
    /// Text without its length, anything else as it lies.
    bytes: &'a [u8],
    /// Reads text; `next` is the clock that it has come to.
    cutter: Cutter<'a>,
    next: u32,
}

/// A copy of a unit's content.
pub(super) enum Copied<'a> {
    /// It was lost, or is of a kind that is not copied.
    Nothing,
    Text(String),
    /// Its kind, and the content as it lies.
    Embed(u8, &'a [u8]),
}

impl<'a> Contents<'a> {
    /// Those of an update that was checked.
    pub(in crate::document) fn of(update: &'a [u8], known: &Known) -> Self {
        let mut known = known.emptied();
        let parts = Parts::of(update, &mut known);
        let mut clients: Vec<_> = (0..known.count()).map(|_| Vec::new()).collect();
        for part in parts.iter() {
            let (client, clock, kind) = (part.id.client as usize, part.id.clock, part.kind());
            if matches!(kind, content::STRING | content::EMBED) {
                let (bytes, end) = (part.payload, part.end());
                let cutter = Cutter::new(bytes);
                clients[client].push(Content { clock, end, kind, bytes, cutter, next: clock });
            }
        }
        Self { clients }
    }

    /// The text of an index, embeds as U+FFFC.
    pub(in crate::document) fn text(mut self, index: &Index) -> String {
        let mut text = String::with_capacity(index.len() as usize);
        let mut slot = index.tree.first();
        while let Some(at) = slot {
            let span = index.tree.span(at);
            if span.is_visible() && !span.is(FOREIGN) {
                self.write(span, &mut text);
            }
            slot = index.tree.next(at);
        }
        text
    }

    /// Writes a span's text, which may lie in several structs.
    fn write(&mut self, span: &Span, text: &mut String) {
        let (mut unit, end) = (span.id, span.id.clock + span.len);
        while unit.clock < end {
            let Some(content) = self.find(unit).filter(|content| content.kind == content::STRING)
            else {
                text.push(EMBED);
                unit.clock += 1;
                continue;
            };
            let to = end.min(content.end);
            content.take(unit.clock, to, text);
            unit.clock = to;
        }
    }

    /// A copy of the units from this one on, `len` at most, and of how many.
    pub(super) fn copy(&mut self, unit: Unit, len: u32) -> (Copied<'a>, u32) {
        let Some(content) = self.find(unit) else { return (Copied::Nothing, 1) };
        if content.kind != content::STRING {
            return (Copied::Embed(content.kind, content.bytes), 1);
        }
        let to = content.end.min(unit.clock + len);
        let mut text = String::new();
        content.rewind();
        content.take(unit.clock, to, &mut text);
        (Copied::Text(text), to - unit.clock)
    }

    fn find(&mut self, unit: Unit) -> Option<&mut Content<'a>> {
        let contents = self.clients.get_mut(unit.client as usize)?;
        let at = contents.partition_point(|content| content.end <= unit.clock);
        contents.get_mut(at).filter(|content| content.clock <= unit.clock)
    }
}

impl Content<'_> {
    /// Begins anew.
    const fn rewind(&mut self) {
        (self.cutter, self.next) = (Cutter::new(self.bytes), self.clock);
    }

    /// Writes the text of these units, which lie behind all that was taken before. Half a character
    /// is U+FFFD, as in Yjs.
    fn take(&mut self, from: u32, to: u32, text: &mut String) {
        let is_ascii = self.bytes.len() as u64 == u64::from(self.end - self.clock);
        self.cutter.take(from - self.next, is_ascii);
        self.cutter.take(to - from, is_ascii).push_to(text);
        self.next = to;
    }
}
