//! A steady clock made of the caller's wall clock, which may be set back at any time.

use crate::Timestamp;

/// Timers run on [`Clock::now`], which never goes backwards: a wall clock that is set back by an
/// hour must not delay a reconnect by an hour.
#[derive(Debug, Default)]
pub(super) struct Clock {
    wall: Timestamp,
    steady: Timestamp,
}

impl Clock {
    /// Takes the caller's time.
    pub(super) fn advance(&mut self, wall: Timestamp) {
        self.steady = self.steady + wall.since(self.wall);
        self.wall = wall;
    }

    /// Time for timers.
    pub(super) const fn now(&self) -> Timestamp {
        self.steady
    }

    /// The caller's time, for what is bound to Unix time.
    pub(super) const fn wall(&self) -> Timestamp {
        self.wall
    }

    /// A timer's time as the caller's time.
    pub(super) fn to_wall(&self, steady: Timestamp) -> Timestamp {
        if steady == Timestamp::NEVER { steady } else { self.wall + steady.since(self.steady) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn timers_survive_a_wall_clock_that_is_set_back() {
        let mut clock = Clock::default();
        clock.advance(Timestamp::from_millis(1_000_000));
        let timer = clock.now() + Duration::from_millis(500);
        clock.advance(Timestamp::from_millis(10));
        assert_eq!(clock.to_wall(timer), Timestamp::from_millis(510));
        clock.advance(Timestamp::from_millis(510));
        assert!(clock.now() >= timer);
    }
}
