//! The identity of a message in a conversation, and what is told about it.

use std::fmt;
use std::str::FromStr;

use super::UnitId;

/// A message of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId {
    /// In which segment.
    pub segment: u32,
    /// Under which client ID it was written.
    pub client: u64,
    /// Which unit of that.
    pub clock: u32,
}

/// Text that is no message's ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a message's ID")]
pub struct MessageIdError;

impl MessageId {
    /// Its unit in the segment.
    pub const fn unit(self) -> UnitId {
        UnitId { client: self.client, clock: self.clock }
    }
}

impl UnitId {
    /// The same in its conversation.
    pub const fn in_segment(self, segment: u32) -> MessageId {
        MessageId { segment, client: self.client, clock: self.clock }
    }
}

impl fmt::Display for MessageId {
    /// `segment.client.clock`, in decimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.segment, self.client, self.clock)
    }
}

impl FromStr for MessageId {
    type Err = MessageIdError;

    fn from_str(id: &str) -> Result<Self, MessageIdError> {
        fn number<T: FromStr>(part: Option<&str>) -> Result<T, MessageIdError> {
            part.and_then(|part| part.parse().ok()).ok_or(MessageIdError)
        }
        let mut parts = id.splitn(3, '.');
        Ok(Self {
            segment: number(parts.next())?,
            client: number(parts.next())?,
            clock: number(parts.next())?,
        })
    }
}

/// What differs from before, for who shows a conversation. A message may be named more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// A message is there, anywhere in the order.
    Added(MessageId),
    /// Its text, its reactions or its pending mark.
    Changed(MessageId),
    /// It is gone.
    Removed(MessageId),
    /// More than can be told one by one: look at everything again.
    Reset,
}
