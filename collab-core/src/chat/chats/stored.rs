//! What is kept offline: what the relay may not have yet, and what was read.
//!
//! `varUint(version = 1) . varUint(segments) . (varString(channel) . varBytes(read mark) .
//! varBytes(own units) . released clocks . unacknowledged clocks)*`, clocks as in a state vector.

use super::super::SegmentName;
use super::super::segment::Unsaved;
use super::Chats;
use crate::log::Refusal;
use crate::wire::{Reader, WireError, Writer};

const VERSION: u64 = 1;

/// Why stored bytes were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoredError {
    /// They end too early, or are none of these.
    #[error("not what was stored")]
    Malformed(#[from] WireError),
    /// A unit or clock in them cannot be read.
    #[error("not what was stored: {0}")]
    Update(#[from] Refusal),
    /// Written by a later version.
    #[error("version {0} is not known")]
    Version(u64),
}

impl Chats {
    /// What to keep offline.
    pub fn export(&self) -> Vec<u8> {
        let mut segments = Writer::default();
        let mut count = 0;
        for conversation in self.conversations.values() {
            let newest = conversation.newest_number();
            for (&number, held) in &conversation.segments {
                let unsaved = held.segment.export();
                let mark = held.segment.read_mark();
                if unsaved.is_empty() && (number != newest || mark == [0]) {
                    continue;
                }
                count += 1;
                segments.var_string(&held.channel);
                segments.var_bytes(&mark);
                segments.var_bytes(&unsaved.update);
                segments.var_bytes(&unsaved.released);
                segments.var_bytes(&unsaved.unacknowledged);
            }
        }
        let mut writer = Writer::with_capacity(segments.len() + 16);
        writer.var_uint(VERSION);
        writer.var_uint(count);
        writer.bytes(segments.as_slice());
        writer.into_vec()
    }

    /// Takes back what [`Chats::export`] gave, before the session starts, under a new client ID.
    /// What other users had written there is not taken.
    pub fn import(&mut self, stored: &[u8]) -> Result<(), StoredError> {
        let mut reader = Reader::new(stored);
        let version = reader.var_uint()?;
        if version != VERSION {
            return Err(StoredError::Version(version));
        }
        self.remembers = true;
        for _ in 0..reader.var_uint()? {
            let channel = reader.var_string()?;
            let mark = reader.var_bytes()?;
            let unsaved = Unsaved {
                update: reader.var_bytes()?.to_vec(),
                released: reader.var_bytes()?.to_vec(),
                unacknowledged: reader.var_bytes()?.to_vec(),
            };
            self.import_segment(channel, mark, &unsaved)?;
        }
        Ok(())
    }

    fn import_segment(
        &mut self,
        channel: &str,
        mark: &[u8],
        unsaved: &Unsaved,
    ) -> Result<(), StoredError> {
        let Some(name) = SegmentName::parse(channel) else { return Ok(()) };
        let Some(place) = self.place_of(&name.chat) else { return Ok(()) };
        self.want(&place, name.number, false);
        let conversation = self.conversation_mut(&place);
        let Some(segment) = conversation.and_then(|c| c.segment_mut(name.number)) else {
            return Ok(());
        };
        segment.import(unsaved)?;
        segment.set_read_mark(mark)?;
        Ok(())
    }
}
