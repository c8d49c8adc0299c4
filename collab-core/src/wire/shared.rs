//! A document update encoded once for everybody who gets it.

use bytes::Bytes;

use super::{Dialect, Writer};

/// An *update* message as one buffer that serves both dialects and the store: the `collab.v1` frame
/// is all of it, the plain frame lacks the channel number, the update lacks the header.
#[derive(Clone, Debug)]
pub struct SharedUpdate {
    /// `varUint(channel) . varUint(0) . varUint(2) . varBytes(update)`
    buffer: Bytes,
    plain_at: u8,
    update_at: u8,
}

impl SharedUpdate {
    /// Encodes `update` for the channel with this number, copying it once.
    pub fn new(channel: u64, update: &[u8]) -> Self {
        let mut writer = Writer::with_capacity(update.len() + 16);
        writer.var_uint(channel);
        let plain_at = writer.len() as u8;
        writer.bytes(&[0, 2]);
        writer.var_uint(update.len() as u64);
        let update_at = writer.len() as u8;
        writer.bytes(update);
        Self { buffer: writer.into_bytes(), plain_at, update_at }
    }

    /// The frame for a connection that speaks `dialect`.
    pub fn frame(&self, dialect: Dialect) -> Bytes {
        match dialect {
            Dialect::Plain => self.buffer.slice(usize::from(self.plain_at)..),
            Dialect::V1 => self.buffer.clone(),
        }
    }

    /// The update alone.
    pub fn update(&self) -> Bytes {
        self.buffer.slice(usize::from(self.update_at)..)
    }
}

impl AsRef<[u8]> for SharedUpdate {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[usize::from(self.update_at)..]
    }
}
