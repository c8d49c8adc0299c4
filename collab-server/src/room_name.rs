//! A room's name, checked once at the border.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use collab_core::wire::is_room_name;

/// The name of a room, percent-decoded: 1 to 256 bytes without control characters
/// (PROTOCOL section 1). Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomName(Arc<str>);

/// A name that no room may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a room name has 1 to 256 bytes and no control characters; this one has {len_bytes} bytes")]
pub struct RoomNameError {
    /// Length of what was given.
    pub len_bytes: usize,
}

impl RoomName {
    /// The name, if it is one.
    pub fn new(name: &str) -> Result<Self, RoomNameError> {
        if is_room_name(name) {
            Ok(Self(name.into()))
        } else {
            Err(RoomNameError { len_bytes: name.len() })
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for RoomName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
