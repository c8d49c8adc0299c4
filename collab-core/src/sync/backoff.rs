//! How long to wait before the next attempt: exponential, with full jitter.

use std::time::Duration;

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
        Self { first, max, bound: first, random: SplitMix64(seed) }
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

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). Its
/// quality is plenty for jitter.
#[derive(Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_millis(250);
    const MAX: Duration = Duration::from_secs(30);

    #[test]
    fn split_mix_matches_the_published_sequence() {
        let mut random = SplitMix64(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

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
