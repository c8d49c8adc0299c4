//! What a reader with a given state vector lacks of an encoded update, without a document.

use super::Refusal;
use super::cut::write_from;
use super::decode::{Struct, Visitor, content, walk};
use super::ids::StateVector;
use crate::wire::Writer;

/// Writes the structs of `update` that `known` lacks, without its delete set (`varUint(sections) .
/// section*`). A struct that is known in part is cut, as yjs does.
pub(super) fn write_missing_structs(
    update: &[u8],
    known: &StateVector,
    writer: &mut Writer,
) -> Result<(), Refusal> {
    let mut missing = Missing { known, sections: Vec::new(), fresh: true };
    walk(update, &mut missing)?;
    writer.var_uint(missing.sections.len() as u64);
    for section in &missing.sections {
        section.write(update, writer);
    }
    Ok(())
}

struct Missing<'a, 'k> {
    known: &'k StateVector,
    sections: Vec<Section<'a>>,
    /// No struct of the current section was wanted yet.
    fresh: bool,
}

/// The wanted end of one client's section.
struct Section<'a> {
    first: Struct<'a>,
    /// Units of `first` that the reader has.
    offset: u32,
    structs: u64,
    /// Where the last wanted struct ends in the update.
    end: usize,
}

impl Section<'_> {
    fn write(&self, update: &[u8], writer: &mut Writer) {
        writer.var_uint(self.structs);
        writer.var_uint(self.first.id.client);
        writer.var_uint(u64::from(self.first.id.clock + self.offset));
        write_from(&self.first, self.offset, writer);
        writer.bytes(&update[self.first.end_at()..self.end]);
    }
}

impl<'a> Visitor<'a> for Missing<'a, '_> {
    fn section(&mut self, _client: u64, _structs: u64) -> Result<(), Refusal> {
        self.fresh = true;
        Ok(())
    }

    fn block(&mut self, block: &Struct<'a>) {
        let known = self.known.get(block.id.client);
        match self.sections.last_mut() {
            Some(section) if !self.fresh => {
                section.structs += 1;
                section.end = block.end_at();
            }
            _ if block.end() <= known || block.info == content::SKIP => {}
            _ => {
                self.fresh = false;
                self.sections.push(Section {
                    first: *block,
                    offset: known.saturating_sub(block.id.clock),
                    structs: 1,
                    end: block.end_at(),
                });
            }
        }
    }

    fn delete(&mut self, _client: u64, _start: u32, _end: u32) {}
}
