//! A stored update and the index of what lies where in it.

use bytes::Bytes;

use super::Refusal;
use super::ids::StateVector;
use super::index::Index;
use crate::wire::Writer;

/// Everything up to some point as one update, ready to be diffed. Making one reads all of the
/// update: that belongs off the connection tasks.
#[derive(Clone, Debug)]
pub struct Snapshot<U = Bytes> {
    update: U,
    index: Index,
}

impl<U: AsRef<[u8]>> Snapshot<U> {
    /// Reads an update of fewer than 4 GiB, and keeps it as it is.
    pub fn new(update: U) -> Result<Self, Refusal> {
        let index = Index::of(update.as_ref())?;
        Ok(Self { update, index })
    }

    /// The update.
    pub const fn update(&self) -> &U {
        &self.update
    }

    /// The structs that `known` lacks, with an empty delete set. Takes time in proportion to the
    /// result and the number of clients.
    pub fn diff_structs(&self, known: &StateVector) -> Result<Bytes, Refusal> {
        let mut writer = Writer::with_capacity(256);
        self.write_missing_structs(known, &mut writer)?;
        writer.var_uint(0);
        Ok(writer.into_bytes())
    }

    /// Writes the structs that `known` lacks: `varUint(sections) . section*`. Returns the number of
    /// sections.
    pub(super) fn write_missing_structs(
        &self,
        known: &StateVector,
        writer: &mut Writer,
    ) -> Result<usize, Refusal> {
        self.index.write_missing_structs(self.update.as_ref(), known, writer)
    }
}
