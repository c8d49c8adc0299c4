//! Connections: frames stay in order, take their time, and stop at any point.

use std::collections::BTreeMap;

use bytes::Bytes;
use collab_core::wire::Dialect;

use super::random::Random;

/// A connection's number, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// One connection between a client and the relay.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) client: usize,
    pub(crate) dialect: Dialect,
    /// Whether that end still holds the connection.
    pub(crate) client_open: bool,
    pub(crate) relay_open: bool,
    /// Broken in between: nothing arrives any more, whether the ends know it or not.
    pub(crate) cut: bool,
    up_last_ms: u64,
    down_last_ms: u64,
}

/// Which way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    Up,
    Down,
}

/// How the network treats one client just now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    /// Nothing passes until then.
    pub(crate) partition_until_ms: u64,
    /// Frames to the client crawl until then.
    pub(crate) slow_until_ms: u64,
}

/// What travels.
#[derive(Debug)]
pub(crate) enum Parcel {
    /// The wish to connect (up), or its success (down).
    Connect,
    Frame(Bytes),
    /// The other end closed; down with a close code.
    Close(u16),
}

#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) connections: BTreeMap<ConnectionId, Connection>,
    pub(crate) weather: Vec<Weather>,
    latency_max_ms: u64,
    next: u64,
}

/// How long a frame to a slow reader takes at least.
const SLOW_MS: u64 = 400;

impl Network {
    pub(crate) fn new(clients: usize, latency_max_ms: u64) -> Self {
        let weather = vec![Weather::default(); clients];
        Self { connections: BTreeMap::new(), weather, latency_max_ms, next: 0 }
    }

    pub(crate) fn dial(&mut self, client: usize, dialect: Dialect) -> ConnectionId {
        self.next += 1;
        let connection = Connection {
            client,
            dialect,
            client_open: true,
            relay_open: false,
            cut: false,
            up_last_ms: 0,
            down_last_ms: 0,
        };
        self.connections.insert(ConnectionId(self.next), connection);
        ConnectionId(self.next)
    }

    /// When something that is sent now arrives: after all that was sent before it.
    pub(crate) fn arrival(
        &mut self,
        now_ms: u64,
        id: ConnectionId,
        way: Way,
        random: &mut Random,
    ) -> u64 {
        let connection = self.connections.get_mut(&id).expect("connections are never removed");
        let weather = self.weather[connection.client];
        let is_slow = matches!(way, Way::Down) && now_ms < weather.slow_until_ms;
        let latency_ms =
            random.range(1, self.latency_max_ms + 1) + if is_slow { SLOW_MS } else { 0 };
        let last_ms = match way {
            Way::Up => &mut connection.up_last_ms,
            Way::Down => &mut connection.down_last_ms,
        };
        *last_ms = (now_ms.max(weather.partition_until_ms) + latency_ms).max(*last_ms);
        *last_ms
    }

    pub(crate) fn get(&mut self, id: ConnectionId) -> &mut Connection {
        self.connections.get_mut(&id).expect("connections are never removed")
    }
}
