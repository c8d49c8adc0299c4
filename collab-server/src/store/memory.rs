//! A store in memory: keeps rooms as long as the process lives. For tests and for embedders that
//! want rooms to outlive their last connection, but no disk.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use collab_core::relay::{ChannelName, Position, Stored};

use super::{Answer, Append, Store, StoreError};
use crate::RoomName;

/// Keeps everything in memory. Clones share their contents.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    last_position: u64,
    rooms: HashMap<RoomName, BTreeMap<ChannelName, Channel>>,
}

#[derive(Debug, Default)]
struct Channel {
    snapshot: Option<Bytes>,
    /// Where the snapshot ends; 0 without one.
    upto: Position,
    /// The last position that was ever given out here.
    last: Position,
    tail: Vec<(Position, Bytes)>,
}

impl MemoryStore {
    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is complete before the lock is released, so a poisoned state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn load(&self, room: &RoomName, channel: &str) -> Stored {
        let Some(channel) = self.rooms.get(room).and_then(|room| room.get(channel)) else {
            return Stored::default();
        };
        Stored { snapshot: channel.snapshot.clone(), tail: channel.tail.clone() }
    }

    fn channels(&self, room: &RoomName, prefix: &str, max: usize) -> Vec<ChannelName> {
        let Some(channels) = self.rooms.get(room) else {
            return Vec::new();
        };
        let from = channels.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        let names = from.map(|(name, _)| name).take_while(|name| name.starts_with(prefix));
        names.take(max).cloned().collect()
    }

    fn append(&mut self, append: Append) -> Position {
        self.last_position += 1;
        let position = Position(self.last_position);
        let channels = self.rooms.entry(append.room).or_default();
        let channel = channels.entry(append.channel).or_default();
        channel.tail.push((position, append.update));
        channel.last = position;
        position
    }

    fn compact(
        &mut self,
        room: &RoomName,
        channel: &str,
        upto: Position,
        snapshot: Bytes,
    ) -> Result<(), StoreError> {
        let held = self.rooms.get_mut(room).and_then(|room| room.get_mut(channel));
        let (newest, last) = held.as_ref().map_or((0, 0), |held| (held.upto.0, held.last.0));
        let Some(held) = held.filter(|_| newest <= upto.0 && upto.0 <= last) else {
            return Err(StoreError::OutOfRange { upto: upto.0, newest, last });
        };
        held.snapshot = Some(snapshot);
        held.upto = upto;
        held.tail.retain(|(position, _)| *position > upto);
        Ok(())
    }
}

impl Store for MemoryStore {
    fn keeps(&self) -> bool {
        false
    }

    fn load<'a>(&'a self, room: &'a RoomName, channel: &'a str) -> Answer<'a, Stored> {
        let stored = self.state().load(room, channel);
        Box::pin(async { Ok(stored) })
    }

    fn channels<'a>(
        &'a self,
        room: &'a RoomName,
        prefix: &'a str,
        max: usize,
    ) -> Answer<'a, Vec<ChannelName>> {
        let names = self.state().channels(room, prefix, max);
        Box::pin(async { Ok(names) })
    }

    fn append(&self, batch: Vec<Append>) -> Answer<'_, Vec<Position>> {
        let mut state = self.state();
        let positions = batch.into_iter().map(|append| state.append(append)).collect();
        Box::pin(async { Ok(positions) })
    }

    fn compact<'a>(
        &'a self,
        room: &'a RoomName,
        channel: &'a str,
        upto: Position,
        snapshot: Bytes,
    ) -> Answer<'a, ()> {
        let result = self.state().compact(room, channel, upto, snapshot);
        Box::pin(async { result })
    }

    fn delete_room<'a>(&'a self, room: &'a RoomName) -> Answer<'a, ()> {
        self.state().rooms.remove(room);
        Box::pin(async { Ok(()) })
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}
