//! Updates from elsewhere on their way into the indexes of a document's texts and its maps.
//!
//! Structs go in as soon as what they depend on is there, whatever the order of the update. What
//! belongs to neither is passed over: it only counts as known.

use super::known::Known;
use super::parts::{Part, Parts};
use super::span::{DELETED, FOREIGN, MARK, Span};
use super::tree::Place;
use super::{EMBED, Index, Unit};
use crate::document::registers::Registers;
use crate::log::decode::{content, utf16_len};

/// Deleted units of a client: clocks from and to.
pub(in crate::document) type Deletion = (u64, u32, u32);

/// What an update did.
#[derive(Clone, Debug, Default)]
pub(in crate::document) struct Absorbed {
    /// Deletions of units that are not here.
    pub(in crate::document) early: Vec<Deletion>,
    /// Map entries that lost their place to others, which deletes them.
    pub(in crate::document) replaced: Vec<Deletion>,
}

/// Lets an update's units take their places in `texts` and `registers`. All that it builds on must be
/// here, and nothing of its structs.
pub(in crate::document) fn absorb(
    update: &[u8],
    known: &mut Known,
    texts: &mut [&mut Index],
    registers: Option<&mut Registers>,
) -> Absorbed {
    absorb_parts(&mut Parts::of(update, known), known, texts, registers)
}

/// [`absorb`] of an update that was taken apart.
pub(super) fn absorb_parts(
    parts: &mut Parts<'_>,
    known: &mut Known,
    texts: &mut [&mut Index],
    registers: Option<&mut Registers>,
) -> Absorbed {
    let mut work = Work { texts, registers, absorbed: Absorbed::default() };
    parts.place(known, &mut |known, part| work.place(known, part));
    work.deletions(known, &parts.deletions);
    work.absorbed
}

/// Absorbing, half way.
struct Work<'a, 't> {
    texts: &'a mut [&'t mut Index],
    registers: Option<&'a mut Registers>,
    absorbed: Absorbed,
}

/// Where a struct belongs.
enum Home {
    Text { number: usize, left: Option<Place>, right: Option<Place> },
    Register(usize),
    Elsewhere,
}

impl Work<'_, '_> {
    /// Puts a struct into its place.
    fn place(&mut self, known: &Known, part: &Part<'_>) {
        let &Part { id, len, origin, right_origin, .. } = part;
        let span = Span { id, len, flags: flags(part), origin, right_origin };
        match self.home(part) {
            Home::Text { number, left, right } => {
                let text = &mut *self.texts[number];
                text.tear(origin.next());
                text.tear(right_origin);
                text.tree.integrate(span, left, right, known);
                text.note_content(part);
            }
            Home::Register(number) => {
                let Some(registers) = &mut self.registers else { return };
                let replaced = registers.integrate(number, span, part, known);
                self.absorbed.replaced.extend(replaced);
            }
            Home::Elsewhere => {}
        }
    }

    /// A struct whose neighbours belong to different things, as no honest client sends, has no place.
    fn home(&mut self, part: &Part<'_>) -> Home {
        let &Part { origin, right_origin, .. } = part;
        if part.info == content::GC {
            return Home::Elsewhere;
        }
        if !origin.is_some() && !right_origin.is_some() {
            return self.home_by_name(part);
        }
        for (number, text) in self.texts.iter().enumerate() {
            let (left, right) = (text.tree.locate(origin), text.tree.locate(right_origin));
            if left.is_none() && right.is_none() {
                continue;
            }
            let is_complete =
                left.is_some() == origin.is_some() && right.is_some() == right_origin.is_some();
            return if is_complete { Home::Text { number, left, right } } else { Home::Elsewhere };
        }
        let register = self.registers.as_ref().and_then(|registers| {
            let left = origin.is_some().then(|| registers.find(origin));
            let right = right_origin.is_some().then(|| registers.find(right_origin));
            let number = left.or(right)??;
            [left, right].into_iter().flatten().all(|r| r == Some(number)).then_some(number)
        });
        register.map_or(Home::Elsewhere, Home::Register)
    }

    fn home_by_name(&mut self, part: &Part<'_>) -> Home {
        let Some((name, key)) = part.root() else { return Home::Elsewhere };
        if let Some(key) = key {
            let register = self.registers.as_mut().and_then(|all| all.open(name, key));
            return register.map_or(Home::Elsewhere, Home::Register);
        }
        match self.texts.iter().position(|text| &*text.name == name) {
            Some(number) => Home::Text { number, left: None, right: None },
            None => Home::Elsewhere,
        }
    }

    fn deletions(&mut self, known: &Known, deletions: &[(u32, u32, u32)]) {
        for &(number, start, end) in deletions {
            let client = known.client(number);
            let known = known.next(number).clamp(start, end);
            if known < end {
                self.absorbed.early.push((client, known, end));
            }
            if start == known {
                continue;
            }
            for text in &mut *self.texts {
                text.tear(Unit { client: number, clock: start });
                text.tear(Unit { client: number, clock: known });
                text.delete(number, start, known);
            }
            if let Some(registers) = &mut self.registers {
                registers.delete(number, start, known);
            }
        }
    }
}

impl Index {
    /// Lets all units of an update take their places in an empty index. Nothing of it may be `known`,
    /// and it must hold all that it builds on. Elsewhere `load.rs` does it, which is faster; for
    /// browsers it is two kilobytes too much.
    #[cfg(target_arch = "wasm32")]
    pub(in crate::document) fn load(&mut self, update: &[u8], known: &mut Known) {
        absorb(update, known, &mut [self], None);
    }

    /// Notes what a struct holds: pairs, and what the watcher is to be told.
    fn note_content(&mut self, part: &Part<'_>) {
        match part.kind() {
            content::STRING => {
                let text = part.text();
                self.note_pairs(part.id, text);
                self.note_inserted(part.id, part.len, text);
            }
            content::DELETED | content::FORMAT => {}
            _ => {
                let embeds = EMBED.to_string().repeat(part.len as usize);
                self.note_inserted(part.id, part.len, &embeds);
            }
        }
    }

    pub(super) fn note_inserted(&mut self, id: Unit, len: u32, text: &str) {
        if let Some(changes) = &mut self.changes {
            changes.inserted(id, len, text);
        }
    }

    /// Notes where surrogate pairs lie in a text that begins with unit `id`. Returns its length.
    pub(super) fn note_pairs(&mut self, id: Unit, text: &str) -> u32 {
        let len = utf16_len(text) as u32;
        // Exactly the characters of four UTF-8 bytes take two units.
        if text.bytes().any(|byte| byte >= 0xF0) {
            let mut clock = id.clock;
            for character in text.chars() {
                clock += character.len_utf16() as u32;
                if character.len_utf16() == 2 {
                    self.low_surrogates.insert(Unit { client: id.client, clock: clock - 1 });
                }
            }
        }
        len
    }

    /// Something goes between a unit and the one before it: if they are one character, two
    /// replacement characters are left of it. No honest client does that. Whether they were.
    pub(super) fn tear(&mut self, unit: Unit) -> bool {
        let is_torn = self.low_surrogates.remove(unit);
        self.is_unclear |= is_torn;
        is_torn
    }
}

pub(super) fn flags(part: &Part<'_>) -> u32 {
    match part.kind() {
        content::DELETED => DELETED,
        content::FORMAT => MARK,
        content::STRING | content::EMBED | content::TYPE => 0,
        _ => FOREIGN,
    }
}
