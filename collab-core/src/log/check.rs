//! The check that every update passes before it is stored, forwarded or shown to Yrs.

use std::ops::Range;

use smallvec::SmallVec;

use super::Refusal;
use super::decode::{Struct, Visitor, content, info, names_unit, parent_unit, walk};
use super::ids::Span;
use super::named::Named;
use crate::sorting::sort_unstable;

/// Most updates insert in one place and delete in one place: no allocation for them.
pub(super) type Spans = SmallVec<[Span; 1]>;

/// What one update holds, found while it was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Units of content, skips excepted; one span per run of structs.
    pub(super) inserts: Spans,
    /// What the delete set names, and structs that lost their content already.
    pub(super) deletes: Spans,
    /// Units of other clients that must be there before.
    pub(super) named: Named,
    /// A struct names a unit as its parent: there are types in types.
    pub(super) nests: bool,
    /// What it says about where its units lie.
    pub(super) told: Told,
}

/// What an update says about places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing: all of it is text beside what is there.
    #[default]
    Nothing,
    /// All of it is text, some of it at the beginning of this root (as a parent that lies in an update).
    Root(Box<[u8]>),
    /// There are several roots, types, entries of maps, values, or units that are gone.
    More,
}

impl Checked {
    /// Whether the update says nothing at all.
    pub fn is_empty(&self) -> bool {
        self.inserts.is_empty() && self.deletes.is_empty()
    }

    /// Whether something lies in a type that is no root.
    pub(crate) const fn nests(&self) -> bool {
        self.nests
    }

    /// Whether an update of one client brings nothing that is known, and builds on nothing that is
    /// not. `next` is per client the next clock expected.
    pub(crate) fn follows(&self, next: impl Fn(u64) -> u32) -> bool {
        match self.inserts[..] {
            [] => true,
            [span] => {
                span.start == next(span.client)
                    && self.named.iter().all(|id| id.clock < next(id.client))
            }
            _ => false,
        }
    }

    /// Whether an update brings something that is known.
    pub(crate) fn repeats(&self, next: impl Fn(u64) -> u32) -> bool {
        self.inserts.iter().any(|span| span.start < next(span.client))
    }

    /// The units of content that the update brings: client and clocks, one range per run.
    pub fn inserts(&self) -> impl Iterator<Item = (u64, Range<u32>)> + '_ {
        self.inserts.iter().map(|span| (span.client, span.start..span.end))
    }
}

/// Checks an update: its structure to the last byte, and that no common reader chokes on it.
///
/// Takes time in proportion to the bytes, recurses nowhere and allocates only spans. `max_bytes`
/// is the limit that a larger update is refused by, before it is read.
pub fn check(update: &[u8], max_bytes: usize) -> Result<Checked, Refusal> {
    if update.len() > max_bytes {
        return Err(Refusal::TooLarge);
    }
    let mut holdings = Holdings::default();
    walk(update, &mut holdings)?;
    holdings.refuse_duplicate_clients()?;
    holdings.checked.named.tidy();
    Ok(holdings.checked)
}

#[derive(Default)]
struct Holdings {
    checked: Checked,
    clients: SmallVec<[u64; 4]>,
}

impl Holdings {
    fn refuse_duplicate_clients(&mut self) -> Result<(), Refusal> {
        if self.clients.len() < 2 {
            return Ok(());
        }
        sort_unstable(&mut self.clients);
        let duplicate = self.clients.windows(2).any(|pair| pair[0] == pair[1]);
        if duplicate { Err(Refusal::DuplicateClient) } else { Ok(()) }
    }
}

impl Holdings {
    // Takes what it needs alone: a whole struct would have to leave the registers.
    #[cold]
    fn note_place(&mut self, client: u64, info: u8, parent: &[u8]) {
        if names_unit(parent) {
            self.checked.nests = true;
            if let Some(parent) = parent_unit(parent).filter(|id| id.client != client) {
                self.checked.named.add(parent);
            }
        }
        let is_text_in_root = is_text(info) && info & info::KEY == 0 && !names_unit(parent);
        self.checked.told = match std::mem::take(&mut self.checked.told) {
            Told::Nothing if is_text_in_root => Told::Root(parent.into()),
            Told::Root(root) if is_text_in_root && *root == *parent => Told::Root(root),
            _ => Told::More,
        };
    }
}

/// Whether a struct's content is of a kind that texts hold, and no type.
const fn is_text(info: u8) -> bool {
    const KINDS: u32 =
        1 << content::STRING | 1 << content::FORMAT | 1 << content::EMBED | 1 << content::DELETED;
    KINDS >> (info & info::CONTENT) & 1 == 1
}

impl<'a> Visitor<'a> for Holdings {
    #[inline]
    fn section(&mut self, client: u64, _structs: u64) -> Result<(), Refusal> {
        self.clients.push(client);
        Ok(())
    }

    #[inline]
    fn block(&mut self, block: &Struct<'a>) {
        if block.info == content::SKIP {
            return;
        }
        let (client, start, end) = (block.id.client, block.id.clock, block.end());
        match self.checked.inserts.last_mut() {
            Some(last) if last.client == client && last.end == start => last.end = end,
            _ => self.checked.inserts.push(Span { client, start, end }),
        }
        if matches!(block.kind(), content::GC | content::DELETED) {
            self.checked.deletes.push(Span { client, start, end });
        }
        // Of its own client it can only name what lies before it.
        if let Some(origin) = block.origin.filter(|id| id.client != client) {
            self.checked.named.add(origin);
        }
        if let Some(right_origin) = block.right_origin.filter(|id| id.client != client) {
            self.checked.named.add(right_origin);
        }
        if !block.parent.is_empty() || !is_text(block.info) {
            self.note_place(client, block.info, block.parent);
        }
    }

    #[inline]
    fn delete(&mut self, client: u64, start: u32, end: u32) {
        self.checked.deletes.push(Span { client, start, end });
    }
}
