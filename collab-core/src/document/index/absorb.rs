//! Updates from elsewhere, or a whole state, on their way into the indexes of a document's texts.
//!
//! Structs go in as soon as what they depend on is there, whatever the order of the update. What is
//! not part of an indexed text is passed over: it only counts as known.

use super::known::Known;
use super::span::{DELETED, FOREIGN, MARK, Span};
use super::tree::Place;
use super::{EMBED, Index, Unit};
use crate::log::Refusal;
use crate::log::decode::{Id, Struct, Visitor, content, info, utf16_len, walk};
use crate::log::reader::Reader;

/// What an update did.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::document) struct Absorbed {
    /// It changed an indexed text.
    pub(in crate::document) is_new: bool,
    /// It holds something that no index knows, which only Yrs can tell the meaning of.
    pub(in crate::document) is_foreign: bool,
    /// It builds on what this replica typed at or behind the clock that was asked for.
    pub(in crate::document) needs_local: bool,
}

/// The update cannot go into the indexes: it builds on what is not here, or is malformed. Yrs has
/// to decide what becomes of it.
#[derive(Clone, Copy, Debug)]
pub(in crate::document) struct Gap {
    /// A part of it went in, so that the indexes may be wrong now.
    pub(in crate::document) is_partial: bool,
}

/// What is absorbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::document) enum Mode {
    /// An update, which must not leave clocks out. Units from this one on are not in Yrs yet.
    Update { local: Unit },
    /// The whole state of a document, as Yrs holds it, into empty indexes.
    State,
}

/// Lets an update's units take their places in `texts`.
pub(in crate::document) fn absorb(
    update: &[u8],
    mode: Mode,
    known: &mut Known,
    texts: &mut [&mut Index],
) -> Result<Absorbed, Gap> {
    // Most structs of a snapshot take fewer bytes.
    let mut parts =
        Parts { structs: Vec::with_capacity(update.len() / 16 + 1), ..Parts::default() };
    walk(update, &mut parts).map_err(|_| Gap { is_partial: false })?;
    let absorbed = Absorbed::default();
    let mut work = Work { mode, known, texts, absorbed, is_partial: false };
    work.structs(&mut parts)?;
    work.deletions(&parts.deletions)?;
    Ok(work.absorbed)
}

/// An update, taken apart.
#[derive(Default)]
struct Parts<'a> {
    structs: Vec<Struct<'a>>,
    sections: Vec<Section>,
    deletions: Vec<(u64, u32, u32)>,
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
    mode: Mode,
    known: &'a mut Known,
    texts: &'a mut [&'t mut Index],
    absorbed: Absorbed,
    is_partial: bool,
}

/// Where a struct belongs.
enum Home {
    Text {
        number: usize,
        left: Option<Place>,
        right: Option<Place>,
    },
    Elsewhere,
    /// Its neighbours belong to different things.
    Nowhere,
}

impl Work<'_, '_> {
    const fn gap(&self) -> Gap {
        Gap { is_partial: self.is_partial }
    }

    /// Works off all sections; where one needs a unit of another, that one up to there first.
    fn structs(&mut self, parts: &mut Parts<'_>) -> Result<(), Gap> {
        let mut waiting: Vec<(usize, u32)> = Vec::new();
        for first in 0..parts.sections.len() {
            waiting.push((first, u32::MAX));
            while let Some(&(current, until)) = waiting.last() {
                let section = &mut parts.sections[current];
                let Some(needed) = self.section(section, until, &parts.structs)? else {
                    waiting.pop();
                    continue;
                };
                let next = parts.sections.iter().position(|s| s.client == needed.client);
                let next = next.ok_or(self.gap())?;
                let is_waiting = waiting.iter().any(|&(section, _)| section == next);
                if is_waiting || parts.sections[next].at == parts.sections[next].end {
                    return Err(self.gap());
                }
                waiting.push((next, needed.clock + 1));
            }
        }
        Ok(())
    }

    /// Works off a section until it ends or its client's next clock is `until` (`None`), or until it
    /// needs a unit that is not here yet.
    fn section(
        &mut self,
        section: &mut Section,
        until: u32,
        structs: &[Struct<'_>],
    ) -> Result<Option<Id>, Gap> {
        let client = self.known.number(section.client);
        while section.at < section.end {
            let block = &structs[section.at];
            let next = self.known.next(client);
            if next >= until {
                break;
            }
            if block.end() > next {
                if block.id.clock > next && self.mode != Mode::State {
                    return Err(self.gap());
                }
                if let Some(missing) = self.missing(block) {
                    return Ok(Some(missing));
                }
                self.block(client, block, next.saturating_sub(block.id.clock))?;
                self.known.advance(client, block.end());
            }
            section.at += 1;
        }
        Ok(None)
    }

    /// A unit that a struct depends on and that is not here.
    fn missing(&self, block: &Struct<'_>) -> Option<Id> {
        block.names().into_iter().flatten().find(|&id| !self.has(id))
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

    /// Puts a struct without its first `skipped` units, which are here already, into its place.
    fn block(&mut self, client: u32, block: &Struct<'_>, skipped: u32) -> Result<(), Gap> {
        let id = Unit { client, clock: block.id.clock + skipped };
        let origin = if skipped > 0 {
            Unit { client, clock: id.clock - 1 }
        } else {
            self.unit(block.origin)
        };
        let right_origin = self.unit(block.right_origin);
        if self.cuts_pair(origin.next()) || self.cuts_pair(right_origin) {
            return Err(self.gap());
        }
        self.note_dependence(origin, 1);
        self.note_dependence(right_origin, 1);
        match self.home(block, origin, right_origin) {
            Home::Text { number, left, right } => {
                let (len, flags) = (block.len - skipped, flags(block));
                let span = Span { id, len, flags, origin, right_origin };
                let text = &mut *self.texts[number];
                self.is_partial = true;
                if text.integrate(span, left, right, self.known).is_err() {
                    text.is_disordered = true;
                    return if self.mode == Mode::State { Ok(()) } else { Err(self.gap()) };
                }
                text.note_content(block, id, skipped);
                self.absorbed.is_new = true;
            }
            Home::Elsewhere => self.absorbed.is_foreign = true,
            Home::Nowhere if self.mode == Mode::State => self.note_disorder(origin, right_origin),
            Home::Nowhere => return Err(self.gap()),
        }
        Ok(())
    }

    /// Whether a cut before this unit makes two replacement characters of a surrogate pair. No
    /// honest client cuts there; Yrs tells what becomes of it.
    fn cuts_pair(&self, unit: Unit) -> bool {
        self.mode != Mode::State
            && self.texts.iter().any(|text| text.low_surrogates.contains(&unit))
    }

    /// The neighbours of a struct belong to different things.
    fn note_disorder(&mut self, origin: Unit, right_origin: Unit) {
        for text in &mut *self.texts {
            let places = [origin, right_origin].map(|unit| text.tree.locate(unit));
            text.is_disordered |= places.iter().any(Option::is_some);
        }
    }

    fn note_dependence(&mut self, unit: Unit, len: u32) {
        if let Mode::Update { local } = self.mode {
            self.absorbed.needs_local |=
                unit.client == local.client && unit.clock + len > local.clock;
        }
    }

    fn home(&self, block: &Struct<'_>, origin: Unit, right_origin: Unit) -> Home {
        if block.info == content::GC {
            return Home::Elsewhere;
        }
        if !origin.is_some() && !right_origin.is_some() {
            return self.home_by_name(block);
        }
        let places = |text: &Index| (text.tree.locate(origin), text.tree.locate(right_origin));
        for (number, text) in self.texts.iter().enumerate() {
            let (left, right) = places(text);
            if left.is_none() && right.is_none() {
                continue;
            }
            let complete =
                left.is_some() == origin.is_some() && right.is_some() == right_origin.is_some();
            return if complete { Home::Text { number, left, right } } else { Home::Nowhere };
        }
        Home::Elsewhere
    }

    fn home_by_name(&self, block: &Struct<'_>) -> Home {
        let mut reader = Reader::new(block.parent);
        let is_root = reader.uint() == Ok(1);
        let (Ok(name), 0) = (reader.string(), block.info & info::KEY) else {
            return Home::Elsewhere;
        };
        match self.texts.iter().position(|text| is_root && &*text.name == name) {
            Some(number) => Home::Text { number, left: None, right: None },
            None => Home::Elsewhere,
        }
    }

    fn deletions(&mut self, deletions: &[(u64, u32, u32)]) -> Result<(), Gap> {
        let is_state = self.mode == Mode::State;
        for &(client, start, end) in deletions {
            let number = self.known.number(client);
            if end > self.known.next(number) && !is_state {
                return Err(self.gap());
            }
            let (first, behind) =
                (Unit { client: number, clock: start }, Unit { client: number, clock: end });
            if self.cuts_pair(first) || self.cuts_pair(behind) {
                return Err(self.gap());
            }
            self.note_dependence(first, end - start);
            let mut found = 0;
            for text in &mut *self.texts {
                found += text.delete(number, start, end);
            }
            self.is_partial |= found > 0;
            self.absorbed.is_new |= found > 0;
            self.absorbed.is_foreign |= found < end - start;
        }
        Ok(())
    }
}

impl Index {
    /// Notes what a struct holds: pairs, and what the watcher is to be told.
    fn note_content(&mut self, block: &Struct<'_>, id: Unit, skipped: u32) {
        let len = block.len - skipped;
        match block.kind() {
            content::STRING => {
                let text = std::str::from_utf8(block.payload).unwrap_or_default();
                if skipped == 0 {
                    self.note_string(id, len, text);
                } else {
                    let units: Vec<u16> = text.encode_utf16().skip(skipped as usize).collect();
                    self.note_string(id, len, &String::from_utf16_lossy(&units));
                }
            }
            content::DELETED | content::FORMAT => {}
            _ => {
                let embeds = EMBED.to_string().repeat(len as usize);
                self.note_inserted(id, len, &embeds);
            }
        }
    }

    fn note_string(&mut self, id: Unit, len: u32, text: &str) {
        self.note_pairs(id, text);
        self.note_inserted(id, len, text);
    }

    fn note_inserted(&mut self, id: Unit, len: u32, text: &str) {
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
}

fn flags(block: &Struct<'_>) -> u32 {
    match block.kind() {
        content::DELETED => DELETED,
        content::FORMAT => MARK,
        content::STRING | content::EMBED | content::TYPE => 0,
        _ => FOREIGN,
    }
}
