//! An update as a chat may hold it: runs of units, one per client ID, and deletions.

use std::collections::BTreeMap;

use crate::log::{Reader, Refusal, Struct, Visitor, check, content, info, skip_any, walk};
use crate::sync::ReplicaError;

use super::super::unit::ROOT_ARRAY;

/// Why a segment does not take an update. An honest relay sends none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// Not an update.
    #[error(transparent)]
    Update(#[from] Refusal),
    /// Structs of another shape than a chat's.
    #[error("not the shape of a chat")]
    Shape,
    /// Units before these are missing.
    #[error("units before these are missing")]
    Gap,
}

impl From<SegmentError> for ReplicaError {
    fn from(error: SegmentError) -> Self {
        Self::Update(error.into())
    }
}

/// Units of one client that lie in one struct.
pub(super) struct Piece<'a> {
    pub(super) client: u64,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Values without their count; `None` where they are deleted.
    pub(super) values: Option<&'a [u8]>,
}

/// Deleted units of one client.
pub(super) struct Deleted {
    pub(super) client: u64,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// What an update says, checked.
pub(super) struct Pieces<'a> {
    pub(super) pieces: Vec<Piece<'a>>,
    pub(super) deletions: Vec<Deleted>,
}

impl<'a> Pieces<'a> {
    /// Reads all of `update`; `known` tells how many units of a client are here.
    pub(super) fn read(update: &'a [u8], known: impl Fn(u64) -> u32) -> Result<Self, SegmentError> {
        check(update, usize::MAX)?;
        let pieces = Self { pieces: Vec::new(), deletions: Vec::new() };
        let mut reading = Reading { pieces, known, ends: BTreeMap::new(), error: None };
        walk(update, &mut reading)?;
        reading.error.map_or(Ok(reading.pieces), Err)
    }
}

struct Reading<'a, F> {
    pieces: Pieces<'a>,
    known: F,
    /// Per client that the update has units of: how many there will be.
    ends: BTreeMap<u64, u32>,
    error: Option<SegmentError>,
}

impl<F: Fn(u64) -> u32> Reading<'_, F> {
    fn fail(&mut self, error: SegmentError) {
        self.error.get_or_insert(error);
    }
}

impl<'a, F: Fn(u64) -> u32> Visitor<'a> for Reading<'a, F> {
    fn block(&mut self, block: &Struct<'a>) {
        if block.info == content::SKIP {
            return;
        }
        if !has_shape(block) {
            self.fail(SegmentError::Shape);
        }
        let (client, start, end) = (block.id.client, block.id.clock, block.end());
        let known = self.ends.entry(client).or_insert_with(|| (self.known)(client));
        let gap = start > *known;
        *known = end.max(*known);
        if gap {
            self.fail(SegmentError::Gap);
        }
        let values = (block.kind() == content::ANY).then_some(block.payload);
        self.pieces.pieces.push(Piece { client, start, end, values });
    }

    fn delete(&mut self, client: u64, start: u32, end: u32) {
        let known = self.ends.get(&client).copied().unwrap_or_else(|| (self.known)(client));
        if end > known {
            self.fail(SegmentError::Gap);
        }
        self.pieces.deletions.push(Deleted { client, start, end });
    }
}

/// Whether a struct is what a chat is made of: the run of one client in the root array.
pub(crate) fn has_shape(block: &Struct<'_>) -> bool {
    match block.kind() {
        content::GC => true,
        content::ANY | content::DELETED => {
            block.info & info::KEY == 0 && block.right_origin.is_none() && has_place(block)
        }
        _ => false,
    }
}

fn has_place(block: &Struct<'_>) -> bool {
    let id = block.id;
    match (id.clock.checked_sub(1), block.origin) {
        (None, None) => is_root(block.parent),
        (Some(before), Some(origin)) => origin.client == id.client && origin.clock == before,
        _ => false,
    }
}

/// Whether a parent, as it lies, is the array of a chat: `varUint(1) . varString(name)`.
fn is_root(parent: &[u8]) -> bool {
    let mut reader = Reader::new(parent);
    reader.uint() == Ok(1) && reader.string() == Ok(ROOT_ARRAY) && reader.rest().is_empty()
}

/// The values of one struct, one after the other.
pub(crate) fn values(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut reader = Reader::new(raw);
    std::iter::from_fn(move || {
        let start = reader.rest();
        // Checked with the update.
        skip_any(&mut reader).ok().map(|()| reader.since(start))
    })
}
