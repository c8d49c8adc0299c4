//! The awareness update of y-protocols: `varUint(count) . (client . clock . json)*`.

use bytes::Bytes;

use super::{Reader, WireError, Writer};

/// One client's state at one clock. `json` is `"null"` where the client is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AwarenessEntry<'a> {
    /// The Yjs client ID that the state belongs to.
    pub client: u64,
    /// Grows with each change; a higher one replaces a lower one.
    pub clock: u64,
    /// The state as JSON text. Not parsed here.
    pub json: &'a str,
}

impl AwarenessEntry<'_> {
    /// Whether this entry says that the client is gone.
    pub fn is_removal(&self) -> bool {
        self.json == "null"
    }
}

/// Reads all entries of an awareness update.
pub fn read_awareness(bytes: &[u8]) -> Result<Vec<AwarenessEntry<'_>>, WireError> {
    let mut reader = Reader::new(bytes);
    let count = reader.var_uint()?;
    // Three bytes are the shortest entry, so a count is never trusted for more than is there.
    let mut entries = Vec::with_capacity((count as usize).min(reader.rest().len() / 3));
    for _ in 0..count {
        let client = reader.var_uint()?;
        let clock = reader.var_uint()?;
        entries.push(AwarenessEntry { client, clock, json: reader.var_string()? });
    }
    if reader.is_empty() { Ok(entries) } else { Err(WireError::Trailing) }
}

/// Writes an awareness update.
pub fn write_awareness<'a>(entries: impl ExactSizeIterator<Item = AwarenessEntry<'a>>) -> Bytes {
    let mut writer = Writer::with_capacity(16 + entries.len() * 128);
    writer.var_uint(entries.len() as u64);
    for entry in entries {
        writer.var_uint(entry.client);
        writer.var_uint(entry.clock);
        writer.var_string(entry.json);
    }
    writer.into_bytes()
}
