//! Where structs lie in a stored update, so that a diff reads little more than what it sends.
//!
//! Built once, where the bytes are read anyway; kept beside them by [`super::Snapshot`].

use super::Refusal;
use super::cut::write_from;
use super::decode::{Id, Struct, Visitor, content, walk};
use super::ids::StateVector;
use super::reader::Reader;
use crate::sorting::sort_unstable_by;
use crate::wire::Writer;

/// Structs from one mark to the next: what a diff may read in vain. At 16 the marks of a text take
/// a tenth of its bytes.
const MARK_STRUCTS: u32 = 16;

/// Bytes after which the next struct is marked in any case.
const MARK_BYTES: u32 = 1024;

/// Where the structs of one update lie.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// In descending order of clients, as they are written.
    sections: Vec<Section>,
    marks: Vec<Mark>,
}

#[derive(Clone, Debug)]
struct Section {
    client: u64,
    structs: u32,
    /// The clock after its last unit, and where its bytes end.
    end: u32,
    end_at: u32,
    /// Its marks: `marks_from..marks_to`. The first one is its first struct.
    marks_from: usize,
    marks_to: usize,
}

/// A struct: its first clock, its number in the section, its place in the update.
#[derive(Clone, Copy, Debug)]
struct Mark {
    clock: u32,
    number: u32,
    at: u32,
}

/// The end of a section that somebody lacks.
struct Missing<'a> {
    first: Struct<'a>,
    /// Units of `first` that are known.
    offset: u32,
    structs: u32,
    /// All structs behind `first`, as they lie.
    rest: &'a [u8],
}

impl Index {
    /// Reads an update, which must have fewer than 4 GiB.
    pub(super) fn of(update: &[u8]) -> Result<Self, Refusal> {
        if update.len() > u32::MAX as usize {
            return Err(Refusal::TooLarge);
        }
        let mut index = Self::default();
        walk(update, &mut index)?;
        sort_unstable_by(&mut index.sections, |a, b| b.client.cmp(&a.client));
        index.sections.shrink_to_fit();
        index.marks.shrink_to_fit();
        Ok(index)
    }

    /// Writes the structs that `known` lacks, without a delete set (`varUint(sections) . section*`),
    /// and returns the number of sections. A struct that is known in part is cut, as yjs does.
    ///
    /// Takes time in proportion to the clients and to what is written; a cut reads all of the struct
    /// that is cut. `update` is what the index was made of.
    pub(super) fn write_missing_structs(
        &self,
        update: &[u8],
        known: &StateVector,
        writer: &mut Writer,
    ) -> Result<usize, Refusal> {
        let mut missing = Vec::new();
        let mut clocks = known.descending().peekable();
        for section in &self.sections {
            while clocks.next_if(|&(client, _)| client > section.client).is_some() {}
            let same = clocks.next_if(|&(client, _)| client == section.client);
            let known = same.map_or(0, |(_, clock)| clock);
            if section.end > known {
                missing.extend(self.missing(update, section, known)?);
            }
        }
        writer.var_uint(missing.len() as u64);
        for missing in &missing {
            missing.write(writer);
        }
        Ok(missing.len())
    }

    fn missing<'a>(
        &self,
        update: &'a [u8],
        section: &Section,
        known: u32,
    ) -> Result<Option<Missing<'a>>, Refusal> {
        let marks = &self.marks[section.marks_from..section.marks_to];
        let after = marks.partition_point(|mark| mark.clock <= known);
        let mark = marks[after.saturating_sub(1)];
        let bytes = &update[mark.at as usize..section.end_at as usize];
        let mut reader = Reader::new(bytes);
        let mut id = Id { client: section.client, clock: mark.clock };
        for number in mark.number..section.structs {
            let at = section.end_at as usize - reader.rest().len();
            let first = reader.block(at, id)?;
            id.clock = first.end();
            if first.end() > known && first.info != content::SKIP {
                let offset = known.saturating_sub(first.id.clock);
                let structs = section.structs - number;
                return Ok(Some(Missing { first, offset, structs, rest: reader.rest() }));
            }
        }
        Ok(None)
    }
}

impl Missing<'_> {
    fn write(&self, writer: &mut Writer) {
        writer.var_uint(u64::from(self.structs));
        writer.var_uint(self.first.id.client);
        writer.var_uint(u64::from(self.first.id.clock + self.offset));
        write_from(&self.first, self.offset, writer);
        writer.bytes(self.rest);
    }
}

impl<'a> Visitor<'a> for Index {
    fn section(&mut self, client: u64, _structs: u64) -> Result<(), Refusal> {
        let here = self.marks.len();
        let (marks_from, marks_to) = (here, here);
        self.sections.push(Section { client, structs: 0, end: 0, end_at: 0, marks_from, marks_to });
        Ok(())
    }

    fn block(&mut self, block: &Struct<'a>) {
        let Some(section) = self.sections.last_mut() else { return };
        let (number, at) = (section.structs, block.at as u32);
        let is_far =
            |mark: &Mark| number - mark.number >= MARK_STRUCTS || at - mark.at >= MARK_BYTES;
        if section.structs == 0 || self.marks.last().is_some_and(is_far) {
            self.marks.push(Mark { clock: block.id.clock, number, at });
            section.marks_to = self.marks.len();
        }
        section.structs += 1;
        section.end = block.end();
        section.end_at = block.end_at() as u32;
    }

    fn delete(&mut self, _client: u64, _start: u32, _end: u32) {}
}
