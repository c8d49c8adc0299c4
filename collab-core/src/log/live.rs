//! A merged update that grows: updates in order are appended in time proportional to them.
//!
//! Structs that are closed stay encoded; only the last one of each client is open, and takes what a
//! later split would restore (see `merge::run`, whose rule this is; but values may be entries of a map,
//! as long as nobody knows whether they are deleted). Content that is deleted later
//! stays until a merge of everything drops it. What leaves a gap or overlaps is for the merge, too.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::check::Checked;
use super::decode::{Id, Struct, Visitor, content, info, walk};
use super::ids::{IdSet, Span};
use crate::wire::Writer;

/// Updates as one, ready to take the next.
#[derive(Clone, Debug, Default)]
pub struct Live {
    sections: Vec<Section>,
    index: BTreeMap<u64, usize>,
    /// Whose turn it was last: updates of one author come in rows.
    current: usize,
    deletes: IdSet,
}

/// One client's structs, of which no clock is missing.
#[derive(Clone, Debug)]
struct Section {
    client: u64,
    start: u32,
    end: u32,
    structs: u32,
    /// All structs as they lie; of the open one only what stands before its content.
    encoded: Writer,
    open: Option<Open>,
    /// The open struct's content, without its length.
    content: Vec<u8>,
}

/// The last struct, if it may grow.
#[derive(Clone, Copy, Debug)]
struct Open {
    kind: u8,
    right_origin: Option<Id>,
    units: u32,
}

impl Live {
    /// Appends an update that [`super::check`] accepted as `checked`. Returns false, and changes
    /// nothing, where it leaves out clocks or repeats a part of a struct: then only a merge can tell.
    pub fn append(&mut self, update: &[u8], checked: &Checked) -> bool {
        if !self.follows(&checked.inserts) {
            return false;
        }
        // It was read to its end before.
        walk(update, self).is_ok()
    }

    /// Whether every span begins where its client's section ends, or is there already.
    fn follows(&mut self, inserts: &[Span]) -> bool {
        let ends_before = |pair: &[Span]| pair[0].client != pair[1].client;
        let one_each = inserts.windows(2).all(ends_before);
        one_each
            && inserts.iter().all(|span| {
                let section = self.find(span.client).map(|at| &self.sections[at]);
                section.is_none_or(|s| {
                    s.end == span.start || (s.start <= span.start && span.end <= s.end)
                })
            })
    }

    /// Everything as one update, clients in descending order as yjs writes them.
    pub fn to_update(&self) -> Bytes {
        let bytes = |section: &Section| section.encoded.len() + section.content.len() + 24;
        let mut writer = Writer::with_capacity(64 + self.sections.iter().map(bytes).sum::<usize>());
        writer.var_uint(self.sections.len() as u64);
        for &at in self.index.values().rev() {
            self.sections[at].write(&mut writer);
        }
        self.deletes.write_delete_set(&mut writer);
        writer.into_bytes()
    }

    #[inline]
    fn find(&mut self, client: u64) -> Option<usize> {
        if self.sections.get(self.current).is_none_or(|section| section.client != client) {
            self.current = *self.index.get(&client)?;
        }
        Some(self.current)
    }

    fn section_of(&mut self, id: Id) -> &mut Section {
        let at = self.find(id.client).unwrap_or_else(|| {
            self.current = self.sections.len();
            self.index.insert(id.client, self.current);
            self.sections.push(Section::new(id));
            self.current
        });
        &mut self.sections[at]
    }
}

impl<'a> Visitor<'a> for Live {
    #[inline]
    fn block(&mut self, block: &Struct<'a>) {
        if block.info == content::SKIP {
            return;
        }
        let section = self.section_of(block.id);
        if block.id.clock == section.end {
            section.push(block);
        }
        if matches!(block.kind(), content::GC | content::DELETED) {
            self.delete(block.id.client, block.id.clock, block.end());
        }
    }

    #[inline]
    fn delete(&mut self, client: u64, start: u32, end: u32) {
        self.deletes.insert(Span { client, start, end });
    }
}

impl Section {
    fn new(first: Id) -> Self {
        Self {
            client: first.client,
            start: first.clock,
            end: first.clock,
            structs: 0,
            encoded: Writer::default(),
            open: None,
            content: Vec::new(),
        }
    }

    #[inline]
    fn push(&mut self, block: &Struct<'_>) {
        let before = Id { client: self.client, clock: self.end.wrapping_sub(1) };
        self.end = block.end();
        if let Some(open) = &mut self.open
            && block.origin == Some(before)
            && block.right_origin == open.right_origin
            && block.info & (info::CONTENT | info::KEY) == open.kind
        {
            open.units += block.len;
            self.content.extend_from_slice(block.payload);
            return;
        }
        self.begin(block);
    }

    /// Closes the open struct and begins the next one.
    fn begin(&mut self, block: &Struct<'_>) {
        if let Some(open) = self.open.take() {
            open.write_content(&self.content, &mut self.encoded);
        }
        self.structs += 1;
        let kind = block.info & (info::CONTENT | info::KEY);
        if matches!(kind, content::STRING | content::DELETED) {
            self.encoded.bytes(&[block.info]);
            self.encoded.bytes(block.header);
            self.content.clear();
            self.content.extend_from_slice(block.payload);
            let right_origin = block.right_origin;
            self.open = Some(Open { kind, right_origin, units: block.len });
        } else {
            self.encoded.bytes(block.raw);
        }
    }

    fn write(&self, writer: &mut Writer) {
        writer.var_uint(u64::from(self.structs));
        writer.var_uint(self.client);
        writer.var_uint(u64::from(self.start));
        writer.bytes(self.encoded.as_slice());
        if let Some(open) = &self.open {
            open.write_content(&self.content, writer);
        }
    }
}

impl Open {
    fn write_content(self, bytes: &[u8], writer: &mut Writer) {
        let is_text = self.kind == content::STRING;
        writer.var_uint(if is_text { bytes.len() as u64 } else { u64::from(self.units) });
        writer.bytes(bytes);
    }
}
