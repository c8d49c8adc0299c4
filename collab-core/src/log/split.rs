//! One update into several of bounded size, each of which builds only on those before it.
//!
//! Structs are put in an order in which each comes after what it names (origin, right origin,
//! parent); text and values that are too large are cut, between characters. Called by whoever sends.

use std::collections::BTreeMap;

use super::decode::{Id, Struct, Visitor, content, info, walk};
use super::ids::{IdSet, Span};
use super::reader::Reader;
use super::{Refusal, value};
use crate::sorting::sort_unstable_by;
use crate::wire::Writer;

/// Bytes that are reserved for the numbers of sections and clients in a piece.
const PIECE_BYTES: usize = 24;
/// Most bytes of a section's header, or of a client's in a delete set.
const CLIENT_BYTES: usize = 24;
/// Most bytes of a range in a delete set.
const RANGE_BYTES: usize = 10;

/// Cuts `update` into pieces of at most `max_bytes` (at least 256), to be sent in this order. Each piece carries the
/// deletions of its own units; those of others come last.
///
/// A single value or other content that is larger than that makes a larger piece: it cannot be cut.
/// Structs that name each other in a circle, which honest clients never make, come in any order.
pub fn split(update: &[u8], max_bytes: usize) -> Result<Vec<Vec<u8>>, Refusal> {
    let mut parts = Parts { max_bytes, sections: Vec::new(), deletes: IdSet::default() };
    walk(update, &mut parts)?;
    sort_unstable_by(&mut parts.sections, |a, b| a.client.cmp(&b.client));
    let mut packing = Packing::new(max_bytes, parts.deletes);
    in_order(&mut parts.sections, |chunk| packing.add(chunk));
    Ok(packing.finish())
}

/// The update, read.
struct Parts<'a> {
    max_bytes: usize,
    sections: Vec<Section<'a>>,
    deletes: IdSet,
}

struct Section<'a> {
    client: u64,
    chunks: Vec<Chunk<'a>>,
    /// The next chunk to send.
    next: usize,
}

/// A struct, or a part of one that is too large.
struct Chunk<'a> {
    id: Id,
    end: u32,
    bytes: Bytes<'a>,
    names: [Option<Id>; 3],
}

enum Bytes<'a> {
    AsItLies(&'a [u8]),
    Cut(Vec<u8>),
}

impl Bytes<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::AsItLies(bytes) => bytes,
            Self::Cut(bytes) => bytes,
        }
    }
}

impl<'a> Visitor<'a> for Parts<'a> {
    fn section(&mut self, client: u64, _structs: u64) -> Result<(), Refusal> {
        self.sections.push(Section { client, chunks: Vec::new(), next: 0 });
        Ok(())
    }

    fn block(&mut self, block: &Struct<'a>) {
        let Some(section) = self.sections.last_mut() else { return };
        // Pieces begin a section anew wherever a clock is missing.
        if block.info == content::SKIP {
            return;
        }
        let room = self.max_bytes.saturating_sub(PIECE_BYTES + 2 * CLIENT_BYTES + RANGE_BYTES);
        if block.raw.len() <= room || !is_divisible(block) {
            section.chunks.push(Chunk {
                id: block.id,
                end: block.end(),
                bytes: Bytes::AsItLies(block.raw),
                names: block.names(),
            });
        } else {
            cut(block, room.saturating_sub(2 * CLIENT_BYTES).max(64), &mut section.chunks);
        }
    }

    fn delete(&mut self, client: u64, start: u32, end: u32) {
        self.deletes.insert(Span { client, start, end });
    }
}

const fn is_divisible(block: &Struct<'_>) -> bool {
    matches!(block.kind(), content::STRING | content::ANY)
}

/// Cuts text or values into chunks of at most `bytes` bytes of content.
fn cut<'a>(block: &Struct<'a>, bytes: usize, chunks: &mut Vec<Chunk<'a>>) {
    let (mut rest, mut id) = (block.payload, block.id);
    while !rest.is_empty() {
        let (len, units) = match block.kind() {
            content::STRING => text_prefix(rest, bytes),
            _ => values_prefix(rest, bytes),
        };
        let mut writer = Writer::with_capacity(len + 2 * CLIENT_BYTES);
        let is_first = id == block.id;
        if is_first {
            writer.bytes(&[block.info]);
            writer.bytes(block.header);
        } else {
            writer.bytes(&[block.info | info::ORIGIN]);
            let before = Id { client: id.client, clock: id.clock - 1 };
            for id in [Some(before), block.right_origin].into_iter().flatten() {
                writer.var_uint(id.client);
                writer.var_uint(u64::from(id.clock));
            }
        }
        let is_text = block.kind() == content::STRING;
        writer.var_uint(if is_text { len as u64 } else { u64::from(units) });
        writer.bytes(&rest[..len]);
        let names = if is_first { block.names() } else { [None; 3] };
        let end = id.clock + units;
        chunks.push(Chunk { id, end, bytes: Bytes::Cut(writer.into_vec()), names });
        (rest, id.clock) = (&rest[len..], end);
    }
}

/// The longest prefix of at most `bytes` bytes that ends between characters, but at least one of
/// them: its bytes and UTF-16 units.
fn text_prefix(text: &[u8], bytes: usize) -> (usize, u32) {
    let is_start = |at: usize| text.get(at).is_none_or(|byte| byte & 0xc0 != 0x80);
    let mut len = bytes.clamp(4, text.len().max(4)).min(text.len());
    while !is_start(len) {
        len -= 1;
    }
    let units = |&byte: &u8| u32::from(byte & 0xc0 != 0x80) + u32::from(byte >= 0xf0);
    (len, text[..len].iter().map(units).sum())
}

/// As many values as fit, but at least one: their bytes and their number.
fn values_prefix(values: &[u8], bytes: usize) -> (usize, u32) {
    let (mut reader, mut len, mut units) = (Reader::new(values), 0, 0);
    // They were checked when the struct was read.
    while !reader.rest().is_empty() && value::any(&mut reader).is_ok() {
        let end = values.len() - reader.rest().len();
        if units > 0 && end > bytes {
            break;
        }
        (len, units) = (end, units + 1);
    }
    if units == 0 { (values.len(), 1) } else { (len, units) }
}

/// Hands out all chunks, each after those that it names, as Yjs integrates them: where the next one
/// of a client waits for another client, that one goes on first.
fn in_order<'a>(sections: &mut [Section<'a>], mut send: impl FnMut(&Chunk<'a>)) {
    let mut waits = vec![false; sections.len()];
    for first in 0..sections.len() {
        let mut stack = vec![first];
        while let Some(&at) = stack.last() {
            let Some(chunk) = sections[at].chunks.get(sections[at].next) else {
                waits[at] = false;
                stack.pop();
                continue;
            };
            waits[at] = true;
            let lacks = chunk.names.iter().flatten().find_map(|id| lacking(sections, *id));
            if let Some(other) = lacks.filter(|&other| !waits[other]) {
                stack.push(other);
                continue;
            }
            send(chunk);
            sections[at].next += 1;
            // Back to whoever waited for this one.
            if stack.len() > 1 {
                waits[at] = false;
                stack.pop();
            }
        }
    }
}

/// The section that has this unit and has not sent it.
fn lacking(sections: &[Section<'_>], id: Id) -> Option<usize> {
    let at = sections.binary_search_by_key(&id.client, |section| section.client).ok()?;
    let section = &sections[at];
    let sent = section.chunks.get(section.next).is_none_or(|next| id.clock < next.id.clock);
    let has = section.chunks.last().is_some_and(|last| id.clock < last.end);
    (!sent && has).then_some(at)
}

/// Chunks become pieces.
struct Packing {
    max_bytes: usize,
    pieces: Vec<Vec<u8>>,
    deletes: IdSet,
    /// Deletions that a piece carries.
    carried: IdSet,
    sections: BTreeMap<u64, PieceSection>,
    bytes: usize,
}

/// Chunks of one client that follow each other.
struct PieceSection {
    start: u32,
    end: u32,
    structs: u64,
    bytes: Vec<u8>,
    deleted: Vec<Span>,
}

impl Packing {
    fn new(max_bytes: usize, deletes: IdSet) -> Self {
        Self {
            max_bytes,
            pieces: Vec::new(),
            deletes,
            carried: IdSet::default(),
            sections: BTreeMap::new(),
            bytes: PIECE_BYTES,
        }
    }

    fn add(&mut self, chunk: &Chunk<'_>) {
        let Chunk { id: Id { client, clock: start }, end, .. } = *chunk;
        let deleted = self.deletes.within(Span { client, start, end });
        let bytes = chunk.bytes.as_slice();
        let cost = bytes.len() + 2 * CLIENT_BYTES + deleted.len() * RANGE_BYTES;
        let gaps = self.sections.get(&client).is_some_and(|section| section.end != start);
        if gaps || (self.bytes + cost > self.max_bytes && !self.sections.is_empty()) {
            self.flush();
        }
        self.bytes += cost;
        let section = self.sections.entry(client).or_insert_with(|| PieceSection {
            start,
            end: start,
            structs: 0,
            bytes: Vec::new(),
            deleted: Vec::new(),
        });
        section.end = end;
        section.structs += 1;
        section.bytes.extend_from_slice(bytes);
        section.deleted.extend(deleted);
    }

    fn flush(&mut self) {
        let mut writer = Writer::with_capacity(self.bytes);
        let mut deletes = IdSet::default();
        writer.var_uint(self.sections.len() as u64);
        for (client, section) in std::mem::take(&mut self.sections).into_iter().rev() {
            writer.var_uint(section.structs);
            writer.var_uint(client);
            writer.var_uint(u64::from(section.start));
            writer.bytes(&section.bytes);
            for span in section.deleted {
                deletes.insert(span);
                self.carried.insert(span);
            }
        }
        deletes.write_delete_set(&mut writer);
        self.pieces.push(writer.into_vec());
        self.bytes = PIECE_BYTES;
    }

    /// The rest, and then the deletions of units that are in no piece.
    fn finish(mut self) -> Vec<Vec<u8>> {
        if !self.sections.is_empty() {
            self.flush();
        }
        let room = self.max_bytes.saturating_sub(PIECE_BYTES);
        let spans_max = (room / (CLIENT_BYTES + RANGE_BYTES)).max(1);
        let others = self.deletes.minus(&self.carried).spans();
        for spans in others.chunks(spans_max) {
            let mut deletes = IdSet::default();
            for &span in spans {
                deletes.insert(span);
            }
            let mut writer = Writer::default();
            writer.var_uint(0);
            deletes.write_delete_set(&mut writer);
            self.pieces.push(writer.into_vec());
        }
        self.pieces
    }
}
