//! Attempts per account and per address: some at once, then one per while.
//!
//! A fixed table of slots, found by a keyed hash: it never grows, nothing is evicted, and nobody
//! can aim at a slot. Two that share one share its allowance. Each slot is one time, as in the
//! generic cell rate algorithm (ITU-T I.371, annex A): when the allowance will be whole again.

use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use siphasher::sip::SipHasher13;

use super::{AccountError, random};

/// 512 KiB per table.
const SLOTS: usize = 1 << 16;

/// How much of something is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Attempts that may come at once.
    pub burst: u32,
    /// After these, one attempt per this many milliseconds.
    pub interval_ms: u64,
}

/// Counts attempts.
#[derive(Debug)]
pub(crate) struct Attempts {
    allowance: Allowance,
    key: [u8; 16],
    whole_again_ms: Box<[AtomicU64]>,
}

impl Attempts {
    pub(crate) fn new(allowance: Allowance) -> Result<Self, AccountError> {
        let whole_again_ms = (0..SLOTS).map(|_| AtomicU64::new(0)).collect();
        Ok(Self { allowance, key: random::bytes()?, whole_again_ms })
    }

    /// Counts one attempt by `who`, or says how long to wait for the next.
    pub(crate) fn count(&self, who: &impl Hash, now_ms: u64) -> Result<(), AccountError> {
        let mut hasher = SipHasher13::new_with_key(&self.key);
        who.hash(&mut hasher);
        let slot = &self.whole_again_ms[hasher.finish() as usize % SLOTS];
        let Allowance { burst, interval_ms } = self.allowance;
        let allowed_until_ms = now_ms + interval_ms * u64::from(burst);
        let add = |whole_again_ms: u64| {
            let next_ms = whole_again_ms.max(now_ms) + interval_ms;
            (next_ms <= allowed_until_ms).then_some(next_ms)
        };
        let counted = slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        counted.map(drop).map_err(|whole_again_ms| AccountError::TooManyAttempts {
            retry_after_ms: whole_again_ms + interval_ms - allowed_until_ms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_one_per_interval() {
        let attempts =
            Attempts::new(Allowance { burst: 3, interval_ms: 1000 }).expect("randomness");
        let wait = |who: &str, now_ms| match attempts.count(&who, now_ms) {
            Ok(()) => 0,
            Err(AccountError::TooManyAttempts { retry_after_ms }) => retry_after_ms,
            Err(error) => panic!("{error}"),
        };
        let at_once: Vec<u64> = (0..5).map(|_| wait("ada", 50_000)).collect();
        assert_eq!(at_once, [0, 0, 0, 1000, 1000], "refused attempts do not count");
        assert_eq!(wait("bob", 50_000), 0, "others are not affected");
        assert_eq!([wait("ada", 50_999), wait("ada", 51_000), wait("ada", 51_000)], [1, 0, 1000]);
    }
}
