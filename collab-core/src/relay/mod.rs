//! The server's room as input and output: who is here, what may they do, what goes to whom.
//!
//! A driver owns one [`Room`] per room name, feeds it [`Input`]s and carries out [`Output`]s, in
//! order. A channel is a snapshot and a tail of encoded updates; it is never materialised as a
//! document. Bytes from a peer are checked here before anything else sees them.
//!
//! The driving loop:
//!
//! ```text
//! room.handle(now, input);
//! while let Some(output) = room.poll_output() { carry out }
//! if room.is_idle() { drop the room }
//! ```

mod acknowledge;
mod channel;
mod chat;
mod io;
mod limits;
mod peer;
mod presence;
mod push;
mod receive;
mod sorted;
mod stored;
mod tick;
mod work;

pub use chat::{Authorship, ChatLimits};
pub use io::{
    ChannelName, Class, Counter, EntryNo, Input, LoadFailure, Output, PeerId, Position, Stored,
};
pub use limits::RoomConfig;
pub use sorted::SortedMap;
pub use work::{Finished, Job};

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use smallvec::SmallVec;

use self::channel::Channels;
use self::chat::{Kind, Listings, Rates};
use self::peer::{Peer, Subscription};
use crate::Timestamp;
use crate::wire::{
    CloseCode, DOC_CHANNEL, Dialect, ErrorCode, EventKind, Grant, Message, Sync, Writer,
};

/// The version of `collab.v1` that `welcome` names.
pub const VERSION: u64 = 1;

/// How often outdated presence and expired grants are looked for.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);

/// One room's state.
#[derive(Debug)]
pub struct Room {
    config: Arc<RoomConfig>,
    peers: SortedMap<PeerId, Peer>,
    /// The highest peer that ever joined; peers are numbered in the order in which they come.
    newest_peer: PeerId,
    channels: Channels,
    /// Channels with something for the end of the tick, and since when.
    ticking: SmallVec<[u64; 1]>,
    ticking_since: Timestamp,
    store_ok: bool,
    next_sweep: Timestamp,
    /// How much users have written into chats lately.
    rates: Rates,
    /// Which chats there are, once somebody has asked.
    listings: Option<Box<Listings>>,
    /// When the first `durable` has waited for long enough.
    next_ride_end: Timestamp,
    going_away: bool,
    outputs: VecDeque<Output>,
}

impl Room {
    /// A room that knows nothing yet; the first peer that opens a channel makes it load.
    pub fn new(config: impl Into<Arc<RoomConfig>>) -> Self {
        Self {
            config: config.into(),
            peers: SortedMap::default(),
            newest_peer: PeerId(0),
            channels: Channels::default(),
            ticking: SmallVec::new(),
            ticking_since: Timestamp::NEVER,
            store_ok: true,
            next_sweep: Timestamp::NEVER,
            rates: Rates::default(),
            listings: None,
            next_ride_end: Timestamp::NEVER,
            going_away: false,
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input at `now` (Unix time in ms) and queues what follows from it.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        if !matches!(input, Input::Frame { .. } | Input::Durable { .. }) {
            self.end_tick(now);
        }
        match input {
            Input::Join { peer, dialect, grant } => self.join(now, peer, dialect, grant),
            Input::Frame { peer, frame } => self.receive(now, peer, &frame),
            Input::Overflowed { peer } => self.resync(now, peer),
            Input::PresenceDropped { peer } => self.resend_presence(peer),
            Input::Regrant { peer, grant } => self.regrant(now, peer, grant),
            Input::TokenRefused { peer } => {
                self.refuse(peer, 0, ErrorCode::Unauthorized, 0, "token refused");
            }
            Input::Leave { peer } => self.leave(now, peer),
            Input::Listed { prefix, names } => self.listed(now, prefix, names),
            Input::Loaded { channel, stored } => self.loaded(now, channel, stored),
            Input::Durable { channel, entry, position } => {
                self.durable(now, &channel, entry, position);
            }
            Input::StoreLate => self.store_late(),
            Input::StoreHealth { ok } => self.store_health(ok),
            Input::Finished(finished) => self.finished(now, finished),
            Input::Replaced { channel, upto: _, ok } => self.replaced(&channel, ok),
            Input::GoingAway { retry_after_ms } => self.going_away(now, retry_after_ms),
            Input::Tick => {}
        }
        if now >= self.next_sweep {
            self.end_tick(now);
            self.sweep(now);
        }
        if now >= self.next_ride_end {
            self.end_rides(now);
        }
        self.ticking_since = match self.ticking[..] {
            [] => Timestamp::NEVER,
            _ => self.ticking_since.min(now),
        };
    }

    /// The next thing to carry out.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        let output = self.outputs.pop_front();
        if output.is_none() {
            // An idle room holds no buffer.
            self.outputs = VecDeque::new();
        }
        output
    }

    /// When [`Input::Tick`] is due next, if at all. While updates wait to be stored, forwarded and
    /// acknowledged it is due at once, but whoever has frames at hand hands them in before.
    pub fn deadline(&self) -> Option<Timestamp> {
        let due = self.next_sweep.min(self.next_ride_end).min(self.ticking_since);
        (due < Timestamp::NEVER).then_some(due)
    }

    /// Whether updates or awareness wait for the end of a tick.
    pub fn is_ticking(&self) -> bool {
        !self.ticking.is_empty()
    }

    /// Whether nobody is here and nothing is under way: the driver may drop the room.
    pub fn is_idle(&self) -> bool {
        self.peers.is_empty() && self.channels.iter().all(channel::Channel::is_settled)
    }

    fn join(&mut self, now: Timestamp, peer: PeerId, dialect: Dialect, grant: Grant) {
        self.newest_peer = self.newest_peer.max(peer);
        if grant.expires_at_ms != 0 {
            self.sweep_later(now);
        }
        self.peers.insert(peer, Peer::new(dialect, grant.clone()));
        match dialect {
            Dialect::Plain => self.open(peer, DOC_CHANNEL, Kind::Document),
            Dialect::V1 => {
                let (limits, keeps) = (self.config.limits, self.config.keeps);
                let welcome = Message::Welcome {
                    version: VERSION,
                    peer: peer.0,
                    grant,
                    limits,
                    keeps,
                    digests: true,
                    lists: true,
                };
                self.send(peer, Class::Control, 0, &welcome);
                if !self.store_ok {
                    self.send_store_health(peer);
                }
            }
        }
    }

    /// Opens a channel for a peer, loading it for the first one.
    fn open(&mut self, peer: PeerId, name: &str, kind: Kind) {
        let number = match self.channels.number(name) {
            Some(number) => number,
            None if !self.channels.have_room_for(&kind, self.config.room_channels_max) => {
                return self.refuse(peer, 0, ErrorCode::TooManyChannels, 0, name);
            }
            None => self.load(name, kind),
        };
        let (Some(state), Some(channel)) = (self.peers.get_mut(&peer), self.channels.get(number))
        else {
            return;
        };
        let (dialect, access) = (state.dialect, channel.kind.access(&state.grant));
        state.channels.insert(number, Subscription::new(dialect));
        if dialect == Dialect::V1 {
            self.send(peer, Class::Control, number, &Message::Opened { name, access });
        }
        let Some(channel) = self.channels.get_mut(number) else {
            return;
        };
        channel.subscribers.insert(peer, ());
        if channel.ready().is_some() {
            self.greet(peer, number);
        }
    }

    fn load(&mut self, name: &str, kind: Kind) -> u64 {
        let name = ChannelName::from(name);
        if self.config.keeps {
            self.outputs.push_back(Output::Load { channel: name.clone() });
        }
        self.channels.add(name, self.config.keeps, kind)
    }

    /// Step 1 and everybody's presence: what a relay says first (PROTOCOL section 3).
    fn greet(&mut self, peer: PeerId, number: u64) {
        let Some(channel) = self.channels.get_mut(number) else {
            return;
        };
        let presence = channel.presence.all();
        let Some(ready) = channel.ready() else { return };
        let state_vector = ready.log.state_vector().write();
        self.send(peer, Class::Control, number, &Message::Sync(Sync::Step1(&state_vector)));
        if let Some(presence) = presence {
            self.send(peer, Class::Presence, number, &Message::Awareness(&presence));
        }
    }

    fn leave(&mut self, now: Timestamp, peer: PeerId) {
        let Some(state) = self.peers.remove(&peer) else {
            return;
        };
        self.forget_listener(peer);
        let Peer { mut channels, .. } = state;
        for (number, _) in channels.take() {
            self.unsubscribe(now, peer, number);
        }
        if self.peers.is_empty() {
            self.next_sweep = Timestamp::NEVER;
        }
    }

    fn unsubscribe(&mut self, now: Timestamp, peer: PeerId, number: u64) {
        let Some(channel) = self.channels.get_mut(number) else {
            return;
        };
        channel.subscribers.remove(&peer);
        if let Some(removal) = channel.presence.leave(now, (peer, self.newest_peer)) {
            self.broadcast_presence(number, &removal);
        }
        self.forget_unused(number);
    }

    /// Drops a channel that nobody has open. Where nothing is kept it lives as long as the room, unless
    /// it is a chat in which nothing was said.
    fn forget_unused(&mut self, number: u64) {
        let Some(channel) = self.channels.get(number) else {
            return;
        };
        let unused = channel.subscribers.is_empty() && channel.is_settled();
        let nothing_is_lost = self.config.keeps || channel.kind.is_blank();
        if unused && (nothing_is_lost || self.peers.is_empty()) {
            self.channels.remove(number);
        }
    }

    /// Tells a peer whose document frames were dropped to sync again.
    fn resync(&mut self, now: Timestamp, peer: PeerId) {
        let Some(state) = self.peers.get_mut(&peer) else {
            return;
        };
        state.channels.values_mut().for_each(|subscription| subscription.hears = false);
        self.outputs.push_back(Output::Count(Counter::Resync));
        if state.dialect == Dialect::Plain {
            return self.close(now, peer, CloseCode::TRY_LATER, "read too slowly");
        }
        for number in state.channels.keys().copied().collect::<Vec<_>>() {
            let kind = EventKind::Resync as u64;
            self.send(peer, Class::Control, number, &Message::Event { kind, payload: &[] });
        }
        self.resend_presence(peer);
    }

    fn resend_presence(&mut self, peer: PeerId) {
        let Some(state) = self.peers.get(&peer) else {
            return;
        };
        for number in state.channels.keys().copied().collect::<Vec<_>>() {
            let channel = self.channels.get(number);
            if let Some(presence) = channel.and_then(|channel| channel.presence.all_and_gone()) {
                self.send(peer, Class::Presence, number, &Message::Awareness(&presence));
            }
        }
    }

    fn regrant(&mut self, now: Timestamp, peer: PeerId, grant: Option<Grant>) {
        let Some(state) = self.peers.get_mut(&peer) else {
            return;
        };
        let Some(grant) = grant else {
            return self.close(now, peer, CloseCode::FORBIDDEN, "grant revoked");
        };
        let before = std::mem::replace(&mut state.grant, grant.clone());
        let dialect = state.dialect;
        if grant.expires_at_ms != 0 {
            self.sweep_later(now);
        }
        if dialect == Dialect::V1 {
            self.send(peer, Class::Control, 0, &Message::Grant(grant));
        }
        self.regranted(now, peer, &before);
    }

    fn going_away(&mut self, now: Timestamp, retry_after_ms: u64) {
        self.going_away = true;
        self.end_rides(now);
        let mut payload = Writer::default();
        payload.var_uint(retry_after_ms);
        let payload = payload.into_bytes();
        let message = Message::Event { kind: EventKind::GoingAway as u64, payload: &payload };
        self.tell_all(&message);
    }

    /// Notes that something may have to be removed one day. A room in which nothing can expire has
    /// no deadline.
    fn sweep_later(&mut self, now: Timestamp) {
        self.next_sweep = self.next_sweep.min(now + SWEEP_INTERVAL);
    }

    /// Removes presence that was not renewed and connections whose grant has expired.
    fn sweep(&mut self, now: Timestamp) {
        let (newest, timeout) = (self.newest_peer, self.config.presence_timeout);
        let removals: Vec<(u64, Bytes)> = self
            .channels
            .iter_mut()
            .filter_map(|c| {
                c.presence.sweep(now, newest, timeout).map(|removal| (c.number, removal))
            })
            .collect();
        for (number, removal) in removals {
            self.broadcast_presence(number, &removal);
        }
        let is_expired = |peer: &Peer| {
            peer.grant.expires_at_ms != 0 && peer.grant.expires_at_ms <= now.as_millis()
        };
        let expired: Vec<PeerId> =
            self.peers.iter().filter(|(_, peer)| is_expired(peer)).map(|(&id, _)| id).collect();
        for peer in expired {
            self.close(now, peer, CloseCode::UNAUTHORIZED, "grant expired");
        }
        let sweep_again = self.peers.values().any(|peer| peer.grant.expires_at_ms != 0)
            || self.channels.iter().any(|channel| !channel.presence.is_settled());
        self.next_sweep = if sweep_again { now + SWEEP_INTERVAL } else { Timestamp::NEVER };
        self.retry_lists();
    }

    fn close(&mut self, now: Timestamp, peer: PeerId, code: CloseCode, reason: &'static str) {
        self.outputs.push_back(Output::Close { peer, code, reason });
        self.leave(now, peer);
    }

    /// Tells a peer what went wrong; the error may end the connection (PROTOCOL section 6).
    fn fail(
        &mut self,
        now: Timestamp,
        peer: PeerId,
        number: u64,
        (code, seq): (ErrorCode, u64),
        detail: &'static str,
    ) {
        // What was accepted before is acknowledged first.
        self.end_tick(now);
        self.send_received(peer, number);
        let Some(state) = self.peers.get(&peer) else {
            return;
        };
        let close = match state.dialect {
            Dialect::Plain => code.close_plain(),
            Dialect::V1 => code.close(),
        };
        self.refuse(peer, number, code, seq, detail);
        if let Some(close) = close {
            self.close(now, peer, close, detail);
        }
    }

    /// Sends an error. A plain connection has one word for it, and hears it only before its end.
    fn refuse(&mut self, peer: PeerId, number: u64, code: ErrorCode, seq: u64, detail: &str) {
        self.outputs.push_back(Output::Count(Counter::Refused(code)));
        let Some(state) = self.peers.get(&peer) else {
            return;
        };
        let message = match state.dialect {
            Dialect::V1 => Message::Error { code: code as u64, seq, detail },
            Dialect::Plain if code == ErrorCode::ReadOnly => {
                Message::PermissionDenied { reason: detail }
            }
            Dialect::Plain => return,
        };
        self.send(peer, Class::Control, number, &message);
    }

    fn send(&mut self, peer: PeerId, class: Class, number: u64, message: &Message<'_>) {
        let Some(state) = self.peers.get(&peer) else {
            return;
        };
        let frame = message.frame(state.dialect, number);
        self.outputs.push_back(Output::Send { peer, class, frame });
    }

    /// Sends a message about the connection to all that understand it.
    fn tell_all(&mut self, message: &Message<'_>) {
        let frame = message.frame(Dialect::V1, 0);
        let peers = self.peers.iter().filter(|(_, state)| state.dialect == Dialect::V1);
        for (&peer, _) in peers {
            let frame = frame.clone();
            self.outputs.push_back(Output::Send { peer, class: Class::Control, frame });
        }
    }

    /// Sends awareness to all that have the channel open, its sender included: a plain client
    /// counts on hearing something every 30 s.
    fn broadcast_presence(&mut self, number: u64, update: &[u8]) {
        let Some(channel) = self.channels.get(number) else {
            return;
        };
        let plain = Message::Awareness(update).frame(Dialect::Plain, number);
        let extended = Message::Awareness(update).frame(Dialect::V1, number);
        for &peer in channel.subscribers.keys() {
            let Some(state) = self.peers.get(&peer) else {
                continue;
            };
            let frame = match state.dialect {
                Dialect::Plain => plain.clone(),
                Dialect::V1 => extended.clone(),
            };
            self.outputs.push_back(Output::Send { peer, class: Class::Presence, frame });
        }
    }
}

/// A frame that means nothing, sent to a peer that has heard nothing for 25 s: y-websocket
/// reconnects after 30 s without data, and WebSocket pings do not count.
pub fn keep_alive(dialect: Dialect) -> Bytes {
    match dialect {
        Dialect::Plain => Message::Awareness(&[0]).frame(dialect, 0),
        Dialect::V1 => Message::Ping { nonce: 0 }.frame(dialect, 0),
    }
}
