//! From the second encoding to the first.

use std::collections::BTreeMap;

use super::super::check::check;
use super::super::decode::{CLOCK_MAX, content, info};
use super::super::merge::text::Cut;
use super::super::reader::Reader;
use super::super::{Refusal, value};
use super::column_readers::{ByteRuns, Clocks, Numbers, Strings};
use super::{XML_ELEMENT, XML_HOOK, json_writer};
use crate::wire::Writer;

/// An update in Yjs' second encoding, in the first one; it passes [`check`].
///
/// Takes time and memory in proportion to what it reads and writes, of which neither may be larger
/// than `max_bytes`: a few bytes of v2 can stand for any number of structs. Refused are also values
/// of formats and embeds that JSON does not know: binaries, big integers, and `undefined` alone.
pub fn to_v1(update: &[u8], max_bytes: usize) -> Result<Vec<u8>, Refusal> {
    if update.len() > max_bytes {
        return Err(Refusal::TooLarge);
    }
    let mut conversion = Conversion {
        columns: Columns::open(update)?,
        keys: Vec::new(),
        out: Writer::with_capacity(update.len() * 2),
        max_bytes,
    };
    conversion.sections()?;
    conversion.delete_set()?;
    if !conversion.columns.are_spent() {
        return Err(Refusal::Trailing);
    }
    let update = conversion.out.into_vec();
    check(&update, max_bytes)?;
    Ok(update)
}

struct Columns<'a> {
    key_numbers: Clocks<'a>,
    clients: Numbers<'a>,
    left_clocks: Clocks<'a>,
    right_clocks: Clocks<'a>,
    infos: ByteRuns<'a>,
    strings: Strings<'a>,
    parent_infos: ByteRuns<'a>,
    type_refs: Numbers<'a>,
    lengths: Numbers<'a>,
    rest: Reader<'a>,
}

impl<'a> Columns<'a> {
    fn open(update: &'a [u8]) -> Result<Self, Refusal> {
        let mut reader = Reader::new(update);
        match reader.byte()? {
            0 => {}
            features => return Err(Refusal::UnknownTag(features)),
        }
        Ok(Self {
            key_numbers: Clocks::new(reader.var_bytes()?),
            clients: Numbers::new(reader.var_bytes()?),
            left_clocks: Clocks::new(reader.var_bytes()?),
            right_clocks: Clocks::new(reader.var_bytes()?),
            infos: ByteRuns::new(reader.var_bytes()?),
            strings: Strings::new(reader.var_bytes()?)?,
            parent_infos: ByteRuns::new(reader.var_bytes()?),
            type_refs: Numbers::new(reader.var_bytes()?),
            lengths: Numbers::new(reader.var_bytes()?),
            rest: reader,
        })
    }

    const fn are_spent(&self) -> bool {
        self.key_numbers.is_spent()
            && self.clients.is_spent()
            && self.left_clocks.is_spent()
            && self.right_clocks.is_spent()
            && self.infos.is_spent()
            && self.strings.is_spent()
            && self.parent_infos.is_spent()
            && self.type_refs.is_spent()
            && self.lengths.is_spent()
            && self.rest.rest().is_empty()
    }
}

struct Conversion<'a> {
    columns: Columns<'a>,
    /// Names that formats and XML elements may repeat by their number.
    keys: Vec<Cut<'a>>,
    out: Writer,
    max_bytes: usize,
}

impl Conversion<'_> {
    fn sections(&mut self) -> Result<(), Refusal> {
        let sections = self.columns.rest.uint()?;
        self.out.var_uint(sections);
        for _ in 0..sections {
            let structs = self.columns.rest.uint()?;
            self.out.var_uint(structs);
            self.out.var_uint(self.columns.clients.next()?);
            self.out.var_uint(self.columns.rest.uint()?);
            for _ in 0..structs {
                self.block()?;
                if self.out.len() > self.max_bytes {
                    return Err(Refusal::TooLarge);
                }
            }
        }
        Ok(())
    }

    /// One struct; at least its info byte is written.
    fn block(&mut self) -> Result<(), Refusal> {
        let info = self.columns.infos.next()?;
        self.out.bytes(&[info]);
        match info {
            content::GC => self.length().map(drop),
            content::SKIP => {
                self.out.var_uint(self.columns.rest.uint()?);
                Ok(())
            }
            _ => {
                self.header(info)?;
                self.content(info & info::CONTENT)
            }
        }
    }

    fn header(&mut self, info: u8) -> Result<(), Refusal> {
        if info & info::ORIGIN != 0 {
            self.left_id()?;
        }
        if info & info::RIGHT_ORIGIN != 0 {
            self.out.var_uint(self.columns.clients.next()?);
            self.out.var_uint(u64::from(self.columns.right_clocks.next()?));
        }
        if info & (info::ORIGIN | info::RIGHT_ORIGIN) != 0 {
            return Ok(());
        }
        let is_root = self.columns.parent_infos.next()?;
        self.out.var_uint(u64::from(is_root));
        match is_root {
            0 => self.left_id()?,
            1 => self.string()?,
            _ => return Err(Refusal::Integer),
        }
        if info & info::KEY != 0 {
            self.string()?;
        }
        Ok(())
    }

    fn left_id(&mut self) -> Result<(), Refusal> {
        self.out.var_uint(self.columns.clients.next()?);
        self.out.var_uint(u64::from(self.columns.left_clocks.next()?));
        Ok(())
    }

    fn string(&mut self) -> Result<(), Refusal> {
        self.columns.strings.next()?.write(&mut self.out);
        Ok(())
    }

    fn length(&mut self) -> Result<u64, Refusal> {
        let length = self.columns.lengths.next()?;
        self.out.var_uint(length);
        Ok(length)
    }

    fn content(&mut self, kind: u8) -> Result<(), Refusal> {
        match kind {
            content::DELETED => self.length().map(drop),
            content::STRING => self.string(),
            content::BINARY => {
                self.out.var_bytes(self.columns.rest.var_bytes()?);
                Ok(())
            }
            content::EMBED => self.json(),
            content::FORMAT => {
                self.key()?;
                self.json()
            }
            content::TYPE => self.type_ref(),
            content::ANY => {
                let values = self.length()?;
                (0..values).try_for_each(|_| self.value())
            }
            content::DOC => {
                self.string()?;
                self.value()
            }
            content::JSON => Err(Refusal::Unportable(kind)),
            _ => Err(Refusal::UnknownTag(kind)),
        }
    }

    fn type_ref(&mut self) -> Result<(), Refusal> {
        let type_ref = self.columns.type_refs.next()?;
        self.out.var_uint(type_ref);
        match type_ref {
            XML_ELEMENT => self.key(),
            XML_HOOK => Err(Refusal::Unportable(XML_HOOK as u8)),
            _ => Ok(()),
        }
    }

    /// A name, or the number of one that was there before.
    fn key(&mut self) -> Result<(), Refusal> {
        let number = self.columns.key_numbers.next()? as usize;
        let key = if let Some(key) = self.keys.get(number) {
            *key
        } else {
            let key = self.columns.strings.next()?;
            self.keys.push(key);
            key
        };
        key.write(&mut self.out);
        Ok(())
    }

    /// A value, which both encodings write alike.
    fn value(&mut self) -> Result<(), Refusal> {
        let rest = self.columns.rest.rest();
        value::any(&mut self.columns.rest)?;
        self.out.bytes(self.columns.rest.since(rest));
        Ok(())
    }

    fn json(&mut self) -> Result<(), Refusal> {
        self.out.var_string(&json_writer::json_of_value(&mut self.columns.rest)?);
        Ok(())
    }

    /// Clients in descending order, each once, as yjs writes what it read.
    fn delete_set(&mut self) -> Result<(), Refusal> {
        let mut deleted: BTreeMap<u64, Vec<(u64, u64)>> = BTreeMap::new();
        let rest = &mut self.columns.rest;
        for _ in 0..rest.uint()? {
            let client = rest.uint()?;
            let mut clock = 0;
            for _ in 0..rest.uint()? {
                let (start, len) = (clock + rest.uint()?, rest.uint()? + 1);
                clock = start + len;
                if clock > CLOCK_MAX {
                    return Err(Refusal::Integer);
                }
                deleted.entry(client).or_default().push((start, len));
            }
        }
        self.out.var_uint(deleted.len() as u64);
        for (client, ranges) in deleted.into_iter().rev() {
            self.out.var_uint(client);
            self.out.var_uint(ranges.len() as u64);
            for (start, len) in ranges {
                self.out.var_uint(start);
                self.out.var_uint(len);
            }
        }
        Ok(())
    }
}
