//! This client's own presence, told to others not more often than they can see.

use std::time::Duration;

use collab_core::Timestamp;
use collab_core::presence::{Presence, State};

/// Cursors move with every keystroke; twenty times a second looks alive.
const CURSOR_INTERVAL: Duration = Duration::from_millis(50);

/// The state to tell, and when that was done last.
#[derive(Debug, Default)]
pub(crate) struct LocalState {
    state: Option<State>,
    told_at: Option<Timestamp>,
    waits: bool,
}

impl LocalState {
    /// Changes the state and tells others, at once if they have heard nothing for a while.
    pub(crate) fn change(
        &mut self,
        now: Timestamp,
        presence: &mut Presence,
        change: impl FnOnce(&mut State),
    ) {
        change(self.state.get_or_insert_default());
        self.waits = true;
        self.flush(now, presence);
    }

    /// Tells what waits, if its time has come.
    pub(crate) fn flush(&mut self, now: Timestamp, presence: &mut Presence) {
        if self.deadline().is_some_and(|at| at <= now) {
            self.waits = false;
            self.told_at = Some(now);
            // Names and cursors are bounded far below the largest state.
            let _ = presence.set_local(now, self.state.clone());
        }
    }

    /// When [`LocalState::flush`] is due.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        let due = self.told_at.map_or(Timestamp::default(), |at| at + CURSOR_INTERVAL);
        self.waits.then_some(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn type_once(local: &mut LocalState, presence: &mut Presence, ms: u64) {
        local.change(at(ms), presence, |state| state.user.name = ms.to_string());
    }

    fn told(presence: &Presence) -> &str {
        presence.local().map_or("", |state| &state.user.name)
    }

    #[test]
    fn a_lone_change_is_told_at_once_and_a_burst_by_its_last() {
        let (mut local, mut presence) = (LocalState::default(), Presence::new(1));
        type_once(&mut local, &mut presence, 1_000);
        assert_eq!((told(&presence), local.deadline()), ("1000", None));
        type_once(&mut local, &mut presence, 1_010);
        type_once(&mut local, &mut presence, 1_020);
        assert_eq!((told(&presence), local.deadline()), ("1000", Some(at(1_050))));
        local.flush(at(1_050), &mut presence);
        assert_eq!((told(&presence), local.deadline()), ("1020", None));
    }
}
