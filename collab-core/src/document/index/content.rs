//! The text of an index, while the update that it was made of is at hand.

use super::span::Span;
use super::{Index, Known};
use crate::log::Refusal;
use crate::log::decode::{Struct, Visitor, content, walk};

/// The text of `index`, which was made of `update` and nothing else. `None` where a character's
/// halves were torn apart.
pub(in crate::document) fn text_of(index: &Index, known: &Known, update: &[u8]) -> Option<String> {
    let mut contents = Contents { known, clients: Vec::new(), current: 0 };
    walk(update, &mut contents).ok()?;
    let mut text = String::with_capacity(index.len() as usize);
    let mut slot = index.tree.first();
    while let Some(at) = slot {
        let span = index.tree.span(at);
        if span.is_visible() {
            contents.write(span, &mut text)?;
        }
        slot = index.tree.next(at);
    }
    Some(text)
}

/// An update's text, by clients' numbers and clocks.
struct Contents<'a, 'k> {
    known: &'k Known,
    clients: Vec<Vec<Content<'a>>>,
    current: usize,
}

/// The text of one struct. Its units come one after the other, so it is read but once.
struct Content<'a> {
    clock: u32,
    end: u32,
    /// What is to be read yet, and which clock it begins with.
    rest: &'a str,
    next: u32,
}

impl<'a> Visitor<'a> for Contents<'a, '_> {
    fn section(&mut self, client: u64, _structs: u64) -> Result<(), Refusal> {
        // An index was made of all of them.
        self.current = self.known.find(client).ok_or(Refusal::Empty)? as usize;
        self.clients.resize_with(self.clients.len().max(self.current + 1), Vec::new);
        Ok(())
    }

    fn block(&mut self, block: &Struct<'a>) {
        if block.kind() == content::STRING {
            let (clock, end) = (block.id.clock, block.end());
            let rest = std::str::from_utf8(block.payload).unwrap_or_default();
            self.clients[self.current].push(Content { clock, end, rest, next: clock });
        }
    }

    fn delete(&mut self, _client: u64, _start: u32, _end: u32) {}
}

impl Contents<'_, '_> {
    /// Writes a span's text, which may lie in several structs.
    fn write(&mut self, span: &Span, text: &mut String) -> Option<()> {
        let contents = self.clients.get_mut(span.id.client as usize)?;
        let (mut clock, end) = (span.id.clock, span.id.clock + span.len);
        let mut at = contents.partition_point(|content| content.end <= clock);
        while clock < end {
            let content = contents.get_mut(at).filter(|content| content.clock <= clock)?;
            let to = end.min(content.end);
            content.take(clock)?;
            text.push_str(content.take(to)?);
            (clock, at) = (to, at + 1);
        }
        Some(())
    }
}

impl<'a> Content<'a> {
    /// What lies before a clock and was not taken yet.
    fn take(&mut self, until: u32) -> Option<&'a str> {
        let units = until.checked_sub(self.next)?;
        let bytes = if self.rest.len() as u64 == u64::from(self.end - self.next) {
            units as usize
        } else {
            bytes_of(self.rest, units)?
        };
        let (taken, rest) = self.rest.split_at_checked(bytes)?;
        (self.rest, self.next) = (rest, until);
        Some(taken)
    }
}

/// How many bytes so many UTF-16 units take. `None` if they end inside a pair.
fn bytes_of(text: &str, units: u32) -> Option<usize> {
    let mut left = units as usize;
    let mut characters = text.chars();
    while left > 0 {
        left = left.checked_sub(characters.next()?.len_utf16())?;
    }
    Some(text.len() - characters.as_str().len())
}
