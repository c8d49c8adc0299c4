//! What becomes of structs whose parent is no type.
//!
//! Whether a parent is a type cannot be seen in an update alone: the parent may lie in another one,
//! which another client may not even have written yet. So the check lets such structs pass. Yjs
//! then puts a GC struct in their place (`Item.integrate`); yrs 0.28.1 gives up on the whole
//! update instead, and with it on every snapshot that contains it.

use super::decode::{Struct, Visitor, content, walk};
use super::places::Places;
use super::{Refusal, check, part};
use crate::wire::Writer;

/// `update` with GC structs in place of all children of those units (client, clock) that are
/// `no_type`. Takes time in proportion to the bytes.
pub(crate) fn bury_children(
    update: &[u8],
    mut no_type: impl FnMut(u64, u32) -> bool,
) -> Result<Vec<u8>, Refusal> {
    bury(update, |block| {
        block.parent_unit().is_some_and(|parent| no_type(parent.client, parent.clock))
    })
}

/// An update that a log opens: without what some reader does not survive (`places`), and, if there are
/// types in types, without what builds on something that is missing. `None` if that is the update itself.
/// For repairs only.
pub(super) fn survivable(update: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
    let nests = check(update, usize::MAX)?.nests;
    let parted = if nests { part(update, |_| 0)? } else { None };
    let ready = parted.as_ref().map_or(update, |parted| &parted.ready);
    let placed = Places::default().place(ready, |_| 0)?.unwrap_or_default();
    let faults = placed.faults();
    if parted.is_none() && faults.is_empty() {
        return Ok(None);
    }
    bury(ready, |block| faults.contains(&block.id)).map(Some)
}

fn bury(update: &[u8], is_buried: impl FnMut(&Struct<'_>) -> bool) -> Result<Vec<u8>, Refusal> {
    let mut burial = Burial { is_buried, update, copied: 0, writer: Writer::default() };
    walk(update, &mut burial)?;
    burial.writer.bytes(&update[burial.copied..]);
    Ok(burial.writer.into_vec())
}

struct Burial<'a, F> {
    is_buried: F,
    update: &'a [u8],
    /// Everything before it was written.
    copied: usize,
    writer: Writer,
}

impl<'a, F: FnMut(&Struct<'_>) -> bool> Visitor<'a> for Burial<'a, F> {
    fn block(&mut self, block: &Struct<'a>) {
        if !(self.is_buried)(block) {
            return;
        }
        self.writer.bytes(&self.update[self.copied..block.at]);
        self.writer.bytes(&[content::GC]);
        self.writer.var_uint(u64::from(block.len));
        self.copied = block.end_at();
    }

    fn delete(&mut self, _client: u64, _start: u32, _end: u32) {}
}
