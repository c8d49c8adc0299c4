//! What somebody has deleted, to be compared with what somebody else has.

use super::Refusal;
use super::decode::{Struct, Visitor, walk};
use super::digest::{Differing, Digest};
use super::ids::{IdSet, Span};
use crate::wire::Writer;

/// A set of deleted units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deletions(IdSet);

impl Deletions {
    /// Reads an update's delete set alone: `varUint(clients) . (varUint(client) . varUint(ranges) .
    /// (varUint(clock) . varUint(length))*)*`.
    pub fn read(delete_set: &[u8]) -> Result<Self, Refusal> {
        // With no structs before it, it is an update.
        let parts = Parts::of(&[&[0], delete_set].concat())?;
        Ok(Self(parts.deletes()))
    }

    /// Hashes them under a key that must be random and new.
    pub fn digest(&self, key: [u8; 16]) -> Digest {
        Digest::new(&self.0, key)
    }

    /// Those that the other side has too, after it compared `digest`, which was made of these.
    #[must_use]
    pub fn shared(&self, digest: &Digest, differing: &Differing) -> Self {
        Self(digest.shared(differing, &self.0))
    }

    /// `update` without these deletions.
    pub fn removed_from(&self, update: &[u8]) -> Result<Vec<u8>, Refusal> {
        let parts = Parts::of(update)?;
        let mut writer = Writer::with_capacity(parts.structs_end + 64);
        writer.bytes(&update[..parts.structs_end]);
        parts.deletes().minus(&self.0).write_delete_set(&mut writer);
        Ok(writer.into_vec())
    }
}

/// An update's delete set as it lies.
pub(crate) fn delete_set(update: &[u8]) -> Result<&[u8], Refusal> {
    Ok(&update[Parts::of(update)?.structs_end..])
}

/// An update's delete set, and where its structs end.
struct Parts {
    structs_end: usize,
    deletes: Vec<Span>,
}

impl Parts {
    fn of(update: &[u8]) -> Result<Self, Refusal> {
        // Without structs, a single 0 says so.
        let mut parts = Self { structs_end: 1, deletes: Vec::new() };
        walk(update, &mut parts)?;
        Ok(parts)
    }

    fn deletes(&self) -> IdSet {
        let mut deletes = IdSet::default();
        deletes.extend(self.deletes.iter().copied());
        deletes
    }
}

impl<'a> Visitor<'a> for Parts {
    fn block(&mut self, block: &Struct<'a>) {
        self.structs_end = block.end_at();
    }

    fn delete(&mut self, client: u64, start: u32, end: u32) {
        self.deletes.push(Span { client, start, end });
    }
}
