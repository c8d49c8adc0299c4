//! Runs: structs of one client that may stand in the output as one.

use super::super::decode::{Id, Reader, Struct, content, info, utf16_len};
use super::super::value;
use super::text::{Arena, Piece};

/// Consecutive units of one client with one origin before and one right origin behind them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'a> {
    pub(super) clock: u32,
    pub(super) len: u32,
    pub(super) info: u8,
    pub(super) origin: Option<Id>,
    pub(super) right_origin: Option<Id>,
    /// Parent and key as they lie; empty where a neighbour tells them.
    pub(super) parent: &'a [u8],
    /// Text and values without their length prefix; everything else as it lies; empty if deleted.
    pub(super) content: Piece<'a>,
}

impl<'a> Run<'a> {
    /// A struct that is neither GC nor skip, as a run of its own.
    pub(super) fn of(block: &Struct<'a>) -> Self {
        let content = match block.kind() {
            content::STRING | content::ANY => without_length(block.content),
            content::DELETED => &[],
            _ => block.content,
        };
        Self {
            clock: block.id.clock,
            len: block.len,
            info: block.info,
            origin: block.origin,
            right_origin: block.right_origin,
            parent: block.parent,
            content: Piece::Borrowed(content),
        }
    }

    pub(super) const fn kind(&self) -> u8 {
        self.info & info::CONTENT
    }

    pub(super) const fn end(&self) -> u32 {
        self.clock + self.len
    }

    /// Whether `next` may be joined to this run: a later split at that place, which is what
    /// integration does when another struct lands there, restores exactly the two.
    ///
    /// An equal right origin means that nothing stood between this run and its right origin when
    /// `next` was made, so `next` depends on nothing in between. Whether both are deleted is for the
    /// caller to know.
    fn fits(&self, client: u64, next: &Self) -> bool {
        let last = Id { client, clock: self.end() - 1 };
        self.end() == next.clock
            && next.origin == Some(last)
            && self.right_origin == next.right_origin
            && (self.info ^ next.info) & (info::CONTENT | info::KEY) == 0
    }

    /// Joins `next` if that is possible before it is known what is deleted. Map entries (they have
    /// a key) never are: each replaces the one before it, and only the last one lives.
    pub(super) fn try_join(&mut self, client: u64, next: &Self, arena: &mut Arena) -> bool {
        let joinable = matches!(self.kind(), content::STRING | content::ANY | content::DELETED);
        if !joinable || self.info & info::KEY != 0 || !self.fits(client, next) {
            return false;
        }
        if self.kind() != content::DELETED {
            self.content = arena.join(self.content, next.content);
        }
        self.len += next.len;
        true
    }

    /// Joins `next`, where both are deleted and without content.
    pub(super) fn try_join_deleted(&mut self, client: u64, next: &Self) -> bool {
        let fits = self.fits(client, next);
        if fits {
            self.len += next.len;
        }
        fits
    }

    /// What is left behind the first `offset` units (`offset < len`).
    pub(super) fn cut(&self, client: u64, offset: u32, arena: &mut Arena) -> Self {
        if offset == 0 {
            return *self;
        }
        Self {
            clock: self.clock + offset,
            len: self.len - offset,
            info: self.info | info::ORIGIN,
            origin: Some(Id { client, clock: self.clock + offset - 1 }),
            right_origin: self.right_origin,
            parent: &[],
            content: self.content_behind(offset, arena),
        }
    }

    fn content_behind(&self, offset: u32, arena: &mut Arena) -> Piece<'a> {
        match self.kind() {
            content::STRING => self.text_behind(offset, arena),
            content::ANY => {
                let skipped = values_len(arena.get(self.content), offset);
                self.content.behind(skipped)
            }
            _ => self.content,
        }
    }

    fn text_behind(&self, offset: u32, arena: &mut Arena) -> Piece<'a> {
        let bytes = arena.get(self.content);
        let mut cutter = super::text::Cutter::new(bytes);
        let cut = cutter.take(offset, bytes.len() as u64 == u64::from(self.len));
        let skipped = cut.text.len() + if cut.ends_in_pair { 4 } else { 0 };
        let rest = self.content.behind(skipped);
        if cut.ends_in_pair {
            arena.join(Piece::Borrowed("\u{fffd}".as_bytes()), rest)
        } else {
            rest
        }
    }
}

impl Piece<'_> {
    fn behind(self, bytes: usize) -> Self {
        match self {
            Self::Borrowed(all) => Self::Borrowed(&all[bytes..]),
            Self::Joined(start, end) => Self::Joined(start + bytes, end),
        }
    }
}

/// The size of the first `count` values. They were checked when their struct was read.
pub(super) fn values_len(bytes: &[u8], count: u32) -> usize {
    let mut reader = Reader::new(bytes);
    for _ in 0..count {
        if value::any(&mut reader).is_err() {
            break;
        }
    }
    bytes.len() - reader.rest().len()
}

fn without_length(content: &[u8]) -> &[u8] {
    let mut reader = Reader::new(content);
    match reader.uint() {
        Ok(_) => reader.rest(),
        Err(_) => content,
    }
}

/// Whether a text of `units` UTF-16 units is ASCII; `false` only costs time.
pub(super) fn is_ascii(bytes: &[u8], units: u32) -> bool {
    debug_assert!(std::str::from_utf8(bytes).is_ok_and(|t| utf16_len(t) == u64::from(units)));
    bytes.len() == units as usize
}
