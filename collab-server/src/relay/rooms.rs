//! The rooms that are in memory, by name.
//!
//! Lock order: this map, then a room. A room leaves the map and is marked closed under both locks,
//! so whoever holds a closed room looks again and finds a new one: nobody joins a room that is
//! being dropped, and no name ever has two live rooms.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use collab_core::relay::PeerId;

use super::RelayState;
use super::room::{LiveRoom, Newcomer};
use crate::RoomName;

/// The map.
#[derive(Debug, Default)]
pub(crate) struct Rooms {
    live: Mutex<HashMap<RoomName, Arc<LiveRoom>>>,
}

impl Rooms {
    /// Puts a newcomer into the room of this name, which is created if need be.
    pub(crate) fn join(
        &self,
        relay: &Arc<RelayState>,
        name: &RoomName,
        newcomer: &Newcomer,
    ) -> (Arc<LiveRoom>, PeerId) {
        loop {
            let room = self.find_or_create(relay, name);
            if let Ok(peer) = room.join(newcomer) {
                return (room, peer);
            }
        }
    }

    /// The room of this name, if it is in memory.
    pub(crate) fn find(&self, name: &RoomName) -> Option<Arc<LiveRoom>> {
        self.live().get(name).cloned()
    }

    /// All rooms.
    pub(crate) fn all(&self) -> Vec<Arc<LiveRoom>> {
        self.live().values().cloned().collect()
    }

    /// Runs `change` while no room can be created; all rooms if it returns true, else none.
    pub(crate) fn all_after(&self, change: impl FnOnce() -> bool) -> Vec<Arc<LiveRoom>> {
        let live = self.live();
        if change() { live.values().cloned().collect() } else { Vec::new() }
    }

    /// How many rooms are in memory.
    pub(crate) fn count(&self) -> usize {
        self.live().len()
    }

    /// Drops the room, if it is (still) idle or broken.
    pub(crate) fn remove_if_over(&self, room: &Arc<LiveRoom>) {
        let mut live = self.live();
        let is_current = live.get(room.name()).is_some_and(|current| Arc::ptr_eq(current, room));
        if is_current && room.close_if_over() {
            live.remove(room.name());
            if live.capacity() > 64 && live.len() < live.capacity() / 4 {
                live.shrink_to_fit();
            }
        }
    }

    fn find_or_create(&self, relay: &Arc<RelayState>, name: &RoomName) -> Arc<LiveRoom> {
        let mut live = self.live();
        let create = || Arc::new(LiveRoom::new(Arc::clone(relay), name.clone()));
        Arc::clone(live.entry(name.clone()).or_insert_with(create))
    }

    fn live(&self) -> MutexGuard<'_, HashMap<RoomName, Arc<LiveRoom>>> {
        // Rooms catch their own panics; the map is whole between its methods.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
