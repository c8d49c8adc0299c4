//! Peers and their channels: who joins, opens, falls behind, is granted less, expires, leaves.

use std::time::Duration;

use bytes::Bytes;

use super::chat::Kind;
use super::peer::{Peer, Subscription};
use super::{ChannelName, Class, Counter, Output, PeerId, Room, VERSION};
use crate::Timestamp;
use crate::wire::{CloseCode, DOC_CHANNEL, Dialect, ErrorCode, EventKind, Grant, Message, Sync};

/// How often outdated presence and expired grants are looked for.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);

impl Room {
    pub(super) fn join(&mut self, now: Timestamp, peer: PeerId, dialect: Dialect, grant: Grant) {
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
    pub(super) fn open(&mut self, peer: PeerId, name: &str, kind: Kind) {
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
        self.channels.add(name, &self.config, kind)
    }

    /// Step 1 and everybody's presence: what a relay says first (PROTOCOL section 3).
    pub(super) fn greet(&mut self, peer: PeerId, number: u64) {
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

    pub(super) fn leave(&mut self, now: Timestamp, peer: PeerId) {
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

    pub(super) fn unsubscribe(&mut self, now: Timestamp, peer: PeerId, number: u64) {
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
    pub(super) fn forget_unused(&mut self, number: u64) {
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
    pub(super) fn resync(&mut self, now: Timestamp, peer: PeerId) {
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

    pub(super) fn resend_presence(&mut self, peer: PeerId) {
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

    pub(super) fn regrant(&mut self, now: Timestamp, peer: PeerId, grant: Option<Grant>) {
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

    /// Notes that something may have to be removed one day. A room in which nothing can expire has
    /// no deadline.
    pub(super) fn sweep_later(&mut self, now: Timestamp) {
        self.next_sweep = self.next_sweep.min(now + SWEEP_INTERVAL);
    }

    /// Removes presence that was not renewed and connections whose grant has expired.
    pub(super) fn sweep(&mut self, now: Timestamp) {
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

    pub(super) fn close(
        &mut self,
        now: Timestamp,
        peer: PeerId,
        code: CloseCode,
        reason: &'static str,
    ) {
        self.outputs.push_back(Output::Close { peer, code, reason });
        self.leave(now, peer);
    }
}
