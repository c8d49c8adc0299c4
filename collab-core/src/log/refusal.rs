//! Why bytes are not an update that may be stored and forwarded.

use crate::wire::ErrorCode;

/// A refused update. Each variant names what a reader would choke on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// More bytes than `update_max_bytes`.
    #[error("update is too large")]
    TooLarge,
    /// Ends inside a value, or a length points beyond the end.
    #[error("update ends inside a value")]
    Truncated,
    /// Bytes after the delete set.
    #[error("bytes after the end of the update")]
    Trailing,
    /// An integer that is out of range or not in its shortest form.
    #[error("integer out of range")]
    Integer,
    /// A string that is not UTF-8.
    #[error("string is not UTF-8")]
    Utf8,
    /// A content, type or value tag that no common reader knows.
    #[error("unknown tag {0}")]
    UnknownTag(u8),
    /// A struct, a client's section or a range without length.
    #[error("empty struct or section")]
    Empty,
    /// Two sections for one client.
    #[error("two sections for one client")]
    DuplicateClient,
    /// Content that yjs or yrs reads wrongly: ContentJSON, XML hooks, moves, weak links.
    #[error("content kind {0} is not read alike by all implementations")]
    Unportable(u8),
    /// A value, or a type in types, nested deeper than `nesting_max`.
    #[error("value or type nested too deeply")]
    Nesting,
    /// Format or embed text that is not JSON.
    #[error("formatting or embed is not JSON")]
    Json,
    /// Several units below one key of a map.
    #[error("map entry of more than one unit")]
    LongEntry,
    /// A struct that names itself, or a later struct of its own client, as its neighbour or parent.
    #[error("struct depends on itself")]
    SelfReference,
    /// A struct between units that lie in different places, in what is no type, or elsewhere than was
    /// told before.
    #[error("struct in no place, or in two")]
    Misplaced,
    /// It builds on something that is not here.
    #[error("update builds on what is missing")]
    Early,
}

impl Refusal {
    /// Its code on the wire (PROTOCOL section 6).
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::TooLarge => ErrorCode::UpdateTooLarge,
            Self::Early => ErrorCode::UpdateEarly,
            Self::Unportable(_)
            | Self::Nesting
            | Self::LongEntry
            | Self::SelfReference
            | Self::Misplaced => ErrorCode::UpdateUnsafe,
            _ => ErrorCode::UpdateMalformed,
        }
    }
}
