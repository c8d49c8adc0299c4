//! Why an account did not do what it was asked.

use collab_rooms_api::{ErrorBody, ErrorCode};

/// What can go wrong with accounts. [`AccountError::body`] is what clients are told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// Nobody may have this name.
    #[error("nobody may have this name")]
    NameRefused,
    /// Somebody else has this name, or one that looks like it.
    #[error("the name is taken")]
    NameTaken,
    /// Nobody may have this password.
    #[error("nobody may have this password")]
    PasswordRefused,
    /// Unknown name or wrong password.
    #[error("unknown name or wrong password")]
    LoginRefused,
    /// No access token, a wrong or an expired one.
    #[error("the access token is missing, wrong or expired")]
    Unauthorized,
    /// A wrong, used or expired refresh token.
    #[error("the refresh token is wrong, used or expired")]
    RefreshRefused,
    /// The allowance is used up.
    #[error("too many attempts")]
    TooManyAttempts {
        /// When the next attempt is allowed.
        retry_after_ms: u64,
    },
    /// More passwords wait to be hashed than may.
    #[error("too many passwords wait to be hashed")]
    Overloaded,
    /// The environment failed: database, randomness.
    #[error("accounts are not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What clients are told to wait while too much is to be done.
const OVERLOADED_RETRY_MS: u64 = 2_000;

impl AccountError {
    /// The code that clients compare.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NameRefused => ErrorCode::NameRefused,
            Self::NameTaken => ErrorCode::NameTaken,
            Self::PasswordRefused => ErrorCode::PasswordRefused,
            Self::LoginRefused => ErrorCode::LoginRefused,
            Self::Unauthorized => ErrorCode::Unauthorized,
            Self::RefreshRefused => ErrorCode::RefreshRefused,
            Self::TooManyAttempts { .. } => ErrorCode::TooManyAttempts,
            Self::Overloaded => ErrorCode::Overloaded,
            Self::Unavailable(_) => ErrorCode::Unavailable,
        }
    }

    /// What clients are told. The cause of [`Self::Unavailable`] is not among it.
    pub fn body(&self) -> ErrorBody {
        let retry_after_ms = match self {
            Self::TooManyAttempts { retry_after_ms } => Some(*retry_after_ms),
            Self::Overloaded | Self::Unavailable(_) => Some(OVERLOADED_RETRY_MS),
            _ => None,
        };
        let code = self.code();
        ErrorBody { code, message: code.to_string(), retry_after_ms }
    }
}
