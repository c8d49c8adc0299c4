//! When to ask for a new token.

use std::time::Duration;

use crate::Timestamp;

/// Between two requests for a token. A relay that grants for moments, or a clock that is wrong,
/// must not make the session ask without end.
const ASK_SPACING: Duration = Duration::from_secs(5);

/// The end of the present grant, in the caller's time.
#[derive(Debug)]
pub(super) struct Expiry {
    ask_at: Timestamp,
}

impl Expiry {
    /// No grant, or one without end.
    pub(super) const NEVER: Self = Self { ask_at: Timestamp::NEVER };

    /// A grant that was given at `now` and ends at `expires_at_ms` (0: never): asks `margin`
    /// before the end, or at half time if that is later.
    pub(super) fn new(now: Timestamp, expires_at_ms: u64, margin: Duration) -> Self {
        if expires_at_ms == 0 {
            return Self::NEVER;
        }
        let left = Timestamp::from_millis(expires_at_ms).since(now);
        Self { ask_at: now + left.saturating_sub(margin).max(left / 2).max(ASK_SPACING) }
    }

    /// When to ask.
    pub(super) const fn ask_at(&self) -> Timestamp {
        self.ask_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);
    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn asks_a_minute_before_the_end() {
        assert_eq!(Expiry::new(NOW, 1_600_000, MINUTE).ask_at(), Timestamp::from_millis(1_540_000));
        assert_eq!(Expiry::new(NOW, 0, MINUTE).ask_at(), Timestamp::NEVER);
    }

    #[test]
    fn short_grants_do_not_make_it_ask_without_end() {
        assert_eq!(Expiry::new(NOW, 1_030_000, MINUTE).ask_at(), NOW + MINUTE / 4);
        assert_eq!(Expiry::new(NOW, 999_000, MINUTE).ask_at(), NOW + ASK_SPACING);
    }
}
