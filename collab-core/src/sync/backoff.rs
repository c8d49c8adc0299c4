//! How long to wait before the next attempt: exponential, with full jitter.

use std::time::Duration;

use super::random::SplitMix64;

/// Waits that are drawn from `0..=bound`, where the bound doubles from `first` to `max`. The full
/// range keeps a thousand clients that lost one relay from coming back in one moment
/// (M. Brooker, "Exponential Backoff And Jitter", AWS, 2015).
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    max: Duration,
    bound: Duration,
    random: SplitMix64,
}

impl Backoff {
    pub(super) const fn new(first: Duration, max: Duration, seed: u64) -> Self {
        Self { first, max, bound: first, random: SplitMix64::new(seed) }
    }

    /// The wait before the next attempt.
    pub(super) fn wait(&mut self) -> Duration {
        let bound_ms = self.bound.as_millis() as u64;
        self.bound = self.bound.saturating_mul(2).min(self.max);
        Duration::from_millis(self.random.next() % bound_ms.saturating_add(1))
    }

    /// An attempt succeeded for good: start again with the first bound.
    pub(super) const fn reset(&mut self) {
        self.bound = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_millis(250);
    const MAX: Duration = Duration::from_secs(30);

    #[test]
    fn waits_stay_below_a_bound_that_doubles_to_the_maximum() {
        for seed in 0..100 {
            let mut backoff = Backoff::new(FIRST, MAX, seed);
            for attempt in 0..70u32 {
                let bound = FIRST.saturating_mul(1 << attempt.min(20)).min(MAX);
                assert!(backoff.wait() <= bound);
            }
            backoff.reset();
            assert!(backoff.wait() <= FIRST);
        }
    }

    #[test]
    fn different_seeds_wait_differently() {
        let waits = |seed| {
            let mut backoff = Backoff::new(FIRST, MAX, seed);
            [backoff.wait(), backoff.wait(), backoff.wait(), backoff.wait()]
        };
        assert_ne!(waits(1), waits(2));
    }
}
