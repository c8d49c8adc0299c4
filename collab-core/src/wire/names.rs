//! The list of channel names in `listed` (PROTOCOL section 7): `varUint(count) . varString(name)*`.

use super::{Reader, WireError, Writer};

/// What may be listed: the segments of the room's chat, and those of direct chats.
pub const LIST_PREFIXES: [&str; 2] = ["chat/", "dm/"];

/// Writes names as they stand in `listed`.
pub fn write_names<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.var_uint(names.len() as u64);
    names.for_each(|name| writer.var_string(name));
    writer.into_vec()
}

/// Reads what [`write_names`] wrote.
pub fn read_names(names: &[u8]) -> Result<Vec<&str>, WireError> {
    let mut reader = Reader::new(names);
    (0..reader.var_uint()?).map(|_| reader.var_string()).collect()
}

/// The names that come next, as they lie; what follows them stays in the reader.
pub(super) fn take_names<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], WireError> {
    let all = reader.rest();
    for _ in 0..reader.var_uint()? {
        reader.var_string()?;
    }
    Ok(&all[..all.len() - reader.rest().len()])
}
