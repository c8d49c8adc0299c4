//! What went wrong, as a code that programs compare.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// For programs.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
    /// When trying again may help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// Why a request was refused. Codes stay what they are; new ones may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// The body is not the JSON that was expected, or too long.
    InvalidRequest,
    /// Nobody may have this name.
    NameRefused,
    /// Somebody else has this name, or one that looks like it.
    NameTaken,
    /// Nobody may have this password: too short, too long, or with control characters.
    PasswordRefused,
    /// The name is unknown or the password is wrong; which of them is not said.
    LoginRefused,
    /// The access token is missing, wrong or expired: refresh it.
    Unauthorized,
    /// The refresh token is wrong, expired or was used before: log in.
    RefreshRefused,
    /// Too many attempts for this account or from this address.
    TooManyAttempts,
    /// Too much to do now.
    Overloaded,
    /// The database is out of reach, or a fault of ours.
    Unavailable,
    /// A code that this version does not know.
    #[serde(other)]
    Unknown,
}

impl ErrorCode {
    /// The HTTP status that goes with it.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest | Self::NameRefused | Self::PasswordRefused | Self::Unknown => 400,
            Self::LoginRefused | Self::Unauthorized | Self::RefreshRefused => 401,
            Self::NameTaken => 409,
            Self::TooManyAttempts => 429,
            Self::Overloaded | Self::Unavailable => 503,
        }
    }

    /// What people are told.
    pub const fn message(self) -> &'static str {
        match self {
            Self::InvalidRequest => "the request is not understood",
            Self::NameRefused => {
                "a name has 2 to 24 letters a-z, digits, '_', '-' or '.', and a letter or digit at both ends"
            }
            Self::NameTaken => "this name, or one that looks like it, is taken",
            Self::PasswordRefused => "a password has 8 to 256 bytes and no control characters",
            Self::LoginRefused => "unknown name or wrong password",
            Self::Unauthorized => "sign in first",
            Self::RefreshRefused => "signed out: log in again",
            Self::TooManyAttempts => "too many attempts: wait a little",
            Self::Overloaded => "too busy: try again",
            Self::Unavailable => "not available now: try again",
            Self::Unknown => "refused",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}
