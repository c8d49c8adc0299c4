//! How much each user has written lately. Kept by user, not by connection, so that reconnecting
//! gains nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use super::ChatLimits;
use crate::Timestamp;

/// Users who wrote lately; more are refused until some of these have paused.
const USERS_MAX: usize = 4_096;

/// What a user is told to wait while the table is full.
const TABLE_WAIT: Duration = Duration::from_secs(1);

/// A bucket per user, as the time when it is full again: one number, which only a writer moves.
#[derive(Debug, Default)]
pub(in crate::relay) struct Rates {
    full_at: BTreeMap<Box<str>, Timestamp>,
}

impl Rates {
    /// Takes what `units` cost, or says how long to wait. More than a burst is taken once the bucket
    /// is full, and the user pays afterwards.
    pub(in crate::relay) fn take(
        &mut self,
        now: Timestamp,
        user: &str,
        units: usize,
        limits: &ChatLimits,
    ) -> Result<(), Duration> {
        let wait = self.wait(now, user, units, limits);
        if !wait.is_zero() {
            return Err(wait);
        }
        let full_at = now + self.debt(now, user, limits) + cost(units, limits);
        if let Some(bucket) = self.full_at.get_mut(user) {
            *bucket = full_at;
            return Ok(());
        }
        if self.full_at.len() >= USERS_MAX {
            self.full_at.retain(|_, full_at| *full_at > now);
        }
        if self.full_at.len() >= USERS_MAX {
            return Err(TABLE_WAIT);
        }
        self.full_at.insert(user.into(), full_at);
        Ok(())
    }

    /// How long until `units` more are taken; zero if they are now.
    pub(super) fn wait(
        &self,
        now: Timestamp,
        user: &str,
        units: usize,
        limits: &ChatLimits,
    ) -> Duration {
        let spare = cost((limits.burst as usize).saturating_sub(units), limits);
        self.debt(now, user, limits).saturating_sub(spare)
    }

    /// What is missing in the bucket. A clock that is set back must not lock anybody out.
    fn debt(&self, now: Timestamp, user: &str, limits: &ChatLimits) -> Duration {
        let largest = cost(limits.push_units_max + limits.burst as usize, limits);
        let debt = self.full_at.get(user).map(|full_at| full_at.since(now));
        debt.unwrap_or_default().min(largest)
    }
}

fn cost(units: usize, limits: &ChatLimits) -> Duration {
    Duration::from_millis(units as u64 * 1_000 / u64::from(limits.rate_per_s.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn after(ms: u64) -> Timestamp {
        NOW + Duration::from_millis(ms)
    }

    #[test]
    fn a_burst_then_the_rate() {
        let (mut rates, limits) = (Rates::default(), ChatLimits::default());
        for _ in 0..200 {
            assert_eq!(rates.take(NOW, "ada", 1, &limits), Ok(()));
        }
        assert_eq!(rates.take(NOW, "ada", 1, &limits), Err(Duration::from_millis(50)));
        assert_eq!(rates.take(NOW, "bob", 1, &limits), Ok(()));
        assert_eq!(rates.take(after(50), "ada", 1, &limits), Ok(()));
        assert!(rates.take(after(50), "ada", 1, &limits).is_err());
        let taken = (0..1_000).filter(|ms| rates.take(after(51 + ms), "ada", 1, &limits).is_ok());
        assert_eq!(taken.count(), 20);
    }

    #[test]
    fn more_than_a_burst_is_taken_after_a_pause_and_paid_for() {
        let (mut rates, limits) = (Rates::default(), ChatLimits::default());
        assert_eq!(rates.take(NOW, "ada", 1_000, &limits), Ok(()));
        assert_eq!(rates.take(NOW, "ada", 1, &limits), Err(Duration::from_millis(40_050)));
        assert_eq!(rates.take(NOW, "ada", 300, &limits), Err(Duration::from_secs(50)));
        assert_eq!(rates.take(after(50_000), "ada", 300, &limits), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let (mut rates, limits) = (Rates::default(), ChatLimits::default());
        rates.take(NOW, "ada", 1, &limits).unwrap();
        let wait = rates.take(Timestamp::from_millis(0), "ada", 1, &limits).unwrap_err();
        assert!(wait <= Duration::from_secs(110), "{wait:?}");
    }

    #[test]
    fn the_table_is_bounded_and_forgets_those_who_paused() {
        let (mut rates, limits) = (Rates::default(), ChatLimits::default());
        for user in 0..USERS_MAX {
            assert_eq!(rates.take(NOW, &user.to_string(), 1, &limits), Ok(()));
        }
        assert_eq!(rates.take(NOW, "one more", 1, &limits), Err(TABLE_WAIT));
        assert_eq!(rates.take(NOW, "7", 1, &limits), Ok(()));
        assert_eq!(rates.take(after(60), "one more", 1, &limits), Ok(()));
        assert_eq!(rates.full_at.len(), 2);
    }
}
