//! A session's settings.

use std::time::Duration;

/// How a session connects and how patient it is. [`SessionConfig::new`] gives the defaults.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// Sent in `hello`; empty for an open relay. [`super::Input::Token`] replaces it.
    pub token: String,
    /// From the caller's randomness, unknown to others: spreads the reconnects of many clients, and
    /// keys digests of deletions.
    pub seed: u64,
    /// Upper bound of the first wait after a lost connection; doubles with each failure.
    pub backoff_first: Duration,
    /// Upper bound of all waits.
    pub backoff_max: Duration,
    /// A connection that lived this long makes the next wait a first one again.
    pub stable_after: Duration,
    /// From `Connect` to `welcome`.
    pub connect_timeout: Duration,
    /// After this long without a frame in either direction a `ping` is sent.
    pub ping_after: Duration,
    /// After this long without a frame from the relay the connection is given up.
    pub silence_max: Duration,
    /// How long a connection may take to answer after [`super::Input::NetworkBack`].
    pub probe_timeout: Duration,
    /// How long before a grant's end [`super::Output::TokenExpiring`] asks for a new token.
    pub token_margin: Duration,
}

impl SessionConfig {
    /// The defaults, with a token (may be empty) and a seed.
    pub fn new(token: impl Into<String>, seed: u64) -> Self {
        Self {
            token: token.into(),
            seed,
            backoff_first: Duration::from_millis(250),
            backoff_max: Duration::from_secs(30),
            stable_after: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(20),
            ping_after: Duration::from_secs(20),
            silence_max: Duration::from_secs(45),
            probe_timeout: Duration::from_secs(5),
            token_margin: Duration::from_secs(60),
        }
    }
}
