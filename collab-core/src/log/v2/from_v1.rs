//! From the first encoding to the second.

use std::collections::BTreeMap;

use super::super::Refusal;
use super::super::check::check;
use super::super::decode::{Id, Struct, Visitor, content, info, walk};
use super::super::merge::normalize;
use super::super::reader::Reader;
use super::column_writers::{ByteRuns, Clocks, Numbers, Strings};
use super::{XML_ELEMENT, json_reader};
use crate::wire::Writer;

/// An update in Yjs' first encoding, in the second one; the bytes are those that yjs writes.
///
/// Refuses what [`check`] refuses, and clocks that lie 2^30 apart. Takes time and memory in
/// proportion to the bytes.
pub fn from_v1(update: &[u8]) -> Result<Vec<u8>, Refusal> {
    check(update, usize::MAX)?;
    let mut columns = Columns::default();
    columns.rest.var_uint(Reader::new(update).uint()?);
    walk(update, &mut columns)?;
    columns.finish()
}

#[derive(Default)]
struct Columns {
    /// How many names were written: each is written anew, as yjs does.
    keys: u32,
    key_numbers: Clocks,
    clients: Numbers,
    left_clocks: Clocks,
    right_clocks: Clocks,
    infos: ByteRuns,
    strings: Strings,
    parent_infos: ByteRuns,
    type_refs: Numbers,
    lengths: Numbers,
    rest: Writer,
    deleted: BTreeMap<u64, Vec<(u32, u32)>>,
    /// A section began; its first struct tells the clock.
    begins_section: bool,
    refusal: Option<Refusal>,
}

impl<'a> Visitor<'a> for Columns {
    fn section(&mut self, client: u64, structs: u64) -> Result<(), Refusal> {
        self.rest.var_uint(structs);
        self.clients.push(client);
        self.begins_section = true;
        Ok(())
    }

    fn block(&mut self, block: &Struct<'a>) {
        if std::mem::take(&mut self.begins_section) {
            self.rest.var_uint(u64::from(block.id.clock));
        }
        self.infos.push(block.info);
        match block.info {
            content::GC => self.lengths.push(u64::from(block.len)),
            content::SKIP => self.rest.var_uint(u64::from(block.len)),
            _ => {
                let written = self.header(block).and_then(|()| self.content(block));
                self.refusal = self.refusal.or(written.err());
            }
        }
    }

    fn delete(&mut self, client: u64, start: u32, end: u32) {
        self.deleted.entry(client).or_default().push((start, end));
    }
}

impl Columns {
    fn header(&mut self, block: &Struct<'_>) -> Result<(), Refusal> {
        if let Some(origin) = block.origin {
            self.left_id(origin);
        }
        if let Some(Id { client, clock }) = block.right_origin {
            self.clients.push(client);
            self.right_clocks.push(clock);
        }
        if block.origin.is_some() || block.right_origin.is_some() {
            return Ok(());
        }
        let parent = block.parent_unit();
        self.parent_infos.push(u8::from(parent.is_none()));
        let mut reader = Reader::new(block.parent);
        if let Some(id) = parent {
            self.left_id(id);
            for _ in 0..3 {
                reader.uint()?;
            }
        } else {
            reader.uint()?;
            self.strings.push(reader.string()?);
        }
        if block.info & info::KEY != 0 {
            self.strings.push(reader.string()?);
        }
        Ok(())
    }

    fn left_id(&mut self, id: Id) {
        self.clients.push(id.client);
        self.left_clocks.push(id.clock);
    }

    fn content(&mut self, block: &Struct<'_>) -> Result<(), Refusal> {
        let mut reader = Reader::new(block.content);
        match block.kind() {
            content::DELETED => self.lengths.push(u64::from(block.len)),
            content::STRING => self.strings.push(reader.string()?),
            content::EMBED => json_reader::value_of_json(reader.string()?, &mut self.rest)?,
            content::FORMAT => {
                self.key(reader.string()?);
                json_reader::value_of_json(reader.string()?, &mut self.rest)?;
            }
            content::TYPE => {
                let type_ref = reader.uint()?;
                self.type_refs.push(type_ref);
                if type_ref == XML_ELEMENT {
                    self.key(reader.string()?);
                }
            }
            content::ANY => {
                self.lengths.push(u64::from(block.len));
                self.rest.bytes(block.payload);
            }
            content::DOC => {
                self.strings.push(reader.string()?);
                self.rest.bytes(reader.rest());
            }
            // Binaries: the check refuses all others.
            _ => self.rest.bytes(block.content),
        }
        Ok(())
    }

    fn key(&mut self, key: &str) {
        self.key_numbers.push(self.keys);
        self.keys += 1;
        self.strings.push(key);
    }

    fn finish(mut self) -> Result<Vec<u8>, Refusal> {
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        self.delete_set();
        let mut update = Writer::with_capacity(self.rest.len() + 64);
        update.bytes(&[0]);
        update.var_bytes(&self.key_numbers.finish().ok_or(Refusal::Integer)?);
        update.var_bytes(&self.clients.finish());
        update.var_bytes(&self.left_clocks.finish().ok_or(Refusal::Integer)?);
        update.var_bytes(&self.right_clocks.finish().ok_or(Refusal::Integer)?);
        update.var_bytes(&self.infos.finish());
        update.var_bytes(&self.strings.finish());
        update.var_bytes(&self.parent_infos.finish());
        update.var_bytes(&self.type_refs.finish());
        update.var_bytes(&self.lengths.finish());
        update.bytes(&self.rest.into_vec());
        Ok(update.into_vec())
    }

    /// Ranges as they lie, if they ascend: each is written as its distance from the one before.
    fn delete_set(&mut self) {
        self.rest.var_uint(self.deleted.len() as u64);
        for (client, mut ranges) in std::mem::take(&mut self.deleted).into_iter().rev() {
            if !ranges.is_sorted_by(|before, next| before.1 <= next.0) {
                normalize(&mut ranges);
            }
            self.rest.var_uint(client);
            self.rest.var_uint(ranges.len() as u64);
            let mut clock = 0;
            for (start, end) in ranges {
                self.rest.var_uint(u64::from(start - clock));
                self.rest.var_uint(u64::from(end - start - 1));
                clock = end;
            }
        }
    }
}
