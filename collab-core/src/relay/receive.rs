//! What the room does with a frame from a peer.

use bytes::Bytes;

use super::channel::{Channel, State};
use super::chat::people::{self, Unfit};
use super::chat::{Authorship, Kind};
use super::presence::Accepted;
use super::push::{Push, Source};
use super::{Class, Output, PeerId, Room, RoomConfig};
use crate::Timestamp;
use crate::log::{self, Answer, Digest, First, Known, Refusal, StateVector};
use crate::wire::{
    AwarenessEntry, DOC_CHANNEL, Dialect, ErrorCode, Frame, Grant, Message, SharedUpdate, Sync,
    is_channel_name, read_awareness,
};

/// Who says something of presence, and when.
#[derive(Clone, Copy)]
struct Author<'a> {
    now: Timestamp,
    peer: PeerId,
    grant: &'a Grant,
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
        if !self.peers.get(&peer).is_some_and(|state| state.channels.contains(&number)) {
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
            Message::List { prefix } => self.receive_list(now, peer, prefix),
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
        let update = match *message {
            Message::Push { seq, update } => Some((Source::Push(seq), update)),
            Message::Sync(Sync::Update(update)) if plain => Some((Source::Update, update)),
            Message::Sync(Sync::Step2(update)) if plain => Some((Source::Step2, update)),
            _ => None,
        };
        if let Some((from, update)) = update {
            return self.receive_push(now, Push { peer, number, from, update });
        }
        if let Message::Awareness(update) = *message {
            return self.receive_awareness(now, peer, number, update);
        }
        // Everything else shows what is here.
        self.end_tick(now);
        match *message {
            Message::Sync(Sync::Step1(state_vector)) => {
                self.receive_question(now, peer, number, read_known(state_vector, None));
            }
            Message::Ask { state_vector, digest } => {
                self.receive_question(now, peer, number, read_known(state_vector, Some(digest)));
            }
            Message::QueryAwareness => self.resend_presence(peer),
            Message::Close => self.close_channel(now, peer, number),
            _ => self.unexpected(now, peer),
        }
    }

    pub(super) fn unexpected(&mut self, now: Timestamp, peer: PeerId) {
        self.fail(now, peer, 0, (ErrorCode::Unexpected, 0), "message not allowed here");
    }

    fn receive_open(&mut self, peer: PeerId, name: &str) {
        let Some(state) = self.peers.get(&peer) else {
            return;
        };
        let Some(kind) = Kind::of(name).filter(|_| is_channel_name(name)) else {
            return self.refuse(peer, 0, ErrorCode::ChannelUnknown, 0, name);
        };
        // Before anything is looked up: the answer must not tell whether it exists.
        if !kind.admits(&state.grant.user) {
            return self.refuse(peer, 0, ErrorCode::Forbidden, 0, name);
        }
        let is_open = self.channels.number(name).is_some_and(|n| state.channels.contains(&n));
        if !is_open && state.channels.len() >= self.config.channels_max {
            return self.refuse(peer, 0, ErrorCode::TooManyChannels, 0, name);
        }
        self.open(peer, name, kind);
    }

    pub(super) fn close_channel(&mut self, now: Timestamp, peer: PeerId, number: u64) {
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

    /// Takes what is news; the end of the tick passes it on.
    fn receive_awareness(&mut self, now: Timestamp, peer: PeerId, number: u64, update: &[u8]) {
        let Ok(entries) = read_awareness(update) else {
            return self.fail(now, peer, number, (ErrorCode::Malformed, 0), "not awareness");
        };
        let (clients_max, newest) = (self.config.awareness_clients_max, self.newest_peer);
        let Self { peers, channels, config, verified, .. } = self;
        let (Some(channel), Some(state)) = (channels.get_mut(number), peers.get(&peer)) else {
            return;
        };
        let author = Author { now, peer, grant: &state.grant };
        let verifying = people::verifying(config);
        let mut may_cost = || verified.take(now, &state.grant.user, 1, &verifying).is_ok();
        let (mut refused, mut news) = (None, Vec::new());
        for entry in &entries {
            let owner = || {
                let owner = channel.presence.owner(entry.client)?;
                peers.get(&owner).map(|owner| &*owner.grant.user)
            };
            let checked = check_presence(config, channel, author, (entry, owner), &mut may_cost);
            if let Err(why) = checked {
                refused = Some(why);
                // One forgery proves enough: no frame makes this relay verify many in vain.
                if matches!(why, Unfit::Forged | Unfit::TooMuch) {
                    break;
                }
                continue;
            }
            match channel.presence.accept(now, (peer, newest), entry, clients_max) {
                Accepted::Yes => news.push(entry.client),
                Accepted::TooMany => refused = Some(Unfit::Unsound),
                Accepted::Stale => {}
            }
        }
        if !news.is_empty() {
            channel.tick.add_presence(news.into_iter());
            self.begin_tick(number);
            self.sweep_later(now);
        }
        if let Some(why) = refused {
            self.fail(now, peer, number, (ErrorCode::AwarenessRefused, 0), why.detail());
        }
    }
}

/// Whether an entry may be said by whoever brings it; `owner` is the user who said it before, `may_cost`
/// whether one more may be verified.
fn check_presence<'a>(
    config: &RoomConfig,
    channel: &Channel,
    Author { now, peer, grant }: Author<'_>,
    (entry, owner): (&AwarenessEntry<'_>, impl FnOnce() -> Option<&'a str>),
    may_cost: &mut impl FnMut() -> bool,
) -> Result<(), Unfit> {
    let max_bytes = config.limits.awareness_max_bytes as usize;
    if entry.json.len() > max_bytes || !log::is_portable_json(entry.json) {
        return Err(Unfit::Unsound);
    }
    if !matches!(channel.kind, Kind::People) {
        return Ok(());
    }
    match &config.authorship {
        Authorship::Granted => {
            let may_say = people::may_say(grant, owner(), entry, &config.chat);
            may_say.then_some(()).ok_or(Unfit::Unsound)
        }
        // What would not be taken anyway costs no cryptography.
        Authorship::Sealed { .. } if !channel.presence.is_news(peer, entry) => Ok(()),
        Authorship::Sealed { .. } if !may_cost() => Err(Unfit::TooMuch),
        Authorship::Sealed { room, verify } => {
            people::check_sealed((room, *verify), now, entry, &config.chat)
        }
    }
}

/// What a client says it has: a state vector, perhaps a digest of its deletions.
fn read_known(state_vector: &[u8], digest: Option<&[u8]>) -> Result<Known, Refusal> {
    let deletions = digest.map(Digest::read).transpose()?;
    Ok(Known { structs: StateVector::read(state_vector)?, deletions })
}
