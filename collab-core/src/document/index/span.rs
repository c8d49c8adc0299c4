//! Spans: runs of units that lie next to each other in a text and were typed one after the other.

/// Stands for "no unit" and "no node" in numbers that need no room for it.
pub(super) const NONE: u32 = u32::MAX;

/// The identity of one unit of content; its client by the number that [`super::Known`] gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::document) struct Unit {
    pub(in crate::document) client: u32,
    pub(in crate::document) clock: u32,
}

impl Unit {
    /// No unit: the start or the end of a text.
    pub(in crate::document) const NONE: Self = Self { client: NONE, clock: 0 };

    pub(super) const fn is_some(self) -> bool {
        self.client != NONE
    }

    /// The unit of its client behind it, if it is one.
    pub(super) const fn next(self) -> Self {
        if self.is_some() { self.plus(1) } else { self }
    }

    #[cfg(not(target_arch = "wasm32"))]
    /// The unit of its client before it (`clock > 0`).
    pub(super) const fn before(self) -> Self {
        Self { client: self.client, clock: self.clock - 1 }
    }

    pub(in crate::document) const fn plus(self, units: u32) -> Self {
        Self { client: self.client, clock: self.clock + units }
    }
}

/// Deleted: it keeps its place, since others may have typed beside it.
pub(in crate::document) const DELETED: u32 = 1;
/// A mark of rich text (bold from here on): it has a place, but no length.
pub(super) const MARK: u32 = 2;
/// Something that is not text, which has a length all the same.
pub(super) const FOREIGN: u32 = 4;

/// Units with ascending clocks of one client. Every unit but the first one was typed right behind
/// the one before it; all of them before the same right origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::document) struct Span {
    pub(in crate::document) id: Unit,
    pub(in crate::document) len: u32,
    pub(in crate::document) flags: u32,
    /// The unit that the first one was typed behind, or [`Unit::NONE`].
    pub(in crate::document) origin: Unit,
    /// The unit that it was typed before, or [`Unit::NONE`].
    pub(in crate::document) right_origin: Unit,
}

impl Span {
    pub(in crate::document) const fn last(&self) -> Unit {
        self.id.plus(self.len - 1)
    }

    pub(super) const fn has(&self, unit: Unit) -> bool {
        self.id.client == unit.client
            && unit.clock >= self.id.clock
            && unit.clock - self.id.clock < self.len
    }

    pub(in crate::document) const fn is(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Whether it counts in offsets.
    pub(super) const fn is_visible(&self) -> bool {
        self.flags & (DELETED | MARK) == 0
    }

    pub(super) const fn counts(&self) -> Counts {
        let len = self.len;
        Counts {
            units: len,
            live: if self.is(DELETED) { 0 } else { len },
            visible: if self.is_visible() { len } else { 0 },
            foreign: if self.flags & (DELETED | FOREIGN) == FOREIGN { len } else { 0 },
        }
    }

    /// Whether `next`, which stands right behind, may become one with this span: cutting there
    /// gives back exactly the two.
    pub(super) fn joins(&self, next: &Self) -> bool {
        self.id.plus(self.len) == next.id
            && next.origin == self.last()
            && self.right_origin == next.right_origin
            && self.flags == next.flags
    }

    /// The part from `offset` on (`0 < offset < len`).
    pub(super) const fn behind(&self, offset: u32) -> Self {
        Self {
            id: self.id.plus(offset),
            len: self.len - offset,
            flags: self.flags,
            origin: self.id.plus(offset - 1),
            right_origin: self.right_origin,
        }
    }
}

/// What lies in a part of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Units, deleted ones included.
    pub(super) units: u32,
    /// Units that are not deleted, marks included.
    pub(super) live: u32,
    /// Units that count in offsets.
    pub(super) visible: u32,
    /// Those of them that are not text.
    pub(super) foreign: u32,
}

impl Counts {
    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            units: self.units + other.units,
            live: self.live + other.live,
            visible: self.visible + other.visible,
            foreign: self.foreign + other.foreign,
        }
    }

    pub(super) const fn minus(self, other: Self) -> Self {
        Self {
            units: self.units - other.units,
            live: self.live - other.live,
            visible: self.visible - other.visible,
            foreign: self.foreign - other.foreign,
        }
    }

    pub(super) fn of(spans: &[Span]) -> Self {
        spans.iter().fold(Self::default(), |sum, span| sum.plus(span.counts()))
    }
}
