//! What the relay says: one method per message.

use std::time::Duration;

use bytes::Bytes;

use super::channel::{Channel, Stage};
use super::link::{Link, VERSION};
use super::liveness::Liveness;
use super::{Cause, Fault, Output, Replicas, Session};
use crate::wire::{Access, Dialect, ErrorCode, EventKind, Frame, Message, Reader};

/// The longest wait that a relay may ask for before a reconnect.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(300);

impl Session {
    pub(super) fn frame(&mut self, frame: &[u8], replicas: &mut dyn Replicas) {
        if let Err(fault) = self.receive(frame, replicas) {
            self.fault(fault);
        }
    }

    /// The relay cannot be understood: try again later, unless it speaks another version.
    pub(super) fn fault(&mut self, fault: Fault) {
        self.facts.error = Some(fault.code());
        let refused = matches!(fault, Fault::Version(_));
        self.give_up(Cause::Fault(fault));
        if refused {
            self.link = Link::Refused(ErrorCode::UnsupportedVersion);
        }
    }

    fn receive(&mut self, frame: &[u8], replicas: &mut dyn Replicas) -> Result<(), Fault> {
        match self.link {
            Link::Welcomed { .. } => {
                self.link.received(self.clock.now());
                self.message(Frame::read(Dialect::V1, frame)?, replicas)
            }
            Link::Greeting { .. } => self.greeting(&Frame::read(Dialect::V1, frame)?.message),
            // Of a connection that the driver has given up already.
            _ => Ok(()),
        }
    }

    /// Before `welcome`.
    fn greeting(&mut self, message: &Message<'_>) -> Result<(), Fault> {
        match message {
            Message::Welcome { .. } => self.welcome(message)?,
            Message::Error { code, detail, .. } => self.connection_error(error_code(*code), detail),
            Message::Ping { nonce } => self.send(0, &Message::Pong { nonce: *nonce }),
            _ => return Err(Fault::Unexpected),
        }
        Ok(())
    }

    fn message(&mut self, frame: Frame<'_>, replicas: &mut dyn Replicas) -> Result<(), Fault> {
        let Frame { channel: number, message } = frame;
        match message {
            Message::Sync(sync) => self.sync(number, sync, replicas)?,
            Message::Differ { buckets } => self.differ(number, buckets, replicas)?,
            Message::Awareness(update) => self.awareness(number, update),
            Message::QueryAwareness => self.query_awareness(number),
            Message::Opened { name, access } => self.opened(number, name, access)?,
            Message::Close => self.closed(number),
            Message::Received { seq } => self.received(number, seq)?,
            Message::Durable { seq } => self.durable(number, seq)?,
            Message::Error { code, seq: _, detail } => self.error(number, code, detail),
            Message::Listed { prefix, names } => self.listed(prefix, names)?,
            Message::Grant(grant) => self.grant(&grant),
            Message::Signal { peer, payload } => self.signal_received(peer, payload),
            Message::Event { kind, payload } => self.event(number, kind, payload, replicas)?,
            Message::Ping { nonce } => self.send(0, &Message::Pong { nonce }),
            Message::Pong { .. } => {}
            Message::PermissionDenied { .. }
            | Message::Hello { .. }
            | Message::Welcome { .. }
            | Message::Open { .. }
            | Message::Push { .. }
            | Message::Token { .. }
            | Message::Ask { .. }
            | Message::List { .. } => return Err(Fault::Unexpected),
        }
        Ok(())
    }

    fn welcome(&mut self, message: &Message<'_>) -> Result<(), Fault> {
        let Message::Welcome { version, peer, grant, limits, keeps, digests, lists } = message
        else {
            return Err(Fault::Unexpected);
        };
        if *version != VERSION {
            return Err(Fault::Version(*version));
        }
        let now = self.clock.now();
        self.link = Link::Welcomed { since: now, liveness: Liveness::new(now) };
        self.limits = *limits;
        self.digests = *digests;
        self.facts.peer = Some(*peer);
        self.facts.keeps = *keeps;
        self.grant(grant);
        if std::mem::take(&mut self.token_changed) {
            self.send_token();
        }
        self.ask_lists(*lists);
        self.reopen_where(|_| true);
        Ok(())
    }

    fn opened(&mut self, number: u64, name: &str, access: Access) -> Result<(), Fault> {
        let opening = |c: &Channel| &*c.name == name && c.stage == Stage::Opening;
        let index = self.channels.iter().position(opening).ok_or(Fault::Unexpected)?;
        if number == 0 || self.index_of_number(number).is_some() {
            return Err(Fault::Unexpected);
        }
        if self.channels[index].abandoned {
            self.channels.remove(index);
            self.send(number, &Message::Close);
            return Ok(());
        }
        let channel = &mut self.channels[index];
        channel.opened(number, access);
        self.outputs
            .push_back(Output::SendPresence { channel: channel.name.clone(), is_new: true });
        Ok(())
    }

    fn awareness(&mut self, number: u64, update: &[u8]) {
        if let Some(index) = self.index_of_number(number) {
            let channel = self.channels[index].name.clone();
            let update = Bytes::copy_from_slice(update);
            self.outputs.push_back(Output::PresenceReceived { channel, update });
        }
    }

    fn query_awareness(&mut self, number: u64) {
        if let Some(index) = self.index_of_number(number) {
            let channel = self.channels[index].name.clone();
            self.outputs.push_back(Output::SendPresence { channel, is_new: false });
        }
    }

    /// The relay closed a channel by itself.
    fn closed(&mut self, number: u64) {
        if let Some(index) = self.index_of_number(number) {
            let channel = &mut self.channels[index];
            let refused = channel.refused.unwrap_or(ErrorCode::ChannelUnknown);
            channel.close();
            channel.refused = Some(refused);
        }
    }

    fn received(&mut self, number: u64, seq: u64) -> Result<(), Fault> {
        let Some(index) = self.index_of_number(number) else {
            return Ok(());
        };
        let ledger = &mut self.channels[index].ledger;
        if self.facts.keeps { ledger.check(seq) } else { ledger.settle(seq).map(drop) }
    }

    fn durable(&mut self, number: u64, seq: u64) -> Result<(), Fault> {
        let Some(index) = self.index_of_number(number) else {
            return Ok(());
        };
        self.reopen_backoff.reset();
        if self.channels[index].ledger.settle(seq)? {
            let channel = self.channels[index].name.clone();
            self.outputs.push_back(Output::Durable { channel });
        }
        Ok(())
    }

    fn error(&mut self, number: u64, code: u64, detail: &str) {
        let code = error_code(code);
        if number == 0 || code.close().is_some() {
            self.connection_error(code, detail);
        } else if let Some(index) = self.index_of_number(number) {
            self.channel_error(index, code, detail);
        }
    }

    /// An error of the connection, or of an `open`, which has no number yet: its detail is the
    /// channel's name.
    fn connection_error(&mut self, code: ErrorCode, detail: &str) {
        let opening = |c: &Channel| c.stage == Stage::Opening;
        let named = self.channels.iter().position(|c| opening(c) && &*c.name == detail);
        let of_open = matches!(code, ErrorCode::TooManyChannels | ErrorCode::StoreUnavailable);
        let index = named.or_else(|| self.channels.iter().position(opening).filter(|_| of_open));
        if let Some(index) = index {
            self.channel_error(index, code, detail);
        } else {
            self.facts.error = Some(code);
            self.report(None, code);
        }
    }

    fn channel_error(&mut self, index: usize, code: ErrorCode, detail: &str) {
        if matches!(code, ErrorCode::AwarenessRefused | ErrorCode::SignalRefused) {
            return self.report(Some(index), code);
        }
        let is_early = code == ErrorCode::UpdateEarly;
        self.facts.error = if is_early { self.facts.error } else { Some(code) };
        let reopen_at = self.clock.now() + self.wait_after(code, detail);
        let channel = &mut self.channels[index];
        channel.refused = channel.refused.or(Some(code));
        if channel.stage == Stage::Opening {
            channel.stage = Stage::Closed;
        }
        if channel.refused.is_some_and(passes) {
            channel.reopen_at.get_or_insert(reopen_at);
        }
        if channel.abandoned {
            self.channels.remove(index);
        }
    }

    /// How long to wait before a channel is opened again: as told, or longer each time.
    fn wait_after(&mut self, code: ErrorCode, detail: &str) -> Duration {
        let told = detail.parse().ok().filter(|_| code == ErrorCode::RateLimited);
        let told = told.map(|ms| Duration::from_millis(ms).min(RETRY_AFTER_MAX));
        told.unwrap_or_else(|| self.reopen_backoff.wait())
    }

    fn signal_received(&mut self, peer: u64, payload: &[u8]) {
        let payload = Bytes::copy_from_slice(payload);
        self.outputs.push_back(Output::SignalReceived { peer, payload });
    }

    fn event(
        &mut self,
        number: u64,
        kind: u64,
        payload: &[u8],
        replicas: &mut dyn Replicas,
    ) -> Result<(), Fault> {
        let mut reader = Reader::new(payload);
        match EventKind::from_u64(kind) {
            Some(EventKind::Resync) => self.resync(number, replicas)?,
            Some(EventKind::GoingAway) => {
                self.retry_after = Duration::from_millis(reader.var_uint()?).min(RETRY_AFTER_MAX);
            }
            Some(EventKind::Store) => self.store_health(reader.var_uint()? != 0),
            Some(EventKind::PeerJoined) => {
                let (peer, user) = (reader.var_uint()?, reader.var_string()?.to_owned());
                self.outputs.push_back(Output::PeerJoined { peer, user });
            }
            Some(EventKind::PeerLeft) => {
                self.outputs.push_back(Output::PeerLeft { peer: reader.var_uint()? });
            }
            None => {}
        }
        Ok(())
    }

    fn store_health(&mut self, ok: bool) {
        self.facts.store_ok = ok;
        if ok {
            let unavailable = Some(ErrorCode::StoreUnavailable);
            self.reopen_where(|channel| {
                channel.reopen_at.is_some() && channel.refused == unavailable
            });
        }
    }
}

/// Whether a refusal is over after a wait.
const fn passes(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::UpdateEarly | ErrorCode::StoreUnavailable | ErrorCode::RateLimited)
}

/// A relay that is newer than this session may know more codes.
fn error_code(code: u64) -> ErrorCode {
    ErrorCode::from_u64(code).unwrap_or(ErrorCode::Internal)
}

impl Fault {
    /// The code that a status shows for it.
    const fn code(&self) -> ErrorCode {
        match self {
            Self::Malformed(_) | Self::StateVector(_) => ErrorCode::Malformed,
            Self::Unexpected | Self::Acknowledgement { .. } => ErrorCode::Unexpected,
            Self::Version(_) => ErrorCode::UnsupportedVersion,
            Self::Replica(_) => ErrorCode::UpdateMalformed,
            Self::NoReplica => ErrorCode::Internal,
        }
    }
}
