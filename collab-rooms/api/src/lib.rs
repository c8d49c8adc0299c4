//! What `collab-rooms` says over HTTP: the bodies of `/api/accounts/...`, and what errors mean.
//!
//! Server and clients share these types; how the calls go together is told in
//! `collab-rooms/README.md`. [`sign_in::SignIn`] makes them, for programs and pages alike. With the
//! feature `client` there is a `Client` for programs on tokio, which keeps one signed in.

mod call;
#[cfg(feature = "client")]
mod client;
mod error;
#[cfg(feature = "client")]
mod file;
mod keep;
mod secret;
pub mod sign_in;
#[cfg(feature = "client")]
mod task;

pub use call::{Answer, Call, CallError};
#[cfg(feature = "client")]
pub use client::Client;
pub use error::{ErrorBody, ErrorCode};
#[cfg(feature = "client")]
pub use file::{AccountFile, Kept};
pub use keep::Keep;
pub use secret::Secret;
#[cfg(feature = "client")]
pub use task::{Events, Handle, keep_signed_in};

use serde::{Deserialize, Serialize};

/// An account, as everybody may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Stays the same for ever: `u` and ten of `[a-z0-9]`.
    pub id: String,
    /// What people call it; may change.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

impl Account {
    /// Whether it is one as servers make them, so that nothing else comes near a terminal or a relay.
    fn is_sound(&self) -> bool {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        (1..=64).contains(&self.name.len())
            && self.name.chars().all(is_name)
            && (1..=22).contains(&self.id.len())
            && self.id.chars().all(is_id)
    }
}

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Has no password yet: lost with its refresh token.
    Guest,
    /// Can log in.
    Member,
    /// Looks after the others.
    Admin,
}

/// Who one is now, and what proves it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedIn {
    /// The account.
    pub account: Account,
    /// For the relay's `hello` and the header `Authorization: Bearer`; valid for minutes.
    pub access_token: Secret,
    /// Unix time in ms at which the access token ends.
    pub access_expires_at_ms: u64,
    /// Buys the next access token, once. Absent where the one that the client has stays valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
}

/// `POST login`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Upper and lower case do not matter.
    pub name: String,
    /// As it was set.
    pub password: Secret,
}

/// `POST refresh` and `POST logout`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The newest that the client has.
    pub refresh_token: Secret,
}

/// `POST password`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetPassword {
    /// 8 to 256 bytes without control characters.
    pub password: Secret,
}

/// `POST name`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetName {
    /// 2 to 24 of `[A-Za-z0-9_.-]`, the first and the last a letter or a digit.
    pub name: String,
}
