//! A store that keeps nothing: a room exists as long as somebody is in it.

use bytes::Bytes;
use collab_core::relay::{ChannelName, Position, Stored};
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Answer, Append, Store};
use crate::RoomName;

/// Keeps nothing. The relay's memory is the only copy, and it ends with the room's last
/// connection. Behind `--ephemeral`.
#[derive(Debug, Default)]
pub struct EphemeralStore {
    last_position: AtomicU64,
}

impl Store for EphemeralStore {
    fn keeps(&self) -> bool {
        false
    }

    fn load<'a>(&'a self, _room: &'a RoomName, _channel: &'a str) -> Answer<'a, Stored> {
        Box::pin(async { Ok(Stored::default()) })
    }

    fn channels<'a>(
        &'a self,
        _room: &'a RoomName,
        _prefix: &'a str,
        _max: usize,
    ) -> Answer<'a, Vec<ChannelName>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn append(&self, batch: Vec<Append>) -> Answer<'_, Vec<Position>> {
        let count = batch.len() as u64;
        let first = self.last_position.fetch_add(count, Ordering::Relaxed) + 1;
        Box::pin(async move { Ok((first..first + count).map(Position).collect()) })
    }

    fn compact<'a>(
        &'a self,
        _room: &'a RoomName,
        _channel: &'a str,
        _upto: Position,
        _snapshot: Bytes,
    ) -> Answer<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn delete_room<'a>(&'a self, _room: &'a RoomName) -> Answer<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}
