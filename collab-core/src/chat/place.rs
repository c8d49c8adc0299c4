//! Where one chats, and the channels that hold it (PROTOCOL section 7).

use std::fmt;

use super::UserId;

/// Channel of those who chat: presence only.
pub const PRESENCE_CHANNEL: &str = "chat";

/// What the names of all segments of the room's chat begin with.
pub const ROOM_PREFIX: &str = "chat/";

/// What the names of all segments of direct chats begin with.
pub const DIRECT_PREFIX: &str = "dm/";

/// A segment's number has at most so many digits.
const NUMBER_MAX_DIGITS: usize = 8;

/// A conversation, as one of its users calls it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Everybody in the room.
    Room,
    /// Oneself and this user.
    Direct(UserId),
}

/// A conversation, as all call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chat {
    /// Everybody in the room.
    Room,
    /// These two, in ascending order.
    Direct(UserId, UserId),
}

/// One segment of a conversation: a channel of the room.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentName {
    /// Of which conversation.
    pub chat: Chat,
    /// Segments follow each other by number, from 0 on.
    pub number: u32,
}

impl Chat {
    /// What `own` calls `place`. `None` for a direct chat with oneself, which does not exist.
    pub fn of(place: &Place, own: &UserId) -> Option<Self> {
        match place {
            Place::Room => Some(Self::Room),
            Place::Direct(other) if other == own => None,
            Place::Direct(other) if other < own => Some(Self::Direct(other.clone(), own.clone())),
            Place::Direct(other) => Some(Self::Direct(own.clone(), other.clone())),
        }
    }

    /// Whether `user` may read and write it. Nobody else may learn whether it exists.
    pub fn admits(&self, user: &str) -> bool {
        match self {
            Self::Room => true,
            Self::Direct(a, b) => a.as_str() == user || b.as_str() == user,
        }
    }

    /// What `own` calls it; `None` if it is that of two others.
    pub fn place(&self, own: &UserId) -> Option<Place> {
        match self {
            Self::Room => Some(Place::Room),
            Self::Direct(a, b) if a == own => Some(Place::Direct(b.clone())),
            Self::Direct(a, b) if b == own => Some(Place::Direct(a.clone())),
            Self::Direct(..) => None,
        }
    }
}

impl SegmentName {
    /// Reads a channel's name; `None` if it is no segment's.
    pub fn parse(channel: &str) -> Option<Self> {
        if let Some(number) = channel.strip_prefix(ROOM_PREFIX) {
            return Some(Self { chat: Chat::Room, number: parse_number(number)? });
        }
        let mut parts = channel.strip_prefix(DIRECT_PREFIX)?.split('/');
        let (first, second, number) = (parts.next()?, parts.next()?, parts.next()?);
        if first >= second || parts.next().is_some() {
            return None;
        }
        let chat = Chat::Direct(UserId::new(first).ok()?, UserId::new(second).ok()?);
        Some(Self { chat, number: parse_number(number)? })
    }
}

impl fmt::Display for SegmentName {
    /// The channel's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.chat {
            Chat::Room => write!(f, "{ROOM_PREFIX}{}", self.number),
            Chat::Direct(a, b) => write!(f, "{DIRECT_PREFIX}{a}/{b}/{}", self.number),
        }
    }
}

/// Decimal without leading zeros.
fn parse_number(digits: &str) -> Option<u32> {
    let canonical = digits == "0" || !digits.starts_with('0');
    let decimal = digits.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=NUMBER_MAX_DIGITS).contains(&digits.len());
    if canonical && decimal && fits { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_segments_are_read_as_they_are_written() {
        for name in ["chat/0", "chat/12345678", "dm/ada/bob/7", "dm/-/_/10"] {
            assert_eq!(SegmentName::parse(name).map(|n| n.to_string()).as_deref(), Some(name));
        }
    }

    #[test]
    fn other_names_are_no_segments() {
        let names = "chat chat/ chat/01 chat/+1 chat/123456789 chat/1/2 dm/a/b dm/b/a/0 dm/a/a/0 \
                     dm/a/b/0/0 dm//b/0 dm/a/B/0 doc";
        for name in names.split_whitespace() {
            assert_eq!(SegmentName::parse(name), None, "{name}");
        }
    }
}
