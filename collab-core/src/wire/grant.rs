//! What a connection may do: who somebody is, and the sizes that a relay accepts.

use super::{Reader, WireError, Writer};

/// What a user may do in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Sees everything, changes nothing but its own presence.
    Read = 0,
    /// Reads and writes.
    Write = 1,
}

/// Who somebody is and what they may do, as an authorizer decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The user's ID; empty for an anonymous guest.
    pub user: String,
    /// What the user is called, where the authorizer decides that; empty where they say it themselves.
    pub name: String,
    /// What they may do in this room.
    pub access: Access,
    /// Unix time in ms at which the grant ends; 0 for never.
    pub expires_at_ms: u64,
}

/// What a relay accepts from one connection, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "names, units and defaults are those of PROTOCOL section 5")]
pub struct Limits {
    pub frame_max_bytes: u64,
    pub update_max_bytes: u64,
    pub awareness_max_bytes: u64,
    pub signal_max_bytes: u64,
}

impl Access {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        match reader.var_uint()? {
            0 => Ok(Self::Read),
            1 => Ok(Self::Write),
            _ => Err(WireError::Field),
        }
    }
}

impl Grant {
    /// Anybody may write, for ever: what an open relay grants.
    pub const fn open() -> Self {
        Self { user: String::new(), name: String::new(), access: Access::Write, expires_at_ms: 0 }
    }

    /// Without its name, which came later and stands at the end of its messages.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self {
            user: reader.var_string()?.to_owned(),
            name: String::new(),
            access: Access::read(reader)?,
            expires_at_ms: reader.var_uint()?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.var_string(&self.user);
        writer.var_uint(self.access as u64);
        writer.var_uint(self.expires_at_ms);
    }
}

/// A grant's name; relays from before it say none.
pub(super) fn read_name(reader: &mut Reader<'_>) -> Result<String, WireError> {
    if reader.is_empty() { Ok(String::new()) } else { Ok(reader.var_string()?.to_owned()) }
}

impl Limits {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self {
            frame_max_bytes: reader.var_uint()?,
            update_max_bytes: reader.var_uint()?,
            awareness_max_bytes: reader.var_uint()?,
            signal_max_bytes: reader.var_uint()?,
        })
    }

    pub(super) fn write(self, writer: &mut Writer) {
        writer.var_uint(self.frame_max_bytes);
        writer.var_uint(self.update_max_bytes);
        writer.var_uint(self.awareness_max_bytes);
        writer.var_uint(self.signal_max_bytes);
    }
}
