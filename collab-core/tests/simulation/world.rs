//! The virtual clock and everything that happens on it.

use std::collections::BTreeMap;

use collab_core::Timestamp;
use collab_core::relay::Finished;

use super::model::Model;
use super::network::{ConnectionId, Network, Parcel, Way};
use super::plan::Plan;
use super::process::{News, Process, Storage};
use super::random::Random;
use super::relay::Relay;
use super::sayings::Sayings;
use super::store::Store;

/// Unix time at which every run starts.
const START_MS: u64 = 1_700_000_000_000;

/// How long a healed world may take to be whole again: silence is noticed after 45 s (by a relay
/// 60 s), the longest wait before a reconnect is 30 s, presence expires after 30 s.
const HEALING_MS: u64 = 200_000;

/// On a network that works everybody sees within this time who comes and goes: a few round trips,
/// far less than what it takes presence to expire.
const PRESENCE_MS: u64 = 8_000;

/// How long a newcomer may take to receive a long tail over a slow network.
const JOINING_MS: u64 = 60_000;

/// Something that will happen.
pub(crate) enum Event {
    Arrival(ConnectionId, Way, Parcel),
    /// An end of a broken connection notices.
    Notice(ConnectionId, Way),
    Edit(usize),
    Fault,
    /// A crashed client starts again.
    ClientStarts(usize),
    RelayStarts,
    /// A relay that goes away ends.
    RelayEnds(u64),
    /// The store works off what the room with this number asked for.
    Store(u64),
    /// The store tells the room with this number what it did.
    Stored(u64, collab_core::relay::Input),
    JobDone(u64, Finished),
    Regrant(u64, collab_core::relay::PeerId),
    NewToken(usize),
    /// Somebody who had stopped connects again.
    Start(usize),
    NetworkBack(usize),
}

pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) random: Random,
    pub(crate) now_ms: u64,
    pub(crate) busy_until_ms: u64,
    pub(crate) clients: Vec<Option<Box<dyn Process>>>,
    pub(crate) connections: Vec<Option<ConnectionId>>,
    /// Storage of clients that are down.
    pub(crate) disks: Vec<Option<Storage>>,
    pub(crate) relay: Option<Relay>,
    /// Counts relay processes.
    pub(crate) relay_number: u64,
    /// Counts rooms of all relay processes.
    pub(crate) rooms: u64,
    pub(crate) network: Network,
    pub(crate) store: Store,
    pub(crate) model: Model,
    pub(crate) sayings: Sayings,
    pub(crate) processes: u64,
    pub(crate) faults: Vec<&'static str>,
    traced: bool,
    queue: BTreeMap<(u64, u64), Event>,
    queued: u64,
}

impl World {
    pub(crate) fn new(plan: Plan, traced: bool) -> Self {
        let random = Random::new(!plan.seed);
        let everybody = plan.everybody();
        let network = Network::new(everybody, plan.latency_max_ms);
        let mut world = Self {
            random,
            now_ms: START_MS,
            busy_until_ms: START_MS + plan.busy_ms,
            clients: (0..everybody).map(|_| None).collect(),
            connections: vec![None; everybody],
            disks: (0..everybody).map(|_| None).collect(),
            relay: None,
            relay_number: 0,
            rooms: 0,
            network,
            store: Store::default(),
            model: Model::default(),
            sayings: Sayings::default(),
            processes: 0,
            faults: Vec::new(),
            traced,
            queue: BTreeMap::new(),
            queued: 0,
            plan,
        };
        world.chat_before();
        world.start_relay();
        for client in 0..world.plan.clients {
            let storage =
                (client < world.plan.stock + world.plan.with_storage).then(Default::default);
            world.start_client(client, storage);
            if (client + 1) % world.plan.clients < world.plan.writers {
                world.plan_edit(client);
            }
        }
        world.start_chatters();
        world.plan_fault();
        world
    }

    /// Lives through everything, heals, and checks what is left.
    pub(crate) fn run(mut self) {
        self.live_until(self.busy_until_ms + HEALING_MS);
        self.read_back();
        self.live_until(self.now_ms + PRESENCE_MS);
        self.check_end();
        let newcomers = [0, self.plan.everybody() - 1];
        for client in newcomers {
            self.crash_client(client);
        }
        self.live_until(self.now_ms + PRESENCE_MS);
        self.check_presence();
        for client in newcomers {
            self.restart_client(client);
        }
        self.live_until(self.now_ms + PRESENCE_MS);
        self.check_presence();
        self.read_back();
        self.live_until(self.now_ms + JOINING_MS);
        self.check_end();
        self.trace(|world| {
            let (edits, messages) = (world.model.len(), world.sayings.len());
            format!("{edits} edits, {messages} messages, faults {:?}", world.faults)
        });
    }

    fn live_until(&mut self, end_ms: u64) {
        while let Some(at_ms) = self.next_ms().filter(|&at_ms| at_ms <= end_ms) {
            self.now_ms = self.now_ms.max(at_ms);
            self.step();
        }
        self.now_ms = end_ms;
    }

    pub(crate) const fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now_ms)
    }

    pub(crate) fn at(&mut self, at_ms: u64, event: Event) {
        self.queued += 1;
        self.queue.insert((at_ms.max(self.now_ms), self.queued), event);
    }

    /// Within `max_ms` from now.
    pub(crate) fn soon(&mut self, max_ms: u64, event: Event) {
        let at_ms = self.now_ms + self.random.range(0, max_ms + 1);
        self.at(at_ms, event);
    }

    pub(crate) const fn is_busy(&self) -> bool {
        self.now_ms < self.busy_until_ms
    }

    pub(crate) fn trace(&self, line: impl FnOnce(&Self) -> String) {
        if self.traced {
            eprintln!("{:>8} {}", self.now_ms - START_MS, line(self));
        }
    }

    /// Puts something on its way.
    pub(crate) fn send(&mut self, id: ConnectionId, way: Way, parcel: Parcel) {
        let at_ms = self.network.arrival(self.now_ms, id, way, &mut self.random);
        self.at(at_ms, Event::Arrival(id, way, parcel));
    }

    fn next_ms(&self) -> Option<u64> {
        let queued = self.queue.keys().next().map(|&(at_ms, _)| at_ms);
        let clients = self.clients.iter().flatten().filter_map(|client| client.deadline());
        let relay = self.relay.iter().filter_map(Relay::deadline);
        let timers = clients.chain(relay).map(Timestamp::as_millis);
        queued.into_iter().chain(timers).min()
    }

    /// Carries out the timers that are due, then one event.
    fn step(&mut self) {
        let now = self.now();
        for client in 0..self.clients.len() {
            self.tick_client(client, now);
        }
        self.tick_relay();
        if let Some(entry) = self.queue.first_entry()
            && entry.key().0 <= self.now_ms
        {
            let event = entry.remove();
            self.happen(event);
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Arrival(id, Way::Up, parcel) => self.arrive_at_relay(id, parcel),
            Event::Arrival(id, Way::Down, parcel) => self.arrive_at_client(id, parcel),
            Event::Notice(id, Way::Up) => self.relay_loses(id),
            Event::Notice(id, Way::Down) => self.client_loses(id, 1006),
            Event::Edit(client) => self.edit(client),
            Event::Fault => self.fault(),
            Event::ClientStarts(client) => self.restart_client(client),
            Event::RelayStarts => self.start_relay(),
            Event::RelayEnds(number) => self.end_relay(number),
            Event::Store(number) => self.work_store(number),
            Event::Stored(number, input) => self.stored(number, input),
            Event::JobDone(number, finished) => self.job_done(number, finished),
            Event::Regrant(number, peer) => self.regrant(number, peer),
            Event::NewToken(client) => self.tell_client(client, News::Token),
            Event::Start(client) => self.tell_client(client, News::Start),
            Event::NetworkBack(client) => self.tell_client(client, News::NetworkBack),
        }
    }
}
