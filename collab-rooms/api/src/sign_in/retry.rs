//! When to try again: with growing pauses, and not in step with others.

const FIRST_MS: u64 = 500;
const MAX_MS: u64 = 30_000;

#[derive(Debug)]
pub(super) struct Retry {
    attempts: u32,
    random: u64,
    /// When tokens were had last, by Unix time in ms.
    had_at_ms: u64,
}

impl Retry {
    pub(super) fn new(seed: u64) -> Self {
        Self { attempts: 0, random: seed, had_at_ms: 0 }
    }

    /// It worked.
    pub(super) fn reset(&mut self, now_ms: u64) {
        (self.attempts, self.had_at_ms) = (0, now_ms);
    }

    /// It failed: when to try again, not before `asked_ms` from now on.
    pub(super) fn next_at(&mut self, now_ms: u64, asked_ms: Option<u64>) -> u64 {
        let longest = MAX_MS.min(FIRST_MS << self.attempts.min(16));
        self.attempts += 1;
        // A step of Knuth's MMIX generator; its high bits are the random ones.
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let pause = longest / 2 + (self.random >> 33) % (longest / 2 + 1);
        now_ms + pause.max(asked_ms.unwrap_or_default())
    }

    /// From when on tokens may be asked for again.
    pub(super) fn pause_ends_at(&self, now_ms: u64) -> u64 {
        // A clock that was set back must not make it wait for long.
        let end = self.had_at_ms.saturating_add(super::RENEWAL_PAUSE_MS);
        end.clamp(now_ms, now_ms + super::RENEWAL_PAUSE_MS)
    }
}
