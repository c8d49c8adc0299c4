//! Who gets a connection at all: counts by relay, room and address.
//!
//! A connection holds an [`Admitted`]; dropping it gives the place back. Refusals cost one lock
//! and a small response, so a reconnect storm beyond the limits is cheap.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::RelayConfig;
use crate::RoomName;

/// Counts connections against their limits.
#[derive(Debug)]
pub(crate) struct Admission {
    connections_max: usize,
    room_connections_max: usize,
    address_connections_max: usize,
    counts: Mutex<Counts>,
    released: Notify,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    rooms: HashMap<RoomName, usize>,
    addresses: HashMap<IpAddr, usize>,
}

/// A place taken.
#[derive(Debug)]
pub(crate) struct Admitted {
    admission: Arc<Admission>,
    room: RoomName,
    address: Option<IpAddr>,
}

/// Which limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    Relay,
    Room,
    Address,
}

impl Admission {
    pub(crate) fn new(config: &RelayConfig) -> Self {
        Self {
            connections_max: config.connections_max,
            room_connections_max: config.room_connections_max,
            address_connections_max: config.address_connections_max,
            counts: Mutex::default(),
            released: Notify::new(),
        }
    }

    /// Takes a place, if there is one.
    pub(crate) fn admit(
        self: &Arc<Self>,
        room: &RoomName,
        address: Option<IpAddr>,
    ) -> Result<Admitted, Full> {
        // Addresses are only remembered where they are limited.
        let address = address.filter(|_| self.address_connections_max > 0);
        let mut counts = self.counts();
        if counts.all >= self.connections_max {
            return Err(Full::Relay);
        }
        if count(&counts.rooms, room) >= self.room_connections_max {
            return Err(Full::Room);
        }
        if let Some(address) = address {
            if count(&counts.addresses, &address) >= self.address_connections_max {
                return Err(Full::Address);
            }
            *counts.addresses.entry(address).or_default() += 1;
        }
        counts.all += 1;
        *counts.rooms.entry(room.clone()).or_default() += 1;
        drop(counts);
        Ok(Admitted { admission: Arc::clone(self), room: room.clone(), address })
    }

    /// Connections that hold a place now.
    pub(crate) fn connections(&self) -> usize {
        self.counts().all
    }

    /// Waits until nobody holds a place.
    pub(crate) async fn empty(&self) {
        loop {
            let released = self.released.notified();
            if self.connections() == 0 {
                return;
            }
            released.await;
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Nothing panics while the lock is held.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut counts = self.admission.counts();
        counts.all -= 1;
        release(&mut counts.rooms, &self.room);
        if let Some(address) = self.address {
            release(&mut counts.addresses, &address);
        }
        drop(counts);
        self.admission.released.notify_waiters();
    }
}

impl Full {
    /// For metrics.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Relay => "relay_full",
            Self::Room => "room_full",
            Self::Address => "address_full",
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Relay => "the relay is full",
            Self::Room => "the room is full",
            Self::Address => "too many connections from this address",
        }
    }
}

fn count<K: Eq + Hash>(counts: &HashMap<K, usize>, key: &K) -> usize {
    counts.get(key).copied().unwrap_or(0)
}

fn release<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
            if counts.capacity() > 64 && counts.len() < counts.capacity() / 4 {
                counts.shrink_to_fit();
            }
        }
    }
}
