//! Updates from elsewhere on their way into the indexes of a document's texts and its maps.
//!
//! Structs go in as soon as what they depend on is there, whatever the order of the update. What
//! belongs to neither is passed over: it only counts as known.

use super::known::Known;
use super::span::{DELETED, FOREIGN, MARK, Span};
use super::tree::Place;
use super::{EMBED, Index, Unit};
use crate::document::registers::Registers;
use crate::log::decode::{Id, Struct, Visitor, content, info, utf16_len, walk};
use crate::log::{Reader, Refusal};

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
    // Most structs of a snapshot take fewer bytes.
    let mut parts =
        Parts { structs: Vec::with_capacity(update.len() / 16 + 1), ..Parts::default() };
    // It was checked, so it is read to its end.
    let _whole = walk(update, &mut parts);
    let mut work = Work { known, texts, registers, absorbed: Absorbed::default() };
    work.structs(&mut parts);
    work.deletions(&parts.deletions);
    work.absorbed
}

/// An update, taken apart.
#[derive(Default)]
struct Parts<'a> {
    structs: Vec<Struct<'a>>,
    sections: Vec<Section>,
    deletions: Vec<Deletion>,
}

/// The structs of one client: `at..end` are still to come.
struct Section {
    client: u64,
    at: usize,
    end: usize,
}

impl<'a> Visitor<'a> for Parts<'a> {
    fn section(&mut self, client: u64, _structs: u64) -> Result<(), Refusal> {
        let at = self.structs.len();
        self.sections.push(Section { client, at, end: at });
        Ok(())
    }

    fn block(&mut self, block: &Struct<'a>) {
        if block.info != content::SKIP {
            self.structs.push(*block);
        }
        if let Some(section) = self.sections.last_mut() {
            section.end = self.structs.len();
        }
    }

    fn delete(&mut self, client: u64, start: u32, end: u32) {
        self.deletions.push((client, start, end));
    }
}

/// Absorbing, half way.
struct Work<'a, 't> {
    known: &'a mut Known,
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
    /// Works off all sections; where one needs a unit of another, that one up to there first.
    fn structs(&mut self, parts: &mut Parts<'_>) {
        let mut waiting: Vec<(usize, u32)> = Vec::new();
        for first in 0..parts.sections.len() {
            waiting.push((first, u32::MAX));
            while let Some(&(current, until)) = waiting.last() {
                let section = &mut parts.sections[current];
                let needed = self.section(section, until, &parts.structs);
                let next = needed.and_then(|needed| {
                    let next = parts.sections.iter().position(|s| s.client == needed.client)?;
                    let is_open = parts.sections[next].at < parts.sections[next].end;
                    let is_waiting = waiting.iter().any(|&(section, _)| section == next);
                    (is_open && !is_waiting).then_some((next, needed.clock + 1))
                });
                match next {
                    Some(next) => waiting.push(next),
                    None => drop(waiting.pop()),
                }
            }
        }
    }

    /// Works off a section until it ends or its client's next clock is `until` (`None`), or until it
    /// needs a unit that is not here yet.
    fn section(&mut self, section: &mut Section, until: u32, structs: &[Struct<'_>]) -> Option<Id> {
        let client = self.known.number(section.client);
        while section.at < section.end && self.known.next(client) < until {
            let block = &structs[section.at];
            if let Some(missing) = block.names().into_iter().flatten().find(|&id| !self.has(id)) {
                return Some(missing);
            }
            self.block(client, block);
            self.known.advance(client, block.end());
            section.at += 1;
        }
        None
    }

    fn has(&self, id: Id) -> bool {
        self.known.find(id.client).is_some_and(|client| self.known.next(client) > id.clock)
    }

    /// A unit by its number; the ones asked for are known.
    fn unit(&self, id: Option<Id>) -> Unit {
        let unit =
            id.and_then(|id| Some(Unit { client: self.known.find(id.client)?, clock: id.clock }));
        unit.unwrap_or(Unit::NONE)
    }

    /// Puts a struct into its place.
    fn block(&mut self, client: u32, block: &Struct<'_>) {
        let id = Unit { client, clock: block.id.clock };
        let (origin, right_origin) = (self.unit(block.origin), self.unit(block.right_origin));
        let span = Span { id, len: block.len, flags: flags(block), origin, right_origin };
        match self.home(block, origin, right_origin) {
            Home::Text { number, left, right } => {
                let text = &mut *self.texts[number];
                text.tear(origin.next());
                text.tear(right_origin);
                text.tree.integrate(span, left, right, self.known);
                text.note_content(block, id);
            }
            Home::Register(number) => {
                let Some(registers) = &mut self.registers else { return };
                let replaced = registers.integrate(number, span, block, self.known);
                self.absorbed.replaced.extend(replaced);
            }
            Home::Elsewhere => {}
        }
    }

    /// A struct whose neighbours belong to different things, as no honest client sends, has no place.
    fn home(&mut self, block: &Struct<'_>, origin: Unit, right_origin: Unit) -> Home {
        if block.info == content::GC {
            return Home::Elsewhere;
        }
        if !origin.is_some() && !right_origin.is_some() {
            return self.home_by_name(block);
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

    fn home_by_name(&mut self, block: &Struct<'_>) -> Home {
        let mut reader = Reader::new(block.parent);
        let (Ok(1), Ok(name)) = (reader.uint(), reader.string()) else { return Home::Elsewhere };
        if block.info & info::KEY != 0 {
            let key = reader.string().unwrap_or_default();
            let register = self.registers.as_mut().and_then(|all| all.open(name, key));
            return register.map_or(Home::Elsewhere, Home::Register);
        }
        match self.texts.iter().position(|text| &*text.name == name) {
            Some(number) => Home::Text { number, left: None, right: None },
            None => Home::Elsewhere,
        }
    }

    fn deletions(&mut self, deletions: &[Deletion]) {
        for &(client, start, end) in deletions {
            let number = self.known.number(client);
            let known = self.known.next(number).clamp(start, end);
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
    /// Notes what a struct holds: pairs, and what the watcher is to be told.
    fn note_content(&mut self, block: &Struct<'_>, id: Unit) {
        match block.kind() {
            content::STRING => {
                let text = std::str::from_utf8(block.payload).unwrap_or_default();
                self.note_pairs(id, text);
                self.note_inserted(id, block.len, text);
            }
            content::DELETED | content::FORMAT => {}
            _ => {
                let embeds = EMBED.to_string().repeat(block.len as usize);
                self.note_inserted(id, block.len, &embeds);
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
    /// replacement characters are left of it. No honest client does that.
    fn tear(&mut self, unit: Unit) {
        self.is_torn |= self.low_surrogates.remove(unit);
    }
}

fn flags(block: &Struct<'_>) -> u32 {
    match block.kind() {
        content::DELETED => DELETED,
        content::FORMAT => MARK,
        content::STRING | content::EMBED | content::TYPE => 0,
        _ => FOREIGN,
    }
}
