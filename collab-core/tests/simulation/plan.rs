//! What one seed will do.

use std::time::Duration;

use collab_core::relay::RoomConfig;

use super::random::Random;

/// Everything about a run that is decided before it starts.
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) clients: usize,
    /// The first ones are stock clients, which speak the plain dialect.
    pub(crate) stock: usize,
    /// The next ones keep their edits in offline storage.
    pub(crate) with_storage: usize,
    pub(crate) room: RoomConfig,
    /// Of those, how many write; the others look on.
    pub(crate) writers: usize,
    /// How long edits and faults go on.
    pub(crate) busy_ms: u64,
    pub(crate) edit_every_ms: u64,
    pub(crate) fault_every_ms: u64,
    pub(crate) latency_max_ms: u64,
    pub(crate) store_delay_max_ms: u64,
    /// Frames that a relay queues for a peer before it drops document frames.
    pub(crate) queue_max_frames: usize,
    /// How long a grant lasts; 0 for ever.
    pub(crate) grant_ms: u64,
    pub(crate) chat: ChatPlan,
}

/// Who chats.
pub(crate) struct ChatPlan {
    /// Clients that only chat. They come behind all others.
    pub(crate) clients: usize,
    /// Whose they are: somebody may be here on two devices.
    pub(crate) users: usize,
    /// The first ones keep what they say in offline storage.
    pub(crate) with_storage: usize,
    /// Messages of the room from before.
    pub(crate) old_messages: u64,
}

impl Plan {
    pub(crate) fn of_seed(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let clients = random.range(3, 9) as usize;
        let keeps = !random.percent(15);
        let room = RoomConfig {
            keeps,
            compact_tail_updates: random.range(2, 60) as usize,
            compact_interval: Duration::from_millis(random.range(0, 2_000)),
            backlog_max_bytes: if random.percent(40) { random.range(50, 3_000) } else { 1 << 24 }
                as usize,
            ..RoomConfig::default()
        };
        Self {
            seed,
            clients,
            stock: if random.percent(50) { random.index(clients) } else { 0 },
            with_storage: random.index(clients + 1),
            room,
            writers: random.range(1, clients as u64 + 1) as usize,
            busy_ms: random.range(5_000, 60_000),
            edit_every_ms: random.range(200, 5_000),
            fault_every_ms: random.range(200, 8_000),
            latency_max_ms: random.range(2, 400),
            store_delay_max_ms: random.range(2, 1_500),
            queue_max_frames: random.range(4, 40) as usize,
            grant_ms: if random.percent(25) { random.range(20_000, 120_000) } else { 0 },
            chat: ChatPlan::draw(&mut random, keeps),
        }
    }

    /// How many clients there are, of whatever kind.
    pub(crate) const fn everybody(&self) -> usize {
        self.clients + self.chat.clients
    }
}

impl ChatPlan {
    fn draw(random: &mut Random, keeps: bool) -> Self {
        let clients = if random.percent(60) { random.range(2, 5) as usize } else { 0 };
        let almost_a_segment = keeps && random.percent(20);
        Self {
            clients,
            users: clients - usize::from(clients > 2 && random.percent(30)),
            with_storage: random.index(clients + 1),
            old_messages: if almost_a_segment { random.range(950, 999) } else { 0 },
        }
    }
}
