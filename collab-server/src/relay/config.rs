//! What the relay accepts beyond one room's own limits.

use std::time::Duration;

use collab_core::relay::RoomConfig;

/// The relay's limits (PROTOCOL sections 1 and 5). `Default` gives the values listed there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayConfig {
    /// Limits of each room. `keeps` is taken from the store.
    pub room: RoomConfig,
    /// Bytes that may wait for one reader.
    pub queue_max_bytes: usize,
    /// Frames that may wait for one reader.
    pub queue_max_frames: usize,
    /// Bytes of all rooms that may wait for the store. While it is full, connections that send are
    /// not read; after [`Self::journal_patience`] they are closed with 1013.
    pub journal_max_bytes: usize,
    /// How long a sender waits for a full journal.
    pub journal_patience: Duration,
    /// Connections of the whole relay.
    pub connections_max: usize,
    /// Connections of one room.
    pub room_connections_max: usize,
    /// Connections from one address; 0 for no limit.
    pub address_connections_max: usize,
    /// Channels that are loaded at once.
    pub loads_max: usize,
    /// Jobs (diffs, compactions) that run at once.
    pub work_max: usize,
    /// Tokens that are checked at once.
    pub authorizations_max: usize,
    /// Time for the authorizer's decision; then the client is told to come back.
    pub authorize_timeout: Duration,
    /// Time for loading one channel; then its clients are told to come back.
    pub load_timeout: Duration,
    /// A store that needs longer for a batch is reported as not taking writes. It is still waited
    /// for.
    pub append_patience: Duration,
    /// Time for the first frame of a `collab.v1` connection.
    pub hello_timeout: Duration,
    /// A connection from which nothing arrives for this long is closed with 1013.
    pub silence_timeout: Duration,
    /// How often a quiet connection is pinged, so that a live one never seems silent.
    pub ping_interval: Duration,
    /// How long the relay itself is silent at most: y-websocket gives up after 30 s.
    pub keep_alive_interval: Duration,
    /// Time in which a reader must take what was written, plus the time that its bytes need at
    /// [`Self::write_min_bytes_per_s`].
    pub write_timeout: Duration,
    /// The slowest reader that is still waited for.
    pub write_min_bytes_per_s: u64,
    /// Time for the closing handshake of one connection.
    pub close_timeout: Duration,
    /// Time for flushing and closing at shutdown.
    pub shutdown_timeout: Duration,
}

impl Default for RelayConfig {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            room: RoomConfig::default(),
            queue_max_bytes: 8 << 20,
            queue_max_frames: 4096,
            journal_max_bytes: 256 << 20,
            journal_patience: Duration::from_secs(5),
            connections_max: 20_000,
            room_connections_max: 2_000,
            address_connections_max: 0,
            loads_max: 16,
            work_max: processors,
            authorizations_max: 64,
            authorize_timeout: Duration::from_secs(10),
            load_timeout: Duration::from_secs(30),
            append_patience: Duration::from_secs(5),
            hello_timeout: Duration::from_secs(10),
            silence_timeout: Duration::from_secs(60),
            ping_interval: Duration::from_secs(20),
            keep_alive_interval: Duration::from_secs(25),
            write_timeout: Duration::from_secs(30),
            write_min_bytes_per_s: 16 << 10,
            close_timeout: Duration::from_secs(5),
            shutdown_timeout: Duration::from_secs(10),
        }
    }
}
