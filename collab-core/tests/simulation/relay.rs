//! The relay process: a room, bounded queues, a store that answers late.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::relay::{Class, Finished, Input, Output, PeerId, Room, keep_alive};
use collab_core::wire::{Access, Dialect, Frame, Grant, Message};

use super::chatters::user_of;
use super::network::{ConnectionId, Parcel, Way};
use super::store::Operation;
use super::world::{Event, World};

/// How often a relay looks for silent peers.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Frames on their way to one peer that the transport holds by itself.
const WINDOW_FRAMES: usize = 4;

pub(crate) struct Relay {
    pub(crate) room: Room,
    /// Numbers rooms of all processes: answers to an earlier one are void.
    room_number: u64,
    pub(crate) peers: BTreeMap<PeerId, Peer>,
    /// Peers by connection; a connection without a peer has not said `hello`.
    by_connection: BTreeMap<ConnectionId, Option<PeerId>>,
    pub(crate) operations: VecDeque<Operation>,
    next_peer: u64,
    look_at: Timestamp,
    pub(crate) store_ok: bool,
}

pub(crate) struct Peer {
    connection: ConnectionId,
    /// Empty for those who do not chat.
    user: String,
    dialect: Dialect,
    queue: VecDeque<Queued>,
    in_flight: usize,
    overflowed: bool,
    presence_dropped: bool,
    heard: Timestamp,
    said: Timestamp,
}

enum Queued {
    Frame(Class, Bytes),
    Close(u16),
}

impl Relay {
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        let look_at = (!self.peers.is_empty()).then_some(self.look_at);
        self.room.deadline().into_iter().chain(look_at).min()
    }
}

impl Peer {
    /// Queues a frame by the rules of [`Class`].
    fn enqueue(&mut self, class: Class, frame: Bytes, max: usize) {
        let is_full = self.queue.len() >= max;
        match class {
            Class::Document if is_full || self.overflowed => {
                self.overflowed = true;
                self.queue.retain(|queued| !matches!(queued, Queued::Frame(Class::Document, _)));
            }
            Class::Presence if is_full => self.presence_dropped = true,
            _ => self.queue.push_back(Queued::Frame(class, frame)),
        }
    }
}

impl World {
    pub(crate) fn start_relay(&mut self) {
        self.relay_number += 1;
        self.trace(|world| format!("relay {} starts", world.relay_number));
        self.rooms += 1;
        self.relay = Some(Relay {
            room: Room::new(self.plan.room.clone()),
            room_number: self.rooms,
            peers: BTreeMap::new(),
            by_connection: BTreeMap::new(),
            operations: VecDeque::new(),
            next_peer: 0,
            look_at: self.now(),
            store_ok: true,
        });
    }

    /// The process is gone, with all that was not stored. The store may have done a part of what it
    /// was asked for.
    pub(crate) fn crash_relay(&mut self) {
        let Some(relay) = self.relay.take() else { return };
        self.trace(|world| format!("relay {} crashes", world.relay_number));
        for operation in relay.operations {
            if self.random.percent(50) {
                break;
            }
            self.perform(operation);
        }
        for id in relay.by_connection.into_keys() {
            self.network.get(id).relay_open = false;
            self.send(id, Way::Down, Parcel::Close(1006));
        }
    }

    pub(crate) fn tick_relay(&mut self) {
        let now = self.now();
        let Some(relay) = &mut self.relay else { return };
        if relay.room.deadline().is_some_and(|at| at <= now) {
            self.tell_relay(Input::Tick);
        }
        if self.relay.as_ref().is_some_and(|relay| relay.look_at <= now) {
            self.look_for_silence(now);
        }
    }

    fn look_for_silence(&mut self, now: Timestamp) {
        let Some(relay) = &mut self.relay else { return };
        relay.look_at = now + LOOK_EVERY;
        let peers: Vec<PeerId> = relay.peers.keys().copied().collect();
        for id in peers {
            let Some(peer) = self.relay.as_mut().and_then(|r| r.peers.get_mut(&id)) else {
                continue;
            };
            if now.since(peer.heard) > Duration::from_secs(60) {
                let connection = peer.connection;
                self.trace(|_| format!("relay closes silent {id:?}"));
                self.send(connection, Way::Down, Parcel::Close(1013));
                self.relay_loses(connection);
            } else if now.since(peer.said) >= Duration::from_secs(20) {
                let max = self.plan.queue_max_frames;
                peer.enqueue(Class::Presence, keep_alive(peer.dialect), max);
                self.pump(id);
            }
        }
    }

    pub(crate) fn arrive_at_relay(&mut self, id: ConnectionId, parcel: Parcel) {
        if self.network.get(id).cut {
            return;
        }
        match parcel {
            Parcel::Connect => self.accept(id),
            Parcel::Frame(frame) => self.receive(id, frame),
            Parcel::Close(_) => self.relay_loses(id),
        }
    }

    fn accept(&mut self, id: ConnectionId) {
        if let Some(relay) = &mut self.relay {
            relay.by_connection.insert(id, None);
            self.network.get(id).relay_open = true;
            self.send(id, Way::Down, Parcel::Connect);
            if self.network.get(id).dialect == Dialect::Plain {
                self.join(id, "");
            }
        } else {
            self.send(id, Way::Down, Parcel::Close(1006));
        }
    }

    fn receive(&mut self, id: ConnectionId, frame: Bytes) {
        let now = self.now();
        let Some(relay) = &mut self.relay else { return };
        let Some(peer) = relay.by_connection.get(&id) else { return };
        if let &Some(peer) = peer {
            relay.peers.get_mut(&peer).expect("a peer with a connection").heard = now;
            self.tell_relay(Input::Frame { peer, frame });
        } else {
            let hello = Frame::read(Dialect::V1, &frame).expect("a session's frame").message;
            let Message::Hello { token, .. } = hello else {
                panic!("hello comes first: {hello:?}")
            };
            self.join(id, user_of(token));
        }
    }

    fn join(&mut self, id: ConnectionId, user: &str) {
        let (now, dialect) = (self.now(), self.network.get(id).dialect);
        // A stock client has no way to renew a grant.
        let grant = if dialect == Dialect::V1 { self.new_grant(user) } else { Grant::open() };
        let Some(relay) = &mut self.relay else { return };
        relay.next_peer += 1;
        let peer = PeerId(relay.next_peer);
        relay.by_connection.insert(id, Some(peer));
        let state = Peer {
            connection: id,
            user: user.to_owned(),
            dialect,
            queue: VecDeque::new(),
            in_flight: 0,
            overflowed: false,
            presence_dropped: false,
            heard: now,
            said: now,
        };
        relay.peers.insert(peer, state);
        self.tell_relay(Input::Join { peer, dialect, grant });
    }

    fn new_grant(&self, user: &str) -> Grant {
        let expires_at_ms = match self.plan.grant_ms {
            0 => 0,
            ms => self.now_ms + ms,
        };
        Grant { user: user.to_owned(), expires_at_ms, ..Grant::open() }
    }

    fn user(&self, peer: PeerId) -> String {
        let peer = self.relay.as_ref().and_then(|relay| relay.peers.get(&peer));
        peer.map(|peer| peer.user.clone()).unwrap_or_default()
    }

    /// The relay's end of a connection is gone.
    pub(crate) fn relay_loses(&mut self, id: ConnectionId) {
        self.network.get(id).relay_open = false;
        let Some(relay) = &mut self.relay else { return };
        if let Some(Some(peer)) = relay.by_connection.remove(&id)
            && relay.peers.remove(&peer).is_some()
        {
            self.tell_relay(Input::Leave { peer });
        }
    }

    /// The present room's number; 0 while there is none.
    pub(crate) fn room_number(&self) -> u64 {
        self.relay.as_ref().map_or(0, |relay| relay.room_number)
    }

    pub(crate) fn tell_relay(&mut self, input: Input) {
        let now = self.now();
        let Some(relay) = &mut self.relay else { return };
        relay.room.handle(now, input);
        while let Some(output) = self.relay.as_mut().and_then(|relay| relay.room.poll_output()) {
            self.carry_out_for_relay(output);
        }
        // As a server does with rooms that nobody uses.
        if let Some(relay) = &mut self.relay
            && relay.room.is_idle()
            && relay.operations.is_empty()
        {
            self.rooms += 1;
            relay.room_number = self.rooms;
            relay.room = Room::new(self.plan.room.clone());
        }
    }

    fn carry_out_for_relay(&mut self, output: Output) {
        match output {
            Output::Send { peer, class, frame } => self.queue_for(peer, class, &frame),
            Output::Close { peer, code, .. } => self.close_peer(peer, code.0),
            Output::Load { channel } => self.ask_store(Operation::Load { channel }),
            Output::List { prefix, max } => self.ask_store(Operation::List { prefix, max }),
            Output::Append { channel, entry, update } => {
                self.ask_store(Operation::Append { channel, entry, update });
            }
            Output::Replace { channel, upto, snapshot } => {
                self.ask_store(Operation::Replace { channel, upto, snapshot });
            }
            Output::Work(job) => {
                let finished = job.run();
                self.soon(200, Event::JobDone(self.room_number(), finished));
            }
            Output::Authorize { peer, .. } => {
                self.soon(500, Event::Regrant(self.room_number(), peer));
            }
            Output::Count(_) => {}
            other => panic!("an output that this host does not know: {other:?}"),
        }
    }

    /// Documents and presence must bear to be told anything twice.
    fn queue_for(&mut self, id: PeerId, class: Class, frame: &Bytes) {
        let max = self.plan.queue_max_frames;
        let may_repeat = matches!(class, Class::Document | Class::Answer | Class::Presence);
        let times = if may_repeat && self.random.percent(3) { 2 } else { 1 };
        if let Some(peer) = self.relay.as_mut().and_then(|relay| relay.peers.get_mut(&id)) {
            Self::check_secrecy(&peer.user, frame);
            for _ in 0..times {
                peer.enqueue(class, frame.clone(), max);
            }
            self.pump(id);
        }
    }

    /// What is queued goes first; the room has forgotten the peer already.
    fn close_peer(&mut self, id: PeerId, code: u16) {
        let Some(relay) = &mut self.relay else { return };
        let Some(peer) = relay.peers.remove(&id) else { return };
        self.trace(|_| format!("relay closes {id:?}: {code}"));
        relay_forgets(&mut self.relay, peer.connection);
        self.network.get(peer.connection).relay_open = false;
        for queued in peer.queue.into_iter().chain([Queued::Close(code)]) {
            self.send(peer.connection, Way::Down, queued.into_parcel());
        }
    }

    /// Hands frames to the transport as far as it takes them, and tells the room of drops once
    /// there is space again.
    fn pump(&mut self, id: PeerId) {
        let now = self.now();
        loop {
            let Some(peer) = self.relay.as_mut().and_then(|r| r.peers.get_mut(&id)) else {
                return;
            };
            if peer.in_flight >= WINDOW_FRAMES {
                return;
            }
            let connection = peer.connection;
            if let Some(queued) = peer.queue.pop_front() {
                peer.in_flight += 1;
                peer.said = now;
                self.send(connection, Way::Down, queued.into_parcel());
            } else if std::mem::take(&mut peer.overflowed) {
                self.trace(|_| format!("{id:?} overflowed"));
                self.tell_relay(Input::Overflowed { peer: id });
            } else if std::mem::take(&mut peer.presence_dropped) {
                self.tell_relay(Input::PresenceDropped { peer: id });
            } else {
                return;
            }
        }
    }

    /// The transport has space again.
    pub(crate) fn left_relay(&mut self, id: ConnectionId) {
        let Some(relay) = &mut self.relay else { return };
        let Some(Some(peer)) = relay.by_connection.get(&id).copied() else { return };
        if let Some(state) = relay.peers.get_mut(&peer) {
            state.in_flight = state.in_flight.saturating_sub(1);
            self.pump(peer);
        }
    }

    pub(crate) fn job_done(&mut self, number: u64, finished: Finished) {
        if number == self.room_number() {
            self.tell_relay(Input::Finished(finished));
        }
    }

    /// Takes the right to write from somebody, for a while.
    pub(crate) fn demote(&mut self, until_ms: u64) {
        let Some(relay) = &self.relay else { return };
        let v1 = relay.peers.iter().filter(|(_, peer)| peer.dialect == Dialect::V1);
        let peers: Vec<PeerId> = v1.map(|(&id, _)| id).collect();
        if peers.is_empty() {
            return;
        }
        let peer = peers[self.random.index(peers.len())];
        self.at(until_ms, Event::Regrant(self.room_number(), peer));
        let grant = self.new_grant(&self.user(peer));
        let grant = Some(Grant { access: Access::Read, ..grant });
        self.tell_relay(Input::Regrant { peer, grant });
    }

    pub(crate) fn regrant(&mut self, number: u64, peer: PeerId) {
        if number == self.room_number() {
            let grant = Some(self.new_grant(&self.user(peer)));
            self.tell_relay(Input::Regrant { peer, grant });
        }
    }

    /// Tells everybody, and ends a while later.
    pub(crate) fn send_relay_away(&mut self) {
        self.trace(|world| format!("relay {} goes away", world.relay_number));
        let retry_after_ms = self.random.range(0, 3_000);
        self.tell_relay(Input::GoingAway { retry_after_ms });
        self.soon(2_000, Event::RelayEnds(self.relay_number));
    }

    pub(crate) fn end_relay(&mut self, number: u64) {
        if number == self.relay_number && self.relay.is_some() {
            self.crash_relay();
            self.soon(3_000, Event::RelayStarts);
        }
    }
}

impl Queued {
    fn into_parcel(self) -> Parcel {
        match self {
            Self::Frame(_, frame) => Parcel::Frame(frame),
            Self::Close(code) => Parcel::Close(code),
        }
    }
}

fn relay_forgets(relay: &mut Option<Relay>, id: ConnectionId) {
    if let Some(relay) = relay {
        relay.by_connection.remove(&id);
    }
}
