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
//! It is stricter than yjs and yrs: what it accepts, both read, and read alike.
//!
//! The path of a typed character is inlined into each visitor, so that a struct's fields never leave
//! the registers: a third less time for a check. The browser build prefers the smaller code.

#![allow(clippy::inline_always, reason = "measured: benches/check.rs, benches/merge.rs")]

use super::reader::Reader;
use super::{Refusal, value};

/// Clocks must fit a signed 32-bit integer: yrs counts in `u32`, JavaScript shifts in `i32`.
pub(super) const CLOCK_MAX: u64 = i32::MAX as u64;

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
    /// Everything between the info byte and the content, as it lies: neighbours, or parent and key.
    pub(crate) header: &'a [u8],
    /// Parent and key as they lie; empty where a neighbour tells them.
    pub(crate) parent: &'a [u8],
    /// The content as it lies, with its length prefix where it has one.
    pub(crate) content: &'a [u8],
    /// The content of text and values without that prefix; of deleted units nothing.
    pub(crate) payload: &'a [u8],
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

    /// The unit that it names as its parent; `None` for a root type, or where a neighbour tells.
    pub(crate) fn parent_unit(&self) -> Option<Id> {
        parent_unit(self.parent)
    }

    /// The units that must be there before it can take its place.
    pub(crate) fn names(&self) -> [Option<Id>; 3] {
        [self.origin, self.right_origin, self.parent_unit()]
    }
}

/// Whether a parent, as it lies, is a unit.
pub(crate) fn names_unit(parent: &[u8]) -> bool {
    parent.first() == Some(&0)
}

/// The unit that a parent is, as it lies.
pub(crate) fn parent_unit(parent: &[u8]) -> Option<Id> {
    // It was checked when the struct was read: nothing; 0, client and clock; or 1 and a name.
    let mut reader = Reader::new(parent);
    if reader.uint() != Ok(0) {
        return None;
    }
    let (client, clock) = (reader.uint().ok()?, reader.uint().ok()?);
    Some(Id { client, clock: u32::try_from(clock).ok()? })
}

/// What stands before a struct's content.
#[derive(Default)]
struct Header<'a> {
    origin: Option<Id>,
    right_origin: Option<Id>,
    raw: &'a [u8],
    parent: &'a [u8],
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
    let mut reader = Reader::new(update);
    let sections = reader.uint()?;
    for _ in 0..sections {
        reader.section(update.len(), visitor)?;
    }
    let clients = reader.uint()?;
    for _ in 0..clients {
        reader.deletes(visitor)?;
    }
    if reader.rest().is_empty() { Ok(()) } else { Err(Refusal::Trailing) }
}

impl<'a> Reader<'a> {
    #[inline]
    fn section(&mut self, size: usize, visitor: &mut impl Visitor<'a>) -> Result<(), Refusal> {
        let structs = self.uint()?;
        if structs == 0 {
            return Err(Refusal::Empty);
        }
        let client = self.uint()?;
        let mut clock = self.clock()?;
        visitor.section(client, structs)?;
        for _ in 0..structs {
            let at = size - self.rest().len();
            let block = self.block(at, Id { client, clock })?;
            clock = block.end();
            visitor.block(&block);
        }
        Ok(())
    }

    #[inline]
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

    /// Reads the struct that lies at `at` and begins with `id`.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(super) fn block(&mut self, at: usize, id: Id) -> Result<Struct<'a>, Refusal> {
        let raw = self.rest();
        let info = self.byte()?;
        let mut header = Header::default();
        if info != content::GC && info != content::SKIP {
            header = self.header(info, id)?;
        }
        let content = self.rest();
        let (len, payload) = self.content(info, id.clock)?;
        Ok(Struct {
            id,
            len,
            info,
            origin: header.origin,
            right_origin: header.right_origin,
            header: header.raw,
            parent: header.parent,
            content: self.since(content),
            payload,
            raw: self.since(raw),
            at,
        })
    }

    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn header(&mut self, info: u8, id: Id) -> Result<Header<'a>, Refusal> {
        let mut header = Header::default();
        let raw = self.rest();
        if info & info::ORIGIN != 0 {
            header.origin = Some(self.earlier(id)?);
        }
        if info & info::RIGHT_ORIGIN != 0 {
            header.right_origin = Some(self.earlier(id)?);
        }
        if info & (info::ORIGIN | info::RIGHT_ORIGIN) == 0 {
            header.parent = self.parent(info, id)?;
        }
        header.raw = self.since(raw);
        Ok(header)
    }

    fn parent(&mut self, info: u8, id: Id) -> Result<&'a [u8], Refusal> {
        let raw = self.rest();
        match self.uint()? {
            0 => drop(self.earlier(id)?),
            1 => drop(self.string()?),
            _ => return Err(Refusal::Integer),
        }
        if info & info::KEY != 0 {
            self.string()?;
        }
        Ok(self.since(raw))
    }

    /// An ID that `id` may depend on: not itself and nothing later of its own client.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn earlier(&mut self, id: Id) -> Result<Id, Refusal> {
        let other = Id { client: self.uint()?, clock: self.clock()? };
        if other.client == id.client && other.clock >= id.clock {
            return Err(Refusal::SelfReference);
        }
        Ok(other)
    }

    /// Reads content; returns its length in clocks and its payload.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn content(&mut self, info: u8, clock: u32) -> Result<(u32, &'a [u8]), Refusal> {
        if info & info::CONTENT == content::STRING {
            let text = self.var_bytes()?;
            let len = fits(text_len(text)?, clock)?;
            return if is_long_entry(info, len) {
                Err(Refusal::LongEntry)
            } else {
                Ok((len, text))
            };
        }
        self.other_content(info, clock)
    }

    fn other_content(&mut self, info: u8, clock: u32) -> Result<(u32, &'a [u8]), Refusal> {
        let kind = info & info::CONTENT;
        match kind {
            content::GC | content::SKIP if info != kind => Err(Refusal::UnknownTag(info)),
            content::GC | content::SKIP | content::DELETED => Ok((self.length(clock)?, &[])),
            content::ANY => {
                let len = self.length(clock)?;
                if is_long_entry(info, len) {
                    return Err(Refusal::LongEntry);
                }
                let values = self.rest();
                (0..len).try_for_each(|_| value::any(self))?;
                Ok((len, self.since(values)))
            }
            _ => {
                let payload = self.rest();
                self.single_content(kind)?;
                fits(1, clock)?;
                Ok((1, self.since(payload)))
            }
        }
    }

    /// Reads content that is one unit long.
    fn single_content(&mut self, kind: u8) -> Result<(), Refusal> {
        match kind {
            content::BINARY => self.var_bytes().map(drop),
            content::EMBED => value::json(self.string()?),
            content::FORMAT => {
                self.string()?;
                value::json(self.string()?)
            }
            content::TYPE => self.type_ref(),
            content::DOC => {
                self.string()?;
                value::any(self)
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

    #[inline]
    fn clock(&mut self) -> Result<u32, Refusal> {
        let clock = self.uint()?;
        if clock <= CLOCK_MAX { Ok(clock as u32) } else { Err(Refusal::Integer) }
    }

    #[inline]
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

/// Whether more than one unit lies below one key of a map. Clients write one; where a longer one is
/// cut, yrs 0.28 forgets a part of it, and frees what that part refers to.
const fn is_long_entry(info: u8, len: u32) -> bool {
    len > 1 && info & info::KEY != 0
}

/// Length of text in UTF-16 code units.
#[inline]
fn text_len(bytes: &[u8]) -> Result<u64, Refusal> {
    if bytes.is_ascii() {
        return Ok(bytes.len() as u64);
    }
    std::str::from_utf8(bytes).map(utf16_len).map_err(|_| Refusal::Utf8)
}

/// Length in UTF-16 code units: one per character, two beyond the basic plane.
pub(crate) fn utf16_len(text: &str) -> u64 {
    if text.is_ascii() {
        return text.len() as u64;
    }
    text.bytes().map(|b| u64::from(b & 0xc0 != 0x80) + u64::from(b >= 0xf0)).sum()
}
