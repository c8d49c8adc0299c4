//! How fast units go out: below what a relay allows, so that it never has to refuse.

use std::time::Duration;

use crate::Timestamp;

/// Units at once. A relay allows 200 (`chat_burst`, PROTOCOL section 7), to all devices of a user.
pub(super) const BURST: u32 = 150;

/// One unit more after this time: 16 per second, where a relay allows 20 (`chat_rate`).
const UNIT_MS: u64 = 62;

/// A bucket that fills with time.
#[derive(Debug)]
pub(super) struct Pacer {
    /// When it was, or will be, empty, as the caller's clock says.
    empty_at: Timestamp,
}

impl Pacer {
    pub(super) const fn new() -> Self {
        Self { empty_at: Timestamp::from_millis(0) }
    }

    /// Units that may go out at `now`.
    pub(super) fn allowed(&mut self, now: Timestamp) -> u32 {
        // A clock that was set back must not stop the chat.
        self.empty_at = self.empty_at.min(now);
        let units = now.since(self.empty_at).as_millis() as u64 / UNIT_MS;
        units.min(u64::from(BURST)) as u32
    }

    /// `units` went out at `now`, no more than allowed.
    pub(super) fn spend(&mut self, now: Timestamp, units: u32) {
        let left = self.allowed(now).saturating_sub(units);
        let filled_for = u64::from(left) * UNIT_MS;
        self.empty_at = Timestamp::from_millis(now.as_millis().saturating_sub(filled_for));
    }

    /// When some more units are allowed.
    pub(super) fn ready_at(&self) -> Timestamp {
        const AT_ONCE: u64 = 8;
        self.empty_at + Duration::from_millis(AT_ONCE * UNIT_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_out_at_once_and_then_sixteen_in_a_second() {
        let mut pacer = Pacer::new();
        let start = Timestamp::from_millis(1_700_000_000_000);
        assert_eq!(pacer.allowed(start), BURST);
        pacer.spend(start, BURST);
        assert_eq!(pacer.allowed(start), 0);
        assert_eq!(pacer.allowed(start + Duration::from_secs(1)), 16);
        assert!(pacer.allowed(pacer.ready_at()) >= 8);
        let set_back = Timestamp::from_millis(1000);
        assert_eq!(pacer.allowed(set_back), 0);
        assert_eq!(pacer.allowed(set_back + Duration::from_secs(1)), 16);
    }
}
