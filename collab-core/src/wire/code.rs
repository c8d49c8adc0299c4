//! The codes of PROTOCOL section 6.

/// What went wrong, as a number on the wire. The only list of errors that both sides share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names and meanings are those of PROTOCOL section 6")]
pub enum ErrorCode {
    Malformed = 10,
    Unexpected = 11,
    UnsupportedVersion = 12,
    UpdateMalformed = 20,
    UpdateUnsafe = 21,
    UpdateEarly = 22,
    Unauthorized = 30,
    Forbidden = 31,
    ReadOnly = 32,
    NotAuthor = 33,
    ChatRefused = 34,
    RateLimited = 35,
    NameTaken = 36,
    NameRefused = 37,
    UpdateTooLarge = 40,
    RoomFull = 41,
    AwarenessRefused = 42,
    SignalRefused = 43,
    TooManyChannels = 44,
    ChannelUnknown = 45,
    StoreUnavailable = 50,
    Quarantined = 51,
    Overloaded = 60,
    Internal = 61,
}

/// A WebSocket close code that a relay sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// The relay shuts down.
    pub const GOING_AWAY: Self = Self(1001);
    /// A frame or update is too large.
    pub const TOO_LARGE: Self = Self(1009);
    /// A fault of the relay.
    pub const INTERNAL: Self = Self(1011);
    /// Read too slowly, silent for too long, or the relay is overloaded: retry later.
    pub const TRY_LATER: Self = Self(1013);
    /// The peer broke the protocol.
    pub const PROTOCOL: Self = Self(4400);
    /// Token missing, invalid or expired.
    pub const UNAUTHORIZED: Self = Self(4401);
    /// Not allowed in this room.
    pub const FORBIDDEN: Self = Self(4403);
    /// No `hello`.
    pub const TIMEOUT: Self = Self(4408);
    /// The room's stored bytes failed verification.
    pub const QUARANTINED: Self = Self(4423);

    /// Whether a client must not retry by itself (y-websocket 3.1 treats 4400-4499 so).
    pub const fn is_final(self) -> bool {
        matches!(self.0, 4400..=4499)
    }
}

impl ErrorCode {
    const ALL: [Self; 24] = [
        Self::Malformed,
        Self::Unexpected,
        Self::UnsupportedVersion,
        Self::UpdateMalformed,
        Self::UpdateUnsafe,
        Self::UpdateEarly,
        Self::Unauthorized,
        Self::Forbidden,
        Self::ReadOnly,
        Self::NotAuthor,
        Self::ChatRefused,
        Self::RateLimited,
        Self::NameTaken,
        Self::NameRefused,
        Self::UpdateTooLarge,
        Self::RoomFull,
        Self::AwarenessRefused,
        Self::SignalRefused,
        Self::TooManyChannels,
        Self::ChannelUnknown,
        Self::StoreUnavailable,
        Self::Quarantined,
        Self::Overloaded,
        Self::Internal,
    ];

    /// The code with this number.
    pub fn from_u64(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|code| *code as u64 == number)
    }

    /// The name that PROTOCOL lists; the same in TypeScript, logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unexpected => "unexpected",
            Self::UnsupportedVersion => "unsupported_version",
            Self::UpdateMalformed => "update_malformed",
            Self::UpdateUnsafe => "update_unsafe",
            Self::UpdateEarly => "update_early",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::ReadOnly => "read_only",
            Self::NotAuthor => "not_author",
            Self::ChatRefused => "chat_refused",
            Self::RateLimited => "rate_limited",
            Self::NameTaken => "name_taken",
            Self::NameRefused => "name_refused",
            Self::UpdateTooLarge => "update_too_large",
            Self::RoomFull => "room_full",
            Self::AwarenessRefused => "awareness_refused",
            Self::SignalRefused => "signal_refused",
            Self::TooManyChannels => "too_many_channels",
            Self::ChannelUnknown => "channel_unknown",
            Self::StoreUnavailable => "store_unavailable",
            Self::Quarantined => "quarantined",
            Self::Overloaded => "overloaded",
            Self::Internal => "internal",
        }
    }

    /// The close code that ends a `collab.v1` connection, if this error ends it.
    pub const fn close(self) -> Option<CloseCode> {
        match self {
            Self::Malformed | Self::Unexpected | Self::UnsupportedVersion => {
                Some(CloseCode::PROTOCOL)
            }
            Self::Unauthorized => Some(CloseCode::UNAUTHORIZED),
            Self::Forbidden | Self::NameTaken | Self::NameRefused => Some(CloseCode::FORBIDDEN),
            Self::Quarantined => Some(CloseCode::QUARANTINED),
            Self::Overloaded => Some(CloseCode::TRY_LATER),
            Self::Internal => Some(CloseCode::INTERNAL),
            _ => None,
        }
    }

    /// The close code that ends a plain connection, which cannot be told otherwise; `None` where
    /// the message is only dropped.
    pub const fn close_plain(self) -> Option<CloseCode> {
        match self {
            Self::AwarenessRefused => None,
            Self::ReadOnly => Some(CloseCode::FORBIDDEN),
            Self::UpdateTooLarge | Self::RoomFull => Some(CloseCode::TOO_LARGE),
            Self::StoreUnavailable | Self::UpdateEarly => Some(CloseCode::TRY_LATER),
            _ => match self.close() {
                Some(code) => Some(code),
                None => Some(CloseCode::PROTOCOL),
            },
        }
    }
}
