//! What peers are told: frames in their dialect, errors, presence, the end of the server.

use bytes::Bytes;

use super::{Class, Counter, Output, PeerId, Room};
use crate::Timestamp;
use crate::wire::{Dialect, ErrorCode, EventKind, Message, Writer};

impl Room {
    pub(super) fn going_away(&mut self, now: Timestamp, retry_after_ms: u64) {
        self.going_away = true;
        self.end_rides(now);
        let mut payload = Writer::default();
        payload.var_uint(retry_after_ms);
        let payload = payload.into_bytes();
        let message = Message::Event { kind: EventKind::GoingAway as u64, payload: &payload };
        self.tell_all(&message);
    }

    /// Tells a peer what went wrong; the error may end the connection (PROTOCOL section 6).
    pub(super) fn fail(
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
    pub(super) fn refuse(
        &mut self,
        peer: PeerId,
        number: u64,
        code: ErrorCode,
        seq: u64,
        detail: &str,
    ) {
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

    pub(super) fn send(&mut self, peer: PeerId, class: Class, number: u64, message: &Message<'_>) {
        let Some(state) = self.peers.get(&peer) else {
            return;
        };
        let frame = message.frame(state.dialect, number);
        self.outputs.push_back(Output::Send { peer, class, frame });
    }

    /// Sends a message about the connection to all that understand it.
    pub(super) fn tell_all(&mut self, message: &Message<'_>) {
        let frame = message.frame(Dialect::V1, 0);
        let peers = self.peers.iter().filter(|(_, state)| state.dialect == Dialect::V1);
        for (&peer, _) in peers {
            let frame = frame.clone();
            self.outputs.push_back(Output::Send { peer, class: Class::Control, frame });
        }
    }

    /// Sends awareness to all that have the channel open, its sender included: a plain client
    /// counts on hearing something every 30 s.
    pub(super) fn broadcast_presence(&mut self, number: u64, update: &[u8]) {
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
