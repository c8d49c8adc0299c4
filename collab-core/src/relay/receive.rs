//! What the room does with a frame from a peer.

use bytes::Bytes;

use super::channel::State;
use super::presence::Accepted;
use super::{Class, Counter, Output, PeerId, Room};
use crate::Timestamp;
use crate::log::{self, Answer, Checked, Digest, First, Known, Refusal, StateVector};
use crate::wire::{
    AwarenessEntry, DOC_CHANNEL, Dialect, ErrorCode, Frame, Message, SharedUpdate, Sync,
    is_channel_name, read_awareness, write_awareness,
};

/// An update on its way into a channel. `seq` is 0 for a plain connection.
#[derive(Clone, Copy)]
struct Push<'a> {
    peer: PeerId,
    number: u64,
    seq: u64,
    update: &'a [u8],
}

impl Room {
    pub(super) fn receive(&mut self, now: Timestamp, peer: PeerId, frame: &Bytes) {
        let Some(state) = self.peers.get(&peer) else {
            return;
        };
        let dialect = state.dialect;
        let Ok(read) = Frame::read(dialect, frame) else {
            return self.fail(now, peer, 0, (ErrorCode::Malformed, 0), "not a message");
        };
        let number = match dialect {
            Dialect::Plain => self.channels.number(DOC_CHANNEL).unwrap_or_default(),
            Dialect::V1 => read.channel,
        };
        if number == 0 {
            return self.receive_on_connection(now, peer, &read.message);
        }
        if !self.peers.get(&peer).is_some_and(|state| state.channels.contains_key(&number)) {
            return self.refuse(peer, number, ErrorCode::ChannelUnknown, 0, "channel is not open");
        }
        let waits =
            matches!(read.message, Message::Sync(_) | Message::Ask { .. } | Message::Push { .. });
        if waits && self.hold(now, peer, number, frame) {
            return;
        }
        self.receive_on_channel(now, peer, number, &read.message);
    }

    /// Keeps a frame until its channel is loaded; false if it is loaded already.
    fn hold(&mut self, now: Timestamp, peer: PeerId, number: u64, frame: &Bytes) -> bool {
        let Some(channel) = self.channels.get_mut(number) else {
            return false;
        };
        let State::Loading(held) = &mut channel.state else {
            return false;
        };
        if !held.push(peer, Bytes::copy_from_slice(frame), self.config.backlog_max_bytes) {
            self.fail(now, peer, number, (ErrorCode::Overloaded, 0), "the room is still loading");
        }
        true
    }

    fn receive_on_connection(&mut self, now: Timestamp, peer: PeerId, message: &Message<'_>) {
        match *message {
            Message::Open { name } => self.receive_open(peer, name),
            Message::Signal { peer: to, payload } => self.receive_signal(peer, PeerId(to), payload),
            Message::Token { token } => {
                self.outputs.push_back(Output::Authorize { peer, token: token.to_owned() });
            }
            Message::Ping { nonce } => self.send(peer, Class::Control, 0, &Message::Pong { nonce }),
            Message::Pong { .. } => {}
            _ => self.unexpected(now, peer),
        }
    }

    fn receive_on_channel(
        &mut self,
        now: Timestamp,
        peer: PeerId,
        number: u64,
        message: &Message<'_>,
    ) {
        let plain = self.peers.get(&peer).is_some_and(|state| state.dialect == Dialect::Plain);
        match *message {
            Message::Sync(Sync::Step1(state_vector)) => {
                self.receive_question(now, peer, number, read_known(state_vector, None));
            }
            Message::Ask { state_vector, digest } => {
                self.receive_question(now, peer, number, read_known(state_vector, Some(digest)));
            }
            Message::Sync(Sync::Update(update)) if plain => {
                if !self.is_early(peer, number, update) {
                    self.receive_push(now, Push { peer, number, seq: 0, update });
                }
            }
            Message::Sync(Sync::Step2(update)) if plain => {
                if let Some(subscription) = self.subscription(peer, number) {
                    subscription.answered = true;
                }
                self.receive_push(now, Push { peer, number, seq: 0, update });
            }
            Message::Push { seq, update } => {
                self.receive_push(now, Push { peer, number, seq, update });
            }
            Message::Awareness(update) => self.receive_awareness(now, peer, number, update),
            Message::QueryAwareness => self.resend_presence(peer),
            Message::Close => self.receive_close(now, peer, number),
            _ => self.unexpected(now, peer),
        }
    }

    fn unexpected(&mut self, now: Timestamp, peer: PeerId) {
        self.fail(now, peer, 0, (ErrorCode::Unexpected, 0), "message not allowed here");
    }

    fn receive_open(&mut self, peer: PeerId, name: &str) {
        let Some(state) = self.peers.get(&peer) else {
            return;
        };
        if !is_channel_name(name) {
            return self.refuse(peer, 0, ErrorCode::ChannelUnknown, 0, name);
        }
        let is_open = self.channels.number(name).is_some_and(|n| state.channels.contains_key(&n));
        if !is_open && state.channels.len() >= self.config.channels_max {
            return self.refuse(peer, 0, ErrorCode::TooManyChannels, 0, name);
        }
        self.open(peer, name);
    }

    fn receive_close(&mut self, now: Timestamp, peer: PeerId, number: u64) {
        if let Some(state) = self.peers.get_mut(&peer) {
            state.channels.remove(&number);
        }
        self.send(peer, Class::Control, number, &Message::Close);
        self.unsubscribe(now, peer, number);
    }

    fn receive_signal(&mut self, from: PeerId, to: PeerId, payload: &[u8]) {
        let fits = payload.len() as u64 <= self.config.limits.signal_max_bytes;
        let knows = self.peers.get(&to).is_some_and(|state| state.dialect == Dialect::V1);
        if !fits || !knows {
            let detail = if fits { "no such peer" } else { "payload too large" };
            return self.refuse(from, 0, ErrorCode::SignalRefused, 0, detail);
        }
        // Presence class: signalling is retried by its users, and one peer must not be able to
        // fill another's queue with frames that are never dropped.
        self.send(to, Class::Presence, 0, &Message::Signal { peer: from.0, payload });
    }

    /// Answers with what the peer lacks, in one or two frames.
    fn receive_question(
        &mut self,
        now: Timestamp,
        peer: PeerId,
        number: u64,
        known: Result<Known, Refusal>,
    ) {
        let Ok(known) = known else {
            return self.fail(now, peer, number, (ErrorCode::Malformed, 0), "not a state vector");
        };
        let ready = self.channels.get_mut(number).and_then(super::channel::Channel::ready);
        match ready.map(|ready| ready.log.answer(&known)) {
            Some(Ok(answer)) => self.send_answer(peer, number, &answer),
            Some(Err(_)) => {
                let error = (ErrorCode::Internal, 0);
                self.fail(now, peer, number, error, "the answer could not be made");
            }
            None => {}
        }
    }

    fn send_answer(&mut self, peer: PeerId, number: u64, answer: &Answer<SharedUpdate>) {
        let Some(state) = self.peers.get_mut(&peer) else {
            return;
        };
        let dialect = state.dialect;
        if let Some(subscription) = state.channels.get_mut(&number) {
            subscription.hears = true;
        }
        let differing = answer.differing.as_ref().map(|differing| {
            Message::Differ { buckets: &differing.write() }.frame(dialect, number)
        });
        let first = answer.first.as_ref().map(|first| match first {
            First::Snapshot(snapshot) => snapshot.frame(dialect),
            First::Diff(diff) => Message::Sync(Sync::Update(diff)).frame(dialect, number),
        });
        let last = Message::Sync(Sync::Step2(&answer.last)).frame(dialect, number);
        for frame in differing.into_iter().chain(first).chain([last]) {
            self.outputs.push_back(Output::Send { peer, class: Class::Answer, frame });
        }
    }

    /// Checks an update, stores it, forwards it and acknowledges it.
    fn receive_push(&mut self, now: Timestamp, push: Push<'_>) {
        if !self.is_next(push) {
            return self.unexpected(now, push.peer);
        }
        match self.admit(push) {
            Ok(Some(checked)) => self.accept(push, checked),
            Ok(None) => self.acknowledge_duplicate(push),
            Err((code, detail)) => {
                if let Some(subscription) = self.subscription(push.peer, push.number) {
                    subscription.refused = Some(code);
                }
                self.fail(now, push.peer, push.number, (code, push.seq), detail);
            }
        }
    }

    /// Whether a plain client sent this before what it builds on: it types right after a reconnect,
    /// and what it wrote offline follows in its step 2, which repeats this update too. Whoever is
    /// sent a gap may integrate past it (see [`super::peer::Subscription`]).
    fn is_early(&mut self, peer: PeerId, number: u64, update: &[u8]) -> bool {
        if self.subscription(peer, number).is_none_or(|subscription| subscription.answered) {
            return false;
        }
        let max_bytes = self.config.limits.update_max_bytes as usize;
        let ready = self.channels.get_mut(number).and_then(super::channel::Channel::ready);
        // What is malformed is refused where all updates are.
        let checked = log::check(update, max_bytes).ok();
        ready.zip(checked).is_some_and(|(ready, checked)| ready.log.lacks_before(&checked))
    }

    /// Pushes are counted without gaps.
    fn is_next(&mut self, push: Push<'_>) -> bool {
        let Some(subscription) = self.subscription(push.peer, push.number) else {
            return false;
        };
        if push.seq == 0 {
            return true;
        }
        subscription.seq += 1;
        subscription.seq == push.seq
    }

    /// What an update adds, `None` if nothing, or why it must not enter.
    fn admit(&mut self, push: Push<'_>) -> Result<Option<Checked>, (ErrorCode, &'static str)> {
        if let Some(code) = self.subscription(push.peer, push.number).and_then(|s| s.refused) {
            return Err((code, "an earlier push was refused"));
        }
        let checked = log::check(push.update, self.config.limits.update_max_bytes as usize)
            .map_err(|refusal| (refusal.code(), "update refused"))?;
        let may_write = self.peers.get(&push.peer).is_some_and(super::Peer::may_write);
        let (room_max, backlog_max) = (self.config.room_max_bytes, self.config.backlog_max_bytes);
        let ready = self.channels.get_mut(push.number).and_then(super::channel::Channel::ready);
        let ready = ready.ok_or((ErrorCode::ChannelUnknown, "channel is not open"))?;
        if ready.log.has(&checked) {
            // A read-only stock client answers step 1 too; that is no attempt to write.
            return Ok(None);
        }
        if !may_write {
            return Err((ErrorCode::ReadOnly, "this grant may not write"));
        }
        if ready.log.len_bytes() + push.update.len() > room_max {
            return Err((ErrorCode::RoomFull, "the room is full"));
        }
        // An update that is larger than the whole backlog enters once nothing else waits.
        let backlog = ready.backlog_bytes();
        if backlog > 0 && backlog + push.update.len() > backlog_max {
            return Err((ErrorCode::StoreUnavailable, "the store does not keep up"));
        }
        Ok(Some(checked))
    }

    fn accept(&mut self, push: Push<'_>, checked: Checked) {
        let keeps = self.config.keeps;
        let shared = SharedUpdate::new(push.number, push.update);
        let Some(channel) = self.channels.get_mut(push.number) else {
            return;
        };
        let name = channel.name.clone();
        let Some(ready) = channel.ready() else { return };
        let entry = ready.append(shared.clone(), checked, keeps);
        if keeps {
            let update = shared.update();
            self.outputs.push_back(Output::Append { channel: name, entry, update });
        } else {
            self.compact(push.number);
        }
        self.forward(push.peer, push.number, &shared);
        if push.seq > 0 {
            self.send_received(push);
            if let Some(subscription) = self.subscription(push.peer, push.number) {
                subscription.await_durable(entry, push.seq);
            }
        }
    }

    /// Sends an update to all that have the channel open and are up to date, except its sender.
    fn forward(&mut self, from: PeerId, number: u64, update: &SharedUpdate) {
        let Some(channel) = self.channels.get(number) else {
            return;
        };
        for &peer in channel.subscribers.iter().filter(|&&peer| peer != from) {
            let Some(state) = self.peers.get(&peer) else {
                continue;
            };
            if !state.channels.get(&number).is_some_and(|subscription| subscription.hears) {
                continue;
            }
            let frame = update.frame(state.dialect);
            self.outputs.push_back(Output::Send { peer, class: Class::Document, frame });
        }
    }

    /// Everything that the update says is here. It is durable when all that is here now is.
    fn acknowledge_duplicate(&mut self, push: Push<'_>) {
        self.outputs.push_back(Output::Count(Counter::Duplicate));
        if push.seq == 0 {
            return;
        }
        self.send_received(push);
        let ready = self.channels.get_mut(push.number).and_then(super::channel::Channel::ready);
        let Some((last, durable)) = ready.map(|r| (r.last_entry(), r.durable_entry())) else {
            return;
        };
        if let Some(subscription) = self.subscription(push.peer, push.number) {
            subscription.await_durable(last, push.seq);
        }
        self.send_durable(push.peer, push.number, durable);
    }

    fn send_received(&mut self, push: Push<'_>) {
        self.send(push.peer, Class::Control, push.number, &Message::Received { seq: push.seq });
    }

    /// Takes what is news, stores it and passes it on.
    fn receive_awareness(&mut self, now: Timestamp, peer: PeerId, number: u64, update: &[u8]) {
        let Ok(entries) = read_awareness(update) else {
            return self.fail(now, peer, number, (ErrorCode::Malformed, 0), "not awareness");
        };
        let (clients_max, newest) = (self.config.awareness_clients_max, self.newest_peer);
        let max_bytes = self.config.limits.awareness_max_bytes as usize;
        let Some(channel) = self.channels.get_mut(number) else {
            return;
        };
        let mut refused = false;
        let mut accept = |entry: &AwarenessEntry<'_>| {
            if entry.json.len() > max_bytes || !log::is_portable_json(entry.json) {
                refused = true;
                return false;
            }
            let accepted = channel.presence.accept(now, (peer, newest), entry, clients_max);
            refused |= accepted == Accepted::TooMany;
            accepted == Accepted::Yes
        };
        let all = entries.len();
        let news: Vec<_> = entries.into_iter().filter(|entry| accept(entry)).collect();
        if news.len() == all && all > 0 {
            self.broadcast_presence(number, update);
        } else if !news.is_empty() {
            self.broadcast_presence(number, &write_awareness(news.into_iter()));
        }
        if refused {
            let code = ErrorCode::AwarenessRefused;
            self.fail(now, peer, number, (code, 0), "too large, too many, or not JSON");
        }
    }
}

/// What a client says it has: a state vector, perhaps a digest of its deletions.
fn read_known(state_vector: &[u8], digest: Option<&[u8]>) -> Result<Known, Refusal> {
    let deletions = digest.map(Digest::read).transpose()?;
    Ok(Known { structs: StateVector::read(state_vector)?, deletions })
}
