//! A streaming reader of Yjs v1 updates that borrows everything and allocates nothing.
//!
//! The grammar is that of yjs 13.6 (`src/utils/UpdateDecoder.js`, `src/structs/`):
//!
//! ```text
//! update    = varUint(clients) . section* . deleteSet
//! section   = varUint(structs) . varUint(client) . varUint(clock) . struct*
//! struct    = info . (varUint(length)                                     GC 0, Skip 10
//!                    | [origin] . [rightOrigin] . [parent . [key]] . content)
//! deleteSet = varUint(clients) . (varUint(client) . varUint(ranges) . (varUint(clock) . varUint(length))*)*
//! ```
//!
//! It is stricter than yjs and yrs: what it accepts, both read, and read alike. That is why it has a
//! reader of its own beside `wire::Reader`: integers must have their shortest form here.

use super::Refusal;
use super::value;

/// Clocks must fit a signed 32-bit integer: yrs counts in `u32`, JavaScript shifts in `i32`.
const CLOCK_MAX: u64 = i32::MAX as u64;

/// Content reference numbers of yjs (`src/structs/Item.js`, `contentRefs`).
pub(crate) mod content {
    pub(crate) const GC: u8 = 0;
    pub(crate) const DELETED: u8 = 1;
    pub(crate) const JSON: u8 = 2;
    pub(crate) const BINARY: u8 = 3;
    pub(crate) const STRING: u8 = 4;
    pub(crate) const EMBED: u8 = 5;
    pub(crate) const FORMAT: u8 = 6;
    pub(crate) const TYPE: u8 = 7;
    pub(crate) const ANY: u8 = 8;
    pub(crate) const DOC: u8 = 9;
    pub(crate) const SKIP: u8 = 10;
}

/// Bits of a struct's info byte.
pub(crate) mod info {
    pub(crate) const ORIGIN: u8 = 0x80;
    pub(crate) const RIGHT_ORIGIN: u8 = 0x40;
    pub(crate) const KEY: u8 = 0x20;
    pub(crate) const CONTENT: u8 = 0x1f;
}

/// The identity of one unit of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    pub(crate) client: u64,
    pub(crate) clock: u32,
}

/// One struct, borrowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Struct<'a> {
    pub(crate) id: Id,
    /// In clocks; for text in UTF-16 code units.
    pub(crate) len: u32,
    pub(crate) info: u8,
    pub(crate) origin: Option<Id>,
    pub(crate) right_origin: Option<Id>,
    /// Parent and key as they lie; empty where a neighbour tells them.
    pub(crate) parent: &'a [u8],
    /// The content as it lies, with its length prefix where it has one.
    pub(crate) content: &'a [u8],
    /// The whole struct as it lies.
    pub(crate) raw: &'a [u8],
    /// Where it lies in the update.
    pub(crate) at: usize,
}

impl Struct<'_> {
    /// Its content reference number.
    pub(crate) const fn kind(&self) -> u8 {
        self.info & info::CONTENT
    }

    /// The clock after its last unit.
    pub(crate) const fn end(&self) -> u32 {
        self.id.clock + self.len
    }

    /// Where the next struct lies in the update.
    pub(crate) const fn end_at(&self) -> usize {
        self.at + self.raw.len()
    }
}

/// Receives an update's parts in the order in which they lie.
pub(crate) trait Visitor<'a> {
    /// A client's section begins.
    fn section(&mut self, _client: u64, _structs: u64) -> Result<(), Refusal> {
        Ok(())
    }
    /// A struct of the current section, skips included.
    fn block(&mut self, block: &Struct<'a>);
    /// Deleted units of `client`: `start..end`.
    fn delete(&mut self, client: u64, start: u32, end: u32);
}

/// Reads the whole update and hands its parts to `visitor`.
pub(crate) fn walk<'a>(update: &'a [u8], visitor: &mut impl Visitor<'a>) -> Result<(), Refusal> {
    let mut reader = Reader { bytes: update, at: 0 };
    let sections = reader.uint()?;
    for _ in 0..sections {
        reader.section(visitor)?;
    }
    let clients = reader.uint()?;
    for _ in 0..clients {
        reader.deletes(visitor)?;
    }
    if reader.at == update.len() { Ok(()) } else { Err(Refusal::Trailing) }
}

/// A position in borrowed bytes.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Refusal> {
        let byte = *self.bytes.get(self.at).ok_or(Refusal::Truncated)?;
        self.at += 1;
        Ok(byte)
    }

    /// A `varUint` in its shortest form, at most 2^53 - 1.
    #[inline]
    pub(crate) fn uint(&mut self) -> Result<u64, Refusal> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(u64::from(first));
        }
        let mut value = u64::from(first & 0x7f);
        for shift in (7..=49).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                let shortest = byte != 0 && value <= crate::wire::VAR_UINT_MAX;
                return if shortest { Ok(value) } else { Err(Refusal::Integer) };
            }
        }
        Err(Refusal::Integer)
    }

    pub(crate) fn take(&mut self, len: u64) -> Result<&'a [u8], Refusal> {
        let rest = self.rest();
        match usize::try_from(len) {
            Ok(len) if len <= rest.len() => {
                self.at += len;
                Ok(&rest[..len])
            }
            _ => Err(Refusal::Truncated),
        }
    }

    pub(crate) fn var_bytes(&mut self) -> Result<&'a [u8], Refusal> {
        let len = self.uint()?;
        self.take(len)
    }

    pub(crate) fn string(&mut self) -> Result<&'a str, Refusal> {
        std::str::from_utf8(self.var_bytes()?).map_err(|_| Refusal::Utf8)
    }

    fn section(&mut self, visitor: &mut impl Visitor<'a>) -> Result<(), Refusal> {
        let structs = self.uint()?;
        if structs == 0 {
            return Err(Refusal::Empty);
        }
        let client = self.uint()?;
        let mut clock = self.clock()?;
        visitor.section(client, structs)?;
        for _ in 0..structs {
            let block = self.block(Id { client, clock })?;
            clock = block.end();
            visitor.block(&block);
        }
        Ok(())
    }

    fn deletes(&mut self, visitor: &mut impl Visitor<'a>) -> Result<(), Refusal> {
        let client = self.uint()?;
        let ranges = self.uint()?;
        for _ in 0..ranges {
            let start = self.clock()?;
            let len = self.length(start)?;
            visitor.delete(client, start, start + len);
        }
        Ok(())
    }

    fn block(&mut self, id: Id) -> Result<Struct<'a>, Refusal> {
        let start = self.at;
        let info = self.byte()?;
        let mut block = Struct {
            id,
            len: 0,
            info,
            origin: None,
            right_origin: None,
            parent: &[],
            content: &[],
            raw: &[],
            at: start,
        };
        if info != content::GC && info != content::SKIP {
            self.neighbours(&mut block)?;
        }
        let content_start = self.at;
        block.len = self.content(info, id.clock)?;
        block.content = &self.bytes[content_start..self.at];
        block.raw = &self.bytes[start..self.at];
        Ok(block)
    }

    fn neighbours(&mut self, block: &mut Struct<'a>) -> Result<(), Refusal> {
        if block.info & info::ORIGIN != 0 {
            block.origin = Some(self.earlier(block.id)?);
        }
        if block.info & info::RIGHT_ORIGIN != 0 {
            block.right_origin = Some(self.earlier(block.id)?);
        }
        if block.info & (info::ORIGIN | info::RIGHT_ORIGIN) != 0 {
            return Ok(());
        }
        let start = self.at;
        match self.uint()? {
            0 => drop(self.earlier(block.id)?),
            1 => drop(self.string()?),
            _ => return Err(Refusal::Integer),
        }
        if block.info & info::KEY != 0 {
            self.string()?;
        }
        block.parent = &self.bytes[start..self.at];
        Ok(())
    }

    /// An ID that `id` may depend on: not itself and nothing later of its own client.
    fn earlier(&mut self, id: Id) -> Result<Id, Refusal> {
        let other = Id { client: self.uint()?, clock: self.clock()? };
        if other.client == id.client && other.clock >= id.clock {
            return Err(Refusal::SelfReference);
        }
        Ok(other)
    }

    /// Reads content and returns its length in clocks.
    fn content(&mut self, info: u8, clock: u32) -> Result<u32, Refusal> {
        let kind = info & info::CONTENT;
        match kind {
            content::GC | content::SKIP if info != kind => Err(Refusal::UnknownTag(info)),
            content::GC | content::SKIP | content::DELETED => self.length(clock),
            content::STRING => fits(utf16_len(self.string()?), clock),
            content::BINARY => self.var_bytes().map(|_| 1),
            content::EMBED => value::json(self.string()?).map(|()| 1),
            content::FORMAT => {
                self.string()?;
                value::json(self.string()?).map(|()| 1)
            }
            content::TYPE => self.type_ref().map(|()| 1),
            content::ANY => {
                let len = self.length(clock)?;
                (0..len).try_for_each(|_| value::any(self))?;
                Ok(len)
            }
            content::DOC => {
                self.string()?;
                value::any(self).map(|()| 1)
            }
            content::JSON => Err(Refusal::Unportable(kind)),
            _ => Err(Refusal::UnknownTag(kind)),
        }
    }

    /// Shared type references: array, map, text, XML element (with name), fragment, hook, XML text.
    fn type_ref(&mut self) -> Result<(), Refusal> {
        match self.uint()? {
            0 | 1 | 2 | 4 | 6 => Ok(()),
            3 => self.string().map(drop),
            tag => Err(Refusal::Unportable(u8::try_from(tag).unwrap_or(u8::MAX))),
        }
    }

    fn clock(&mut self) -> Result<u32, Refusal> {
        let clock = self.uint()?;
        if clock <= CLOCK_MAX { Ok(clock as u32) } else { Err(Refusal::Integer) }
    }

    fn length(&mut self, clock: u32) -> Result<u32, Refusal> {
        let len = self.uint()?;
        fits(len, clock)
    }
}

/// Accepts a length if it is not zero and its end is still a clock.
fn fits(len: u64, clock: u32) -> Result<u32, Refusal> {
    match len {
        0 => Err(Refusal::Empty),
        len if len <= CLOCK_MAX - u64::from(clock) => Ok(len as u32),
        _ => Err(Refusal::Integer),
    }
}

/// Length in UTF-16 code units: one per character, two beyond the basic plane.
pub(crate) fn utf16_len(text: &str) -> u64 {
    if text.is_ascii() {
        return text.len() as u64;
    }
    text.bytes().map(|b| u64::from(b & 0xc0 != 0x80) + u64::from(b >= 0xf0)).sum()
}
