//! What becomes of structs whose parent is no type.
//!
//! Whether a parent is a type cannot be seen in an update alone: the parent may lie in another one,
//! which another client may not even have written yet. So the check lets such structs pass. Yjs
//! then puts a GC struct in their place (`Item.integrate`); yrs 0.28.1 gives up on the whole
//! update instead, and with it on every snapshot that contains it.

use super::decode::{Struct, Visitor, content, walk};
use super::{Depths, Refusal, check, part};
use crate::wire::Writer;

/// `update` with GC structs in place of all children of those units (client, clock) that are
/// `no_type`. Takes time in proportion to the bytes.
pub(crate) fn bury_children(
    update: &[u8],
    no_type: impl FnMut(u64, u32) -> bool,
) -> Result<Vec<u8>, Refusal> {
    let mut burial = Burial { no_type, update, copied: 0, writer: Writer::default() };
    walk(update, &mut burial)?;
    burial.writer.bytes(&update[burial.copied..]);
    Ok(burial.writer.into_vec())
}

/// An update that a log opens: without what lies too deep in types, and, if there are any, without
/// what builds on something that is missing. `None` if that is the update itself. For repairs only.
pub(super) fn flattened(update: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
    if !check(update, usize::MAX)?.nests {
        return Ok(None);
    }
    let parted = part(update, |_| 0)?;
    let ready = parted.as_ref().map_or(update, |parted| &parted.ready);
    let nothing = Depths::default();
    let measured = nothing.measure(ready, |_| 0)?.unwrap_or_default();
    let is_full = |client, clock| measured.is_full(&nothing, client, clock);
    bury_children(ready, is_full).map(Some)
}

struct Burial<'a, F> {
    no_type: F,
    update: &'a [u8],
    /// Everything before it was written.
    copied: usize,
    writer: Writer,
}

impl<'a, F: FnMut(u64, u32) -> bool> Visitor<'a> for Burial<'a, F> {
    fn block(&mut self, block: &Struct<'a>) {
        let parent = block.parent_unit();
        if !parent.is_some_and(|parent| (self.no_type)(parent.client, parent.clock)) {
            return;
        }
        self.writer.bytes(&self.update[self.copied..block.at]);
        self.writer.bytes(&[content::GC]);
        self.writer.var_uint(u64::from(block.len));
        self.copied = block.end_at();
    }

    fn delete(&mut self, _client: u64, _start: u32, _end: u32) {}
}
