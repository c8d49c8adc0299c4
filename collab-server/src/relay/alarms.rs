//! When rooms want to be woken. One task serves all of them: a task and a timer for each would cost a
//! busy relay as much as a share of its deliveries.
//!
//! Alarms go off together every [`SLOT_MS`], so that is how late one may be. An alarm is not taken
//! back: a room ignores one that it does not wait for any more. Rooms ask for a few seconds at most,
//! which bounds what is kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use collab_core::Timestamp;
use tokio::sync::Notify;
use tokio::time::sleep;

use super::clock;
use super::room::LiveRoom;

/// Rooms whose time comes within one slot are woken at its end.
const SLOT_MS: u64 = 50;

/// All alarms of a relay.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    state: Mutex<State>,
    /// An alarm was set that is earlier than all others.
    hurried: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// By the time at which they go off.
    set: BTreeMap<Timestamp, Vec<Weak<LiveRoom>>>,
    /// Whether a task waits for the first one.
    attended: bool,
}

impl Alarms {
    /// Wakes the room at `due` or soon after. Returns when that will be. To be called in a tokio
    /// runtime.
    pub(crate) fn set(self: &Arc<Self>, due: Timestamp, room: &Arc<LiveRoom>) -> Timestamp {
        let at = Timestamp::from_millis(due.as_millis().div_ceil(SLOT_MS) * SLOT_MS);
        let mut state = self.state();
        let is_first = state.set.first_key_value().is_none_or(|(&first, _)| at < first);
        state.set.entry(at).or_default().push(Arc::downgrade(room));
        let attended = std::mem::replace(&mut state.attended, true);
        drop(state);
        if !attended {
            tokio::spawn(Arc::clone(self).attend());
        } else if is_first {
            self.hurried.notify_one();
        }
        at
    }

    /// Wakes rooms until no alarm is set. Keeps neither relay nor rooms alive.
    async fn attend(self: Arc<Self>) {
        while let Some(pause) = self.pause() {
            tokio::select! {
                () = sleep(pause) => {}
                () = self.hurried.notified() => {}
            }
            while let Some((at, rooms)) = self.take_due() {
                rooms.iter().filter_map(Weak::upgrade).for_each(|room| room.ring(at));
            }
        }
    }

    /// How long until the first alarm; the task ends if there is none.
    fn pause(&self) -> Option<Duration> {
        let mut state = self.state();
        let first = state.set.first_key_value().map(|(&at, _)| at);
        state.attended = first.is_some();
        first.map(|at| at.since(clock::now()))
    }

    fn take_due(&self) -> Option<(Timestamp, Vec<Weak<LiveRoom>>)> {
        let mut state = self.state();
        let first = state.set.first_entry()?;
        (*first.key() <= clock::now()).then(|| first.remove_entry())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
