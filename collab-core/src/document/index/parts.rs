//! An update taken apart, and its structs in an order in which each comes after what it names.
//!
//! Read but once, into pieces that are smaller than the decoder's structs; clients by their numbers.

use std::collections::BTreeMap;

use super::{Known, Unit};
use crate::log::decode::{Id, Struct, Visitor, content, info, walk};
use crate::log::{Reader, Refusal};

/// An update, taken apart.
pub(super) struct Parts<'a> {
    structs: Vec<Part<'a>>,
    sections: Vec<Section>,
    /// Deleted units: client, and clocks from and to.
    pub(super) deletions: Vec<(u32, u32, u32)>,
}

/// What matters here of a struct.
#[derive(Clone, Copy)]
pub(in crate::document) struct Part<'a> {
    pub(super) id: Unit,
    pub(super) len: u32,
    pub(super) info: u8,
    pub(super) origin: Unit,
    pub(super) right_origin: Unit,
    /// The unit that it names as its parent, or [`Unit::NONE`].
    parent_unit: Unit,
    /// Parent and key as they lie; empty where a neighbour tells them.
    pub(super) parent: &'a [u8],
    /// The content; of text and values without a length.
    pub(in crate::document) payload: &'a [u8],
}

/// The structs of one client: `at..end` are still to come.
struct Section {
    client: u32,
    at: usize,
    end: usize,
    /// It needs a unit of a section that is being handed over.
    is_waiting: bool,
}

/// Reads an update.
struct Taker<'a, 'k> {
    parts: Parts<'a>,
    known: &'k mut Known,
    /// The client whose number was asked for last.
    last: (u64, u32),
}

impl<'a> Parts<'a> {
    /// Those of an update that was checked.
    pub(super) fn of(update: &'a [u8], known: &mut Known) -> Self {
        // Most structs of a snapshot take fewer bytes.
        let structs = Vec::with_capacity(update.len() / 16 + 1);
        let parts = Parts { structs, sections: Vec::new(), deletions: Vec::new() };
        let mut taker = Taker { parts, known, last: (u64::MAX, 0) };
        // It was checked, so it is read to its end.
        let _whole = walk(update, &mut taker);
        taker.parts
    }

    /// All structs.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, Part<'a>> {
        self.structs.iter()
    }

    /// Hands over all structs; where a section needs a unit of another, that one up to there first.
    /// Takes n log n time, however many sections need each other.
    pub(super) fn place(&mut self, known: &mut Known, place: &mut dyn FnMut(&Known, &Part<'a>)) {
        let mut numbers: BTreeMap<u64, u32> = BTreeMap::new();
        numbers.extend(self.sections.iter().map(|section| u64::from(section.client)).zip(0..));
        let mut waiting: Vec<(usize, u32)> = Vec::new();
        for first in 0..self.sections.len() {
            waiting.push((first, u32::MAX));
            while let Some(&(current, until)) = waiting.last() {
                let needed = self.place_section(current, until, known, place);
                let next = needed.and_then(|needed| {
                    let next = *numbers.get(&u64::from(needed.client))? as usize;
                    let section = &self.sections[next];
                    let is_open = section.at < section.end && !section.is_waiting;
                    is_open.then_some((next, needed.clock + 1))
                });
                self.sections[current].is_waiting = next.is_some();
                match next {
                    Some(next) => waiting.push(next),
                    None => drop(waiting.pop()),
                }
            }
        }
    }

    /// Hands over a section until it ends or its client's next clock is `until` (`None`), or until
    /// it needs a unit that is not here yet.
    fn place_section(
        &mut self,
        section: usize,
        until: u32,
        known: &mut Known,
        place: &mut dyn FnMut(&Known, &Part<'a>),
    ) -> Option<Unit> {
        let section = &mut self.sections[section];
        while section.at < section.end && known.next(section.client) < until {
            let part = &self.structs[section.at];
            let is_missing = |unit: &Unit| unit.is_some() && known.next(unit.client) <= unit.clock;
            if let Some(missing) = part.names().into_iter().find(is_missing) {
                return Some(missing);
            }
            place(known, part);
            known.advance(section.client, part.end());
            section.at += 1;
        }
        None
    }
}

impl<'a> Part<'a> {
    /// The units that must be there before it can take its place.
    const fn names(&self) -> [Unit; 3] {
        [self.origin, self.right_origin, self.parent_unit]
    }

    /// Its content, if that is text.
    pub(super) fn text(&self) -> &'a str {
        std::str::from_utf8(self.payload).unwrap_or_default()
    }

    /// The root type that it names as its parent, and its key there if that is a map.
    pub(super) fn root(&self) -> Option<(&'a str, Option<&'a str>)> {
        let mut reader = Reader::new(self.parent);
        let (Ok(1), Ok(name)) = (reader.uint(), reader.string()) else { return None };
        let has_key = self.info & info::KEY != 0;
        Some((name, has_key.then(|| reader.string().unwrap_or_default())))
    }

    /// Its content reference number.
    pub(in crate::document) const fn kind(&self) -> u8 {
        self.info & info::CONTENT
    }

    pub(super) const fn end(&self) -> u32 {
        self.id.clock + self.len
    }
}

impl Taker<'_, '_> {
    fn number(&mut self, client: u64) -> u32 {
        if self.last.0 != client {
            self.last = (client, self.known.number(client));
        }
        self.last.1
    }

    fn unit(&mut self, id: Option<Id>) -> Unit {
        id.map_or(Unit::NONE, |id| Unit { client: self.number(id.client), clock: id.clock })
    }
}

impl<'a> Visitor<'a> for Taker<'a, '_> {
    fn section(&mut self, client: u64, _structs: u64) -> Result<(), Refusal> {
        let (client, at) = (self.number(client), self.parts.structs.len());
        self.parts.sections.push(Section { client, at, end: at, is_waiting: false });
        Ok(())
    }

    fn block(&mut self, block: &Struct<'a>) {
        let (origin, right_origin) = (self.unit(block.origin), self.unit(block.right_origin));
        let parent_unit = self.unit(block.parent_unit());
        let Some(section) = self.parts.sections.last_mut() else { return };
        if block.info != content::SKIP {
            self.parts.structs.push(Part {
                id: Unit { client: section.client, clock: block.id.clock },
                len: block.len,
                info: block.info,
                origin,
                right_origin,
                parent_unit,
                parent: block.parent,
                payload: block.payload,
            });
        }
        section.end = self.parts.structs.len();
    }

    fn delete(&mut self, client: u64, start: u32, end: u32) {
        let client = self.number(client);
        self.parts.deletions.push((client, start, end));
    }
}
