//! Who somebody is: user IDs, and how an open relay makes one of a guest's secret.
//!
//! The same code runs in the relay, which gives grants, and in clients, which know before they are
//! connected who they will be.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// Longest user ID in bytes: two of them and a number fit into a channel's name.
pub const USER_ID_MAX_BYTES: usize = 22;

/// Characters of an ID that come from a secret or a key: 75 bits.
const HASH_DIGITS: usize = 15;

/// A user: 1 to 22 bytes of `[a-z0-9_-]` (PROTOCOL section 7).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Arc<str>);

/// Text that names no user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a user ID: 1 to 22 bytes of a-z, 0-9, _ and -")]
pub struct UserIdError;

impl UserId {
    /// Checks an ID.
    pub fn new(id: &str) -> Result<Self, UserIdError> {
        let is_allowed = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        let fits = (1..=USER_ID_MAX_BYTES).contains(&id.len()) && id.bytes().all(is_allowed);
        if fits { Ok(Self(id.into())) } else { Err(UserIdError) }
    }

    /// Who an open relay takes the holder of `token` for; `None` without a token, since that holder
    /// may only read. Whoever knows the token is this user, so it must be secret and random:
    /// [`guest_token`].
    pub fn of_guest(token: &str) -> Option<Self> {
        if token.is_empty() {
            return None;
        }
        let mut id = base32(&Sha256::digest(token.as_bytes()), HASH_DIGITS);
        id.insert(0, 'g');
        Some(Self(id.into()))
    }

    /// Who signs with this Ed25519 key, where peers meet without a relay.
    pub fn of_key(key: &[u8; 32]) -> Self {
        let mut id = base32(&Sha256::digest(key), HASH_DIGITS);
        id.insert(0, 'k');
        Self(id.into())
    }

    /// The ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserId {
    type Err = UserIdError;

    fn from_str(id: &str) -> Result<Self, UserIdError> {
        Self::new(id)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for UserId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A guest's token, made of the caller's randomness: drawn once, kept secret, and kept.
pub fn guest_token(random: [u8; 20]) -> String {
    base32(&random, 32)
}

/// The first `digits` digits of RFC 4648 base32 in lower case; `bytes` has at least as many.
fn base32(bytes: &[u8], digits: usize) -> String {
    const ALPHABET: [u8; 32] = *b"abcdefghijklmnopqrstuvwxyz234567";
    let (mut text, mut bits, mut count) = (String::with_capacity(1 + digits), 0u32, 0);
    for &byte in bytes {
        (bits, count) = (bits << 8 | u32::from(byte), count + 8);
        while count >= 5 && text.len() < digits {
            count -= 5;
            text.push(char::from(ALPHABET[(bits >> count & 31) as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_the_hash_of_their_token() {
        // printf secret | sha256sum | xxd -r -p | base32 | tr A-Z a-z
        let guest = UserId::of_guest("secret").expect("a token");
        assert_eq!(guest.as_str(), "gfo4a2u33dwr6hc6");
        assert_eq!(UserId::new(guest.as_str()), Ok(guest));
        assert_eq!(UserId::of_guest(""), None);
    }

    #[test]
    fn base32_is_that_of_the_rfc() {
        assert_eq!(base32(b"foobar", 9), "mzxw6ytbo");
        assert_eq!(guest_token([0xff; 20]), "7".repeat(32));
    }

    #[test]
    fn only_names_that_fit_a_channel_are_users() {
        for id in ["", "Ada", "a b", "a/b", "ä", &"a".repeat(23)] {
            assert_eq!(UserId::new(id), Err(UserIdError));
        }
    }
}
