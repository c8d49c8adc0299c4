//! Whether a connection still lives: silence, pings and probes.

use super::SessionConfig;
use crate::Timestamp;

/// When frames last went either way.
#[derive(Debug)]
pub(super) struct Liveness {
    received: Timestamp,
    sent: Timestamp,
    pinged: Timestamp,
    /// When a probed connection must have answered.
    probe_until: Option<Timestamp>,
}

impl Liveness {
    pub(super) const fn new(now: Timestamp) -> Self {
        Self { received: now, sent: now, pinged: now, probe_until: None }
    }

    pub(super) const fn received(&mut self, now: Timestamp) {
        self.received = now;
        self.probe_until = None;
    }

    pub(super) const fn sent(&mut self, now: Timestamp) {
        self.sent = now;
    }

    pub(super) const fn pinged(&mut self, now: Timestamp) {
        self.pinged = now;
    }

    /// The connection is doubtful: something must be heard soon.
    pub(super) fn probe(&mut self, now: Timestamp, config: &SessionConfig) {
        self.probe_until.get_or_insert(now + config.probe_timeout);
    }

    /// When to ping: silence in either direction counts, since the relay closes a connection that
    /// it does not hear (PROTOCOL section 1).
    pub(super) fn ping_at(&self, config: &SessionConfig) -> Timestamp {
        self.received.min(self.sent).max(self.pinged) + config.ping_after
    }

    /// When to give the connection up.
    pub(super) fn silent_at(&self, config: &SessionConfig) -> Timestamp {
        let silent_at = self.received + config.silence_max;
        self.probe_until.map_or(silent_at, |until| until.min(silent_at))
    }
}
