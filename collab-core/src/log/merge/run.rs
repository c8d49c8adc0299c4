//! Runs: structs of one client that may stand in the output as one.

use super::super::decode::{Id, Struct, content, info, utf16_len};
use super::super::reader::Reader;
use super::super::value;
use super::text::{Arena, Cutter, Piece};

/// Consecutive units of one client with one origin before and one right origin behind them.
///
/// There is one for each struct of updates in disorder, so it fits a cache line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'a> {
    pub(super) clock: u32,
    pub(super) len: u32,
    pub(super) info: u8,
    pub(super) origin: Origin,
    /// The right origin's clock, [`NO_CLOCK`] without one, and client.
    right_clock: u32,
    right_client: u64,
    /// What lies between info byte and content: as it was read, or behind an implied origin only
    /// the right origin.
    pub(super) header: &'a [u8],
    /// Text and values without their length prefix; everything else as it lies; empty if deleted.
    pub(super) content: Piece<'a>,
}

/// No clock reaches it (see `decode::CLOCK_MAX`).
const NO_CLOCK: u32 = u32::MAX;

/// What stands before a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The header tells, and it is not the unit before.
    Other,
    /// The header tells, and it is the unit before.
    Before,
    /// The unit before; the header does not tell.
    Implied,
}

impl<'a> Run<'a> {
    /// A struct that is neither GC nor skip, as a run of its own.
    #[inline]
    pub(super) fn of(block: &Struct<'a>) -> Self {
        let (right_clock, right_client) = right_of(block);
        Self {
            clock: block.id.clock,
            len: block.len,
            info: block.info,
            origin: if follows(block) { Origin::Before } else { Origin::Other },
            right_clock,
            right_client,
            header: block.header,
            content: Piece::Borrowed(block.payload),
        }
    }

    pub(super) const fn kind(&self) -> u8 {
        self.info & info::CONTENT
    }

    pub(super) const fn end(&self) -> u32 {
        self.clock + self.len
    }

    /// Whether units that begin at `clock` may be joined to this run: a later split at that place,
    /// which is what integration does when another struct lands there, restores exactly the two.
    ///
    /// An equal right origin means that nothing stood between this run and its right origin when
    /// the others were made, so they depend on nothing in between. Whether both are deleted is for
    /// the caller to know.
    #[inline]
    fn fits(&self, clock: u32, info: u8, right: (u32, u64)) -> bool {
        self.end() == clock
            && (self.right_clock, self.right_client) == right
            && (self.info ^ info) & (info::CONTENT | info::KEY) == 0
    }

    /// Whether units may be joined before it is known what is deleted. Map entries (they have a key)
    /// never may: each replaces the one before it, and only the last one lives.
    #[inline]
    const fn joinable(&self) -> bool {
        matches!(self.kind(), content::STRING | content::ANY | content::DELETED)
            && self.info & info::KEY == 0
    }

    /// Joins a struct, if that is possible already.
    #[inline]
    pub(super) fn try_join_struct(&mut self, block: &Struct<'a>, arena: &mut Arena) -> bool {
        let fits = self.fits(block.id.clock, block.info, right_of(block));
        if !fits || !follows(block) || !self.joinable() {
            return false;
        }
        self.join(block.len, Piece::Borrowed(block.payload), arena);
        true
    }

    /// Joins `next`, if that is possible already.
    pub(super) fn try_join(&mut self, next: &Self, arena: &mut Arena) -> bool {
        let joins = self.fits_run(next) && self.joinable();
        if joins {
            self.join(next.len, next.content, arena);
        }
        joins
    }

    /// Joins `next`, where both are deleted and without content.
    pub(super) fn try_join_deleted(&mut self, next: &Self) -> bool {
        let fits = self.fits_run(next);
        if fits {
            self.len += next.len;
        }
        fits
    }

    fn fits_run(&self, next: &Self) -> bool {
        next.origin != Origin::Other
            && self.fits(next.clock, next.info, (next.right_clock, next.right_client))
    }

    #[inline]
    fn join(&mut self, len: u32, content: Piece<'a>, arena: &mut Arena) {
        if self.kind() != content::DELETED {
            arena.join(&mut self.content, content);
        }
        self.len += len;
    }

    /// Its units from `offset` to `end` (`offset < end <= len`), still with all of its content.
    pub(super) fn part(&self, offset: u32, end: u32) -> Self {
        let mut part = Self { clock: self.clock + offset, len: end - offset, ..*self };
        if offset > 0 {
            part.info |= info::ORIGIN;
            part.origin = Origin::Implied;
            part.header = self.right();
        }
        part
    }

    /// The right origin as it lies.
    fn right(&self) -> &'a [u8] {
        if self.right_clock == NO_CLOCK {
            return &[];
        }
        match self.origin {
            Origin::Implied => self.header,
            _ if self.info & info::ORIGIN == 0 => self.header,
            _ => behind_id(self.header),
        }
    }

    /// What is left behind the first `offset` units (`offset < len`).
    pub(super) fn cut(&self, offset: u32, arena: &mut Arena) -> Self {
        if offset == 0 {
            return *self;
        }
        Self { content: self.content_behind(offset, arena), ..self.part(offset, self.len) }
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
        let mut cutter = Cutter::new(bytes);
        let cut = cutter.take(offset, bytes.len() as u64 == u64::from(self.len));
        let skipped = cut.text.len() + if cut.ends_in_pair { 4 } else { 0 };
        let rest = self.content.behind(skipped);
        if !cut.ends_in_pair {
            return rest;
        }
        let mut replaced = Piece::Borrowed("\u{fffd}".as_bytes());
        arena.join(&mut replaced, rest);
        replaced
    }
}

/// Whether a struct's origin is the unit before it.
#[inline]
fn follows(block: &Struct<'_>) -> bool {
    let Id { client, clock } = block.id;
    block.origin.is_some_and(|origin| origin.client == client && origin.clock + 1 == clock)
}

#[inline]
fn right_of(block: &Struct<'_>) -> (u32, u64) {
    block.right_origin.map_or((NO_CLOCK, 0), |right| (right.clock, right.client))
}

/// What lies behind the ID at the start of `header`, which was checked when it was read.
fn behind_id(header: &[u8]) -> &[u8] {
    let mut reader = Reader::new(header);
    match (reader.uint(), reader.uint()) {
        (Ok(_), Ok(_)) => reader.rest(),
        _ => &[],
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

/// Whether a text of `units` UTF-16 units is ASCII; `false` only costs time.
pub(super) fn is_ascii(bytes: &[u8], units: u32) -> bool {
    debug_assert!(std::str::from_utf8(bytes).is_ok_and(|t| utf16_len(t) == u64::from(units)));
    bytes.len() == units as usize
}
