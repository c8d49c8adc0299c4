//! Refresh tokens: each works once and buys the next; what was used before betrays a thief.
//!
//! A token is `session.secret`. The session's row keeps a hash of the newest secret and of the one
//! before. Secrets are 256 random bits, so a plain SHA-256 of them can neither be guessed nor timed.

use std::fmt::Write;

use collab_rooms_api::Secret;
use sha2::{Digest, Sha256};

use super::{AccountError, random};

/// A session, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// 128 random bits in hexadecimal digits.
    pub(crate) id: String,
    /// Whose it is.
    pub(crate) account: String,
    /// Hash of the newest secret.
    pub(crate) newest: Vec<u8>,
    /// Hash of the secret before; empty at first.
    pub(crate) previous: Vec<u8>,
    /// Unix time at which the newest was given out.
    pub(crate) renewed_at_ms: u64,
    /// Unix time at which the session ends.
    pub(crate) expires_at_ms: u64,
}

/// How long a session lasts, and how patient it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionTimes {
    pub(crate) lifetime_ms: u64,
    /// The previous token still works for this long after it was used: two tabs, or an answer that
    /// was lost on the way.
    pub(crate) grace_ms: u64,
}

/// What a client brings.
#[derive(Clone, Debug)]
pub(crate) struct Presented {
    pub(crate) session: String,
    hash: Vec<u8>,
}

/// What becomes of a session when a token is presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It goes on, in this state.
    Renewed(Session),
    /// It stays as it is, and a second one begins: the token was used a moment ago.
    Forked(Session),
    /// It ends: the token was used before, by somebody.
    Stolen,
    /// It has ended.
    Expired,
}

/// A token to be given out, and what will be stored of it.
#[derive(Clone, Debug)]
pub(crate) struct Fresh {
    hash: Vec<u8>,
    secret: Secret,
}

impl Fresh {
    pub(crate) fn draw() -> Result<Self, AccountError> {
        let secret = hexadecimal(&random::bytes::<32>()?);
        Ok(Self { hash: Sha256::digest(secret.as_bytes()).to_vec(), secret: secret.into() })
    }

    /// What the client gets.
    pub(crate) fn token(&self, session: &Session) -> Secret {
        format!("{}.{}", session.id, self.secret.reveal()).into()
    }
}

impl Presented {
    /// Takes a token apart; `None` if it is none of ours.
    pub(crate) fn read(token: &Secret) -> Option<Self> {
        let (session, secret) = token.reveal().split_once('.')?;
        let hash = Sha256::digest(secret.as_bytes()).to_vec();
        Some(Self { session: session.to_owned(), hash })
    }
}

impl Session {
    /// A new session of an account.
    pub(crate) fn begin(
        account: &str,
        fresh: &Fresh,
        now_ms: u64,
        times: SessionTimes,
    ) -> Result<Self, AccountError> {
        Ok(Self {
            id: hexadecimal(&random::bytes::<16>()?),
            account: account.to_owned(),
            newest: fresh.hash.clone(),
            previous: Vec::new(),
            renewed_at_ms: now_ms,
            expires_at_ms: now_ms + times.lifetime_ms,
        })
    }

    /// Judges a token that names this session.
    pub(crate) fn judge(
        &self,
        presented: &Presented,
        fresh: &Fresh,
        now_ms: u64,
        times: SessionTimes,
    ) -> Result<Verdict, AccountError> {
        if self.expires_at_ms <= now_ms {
            return Ok(Verdict::Expired);
        }
        if presented.hash == self.newest {
            return Ok(Verdict::Renewed(Self {
                id: self.id.clone(),
                account: self.account.clone(),
                newest: fresh.hash.clone(),
                previous: self.newest.clone(),
                renewed_at_ms: now_ms,
                expires_at_ms: now_ms + times.lifetime_ms,
            }));
        }
        let is_recent = now_ms < self.renewed_at_ms.saturating_add(times.grace_ms);
        if presented.hash == self.previous && is_recent {
            return Ok(Verdict::Forked(Self::begin(&self.account, fresh, now_ms, times)?));
        }
        Ok(Verdict::Stolen)
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: SessionTimes = SessionTimes { lifetime_ms: 1000, grace_ms: 10 };

    #[test]
    fn a_token_works_once_and_then_only_for_a_moment() {
        let first = Fresh::draw().expect("randomness");
        let session = Session::begin("ada", &first, 0, TIMES).expect("randomness");
        let token = Presented::read(&first.token(&session)).expect("a token");
        let second = Fresh::draw().expect("randomness");
        let judge = |session: &Session, token: &Presented, now_ms| {
            session.judge(token, &second, now_ms, TIMES).expect("randomness")
        };
        let Verdict::Renewed(renewed) = judge(&session, &token, 100) else { panic!("refused") };
        assert!(
            matches!(judge(&renewed, &token, 109), Verdict::Forked(other) if other.id != session.id)
        );
        assert_eq!(judge(&renewed, &token, 110), Verdict::Stolen);
        let next = Presented::read(&second.token(&renewed)).expect("a token");
        assert!(matches!(judge(&renewed, &next, 1099), Verdict::Renewed(_)));
        assert_eq!(judge(&renewed, &next, 1100), Verdict::Expired);
    }
}
