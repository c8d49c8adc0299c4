//! The connection's life: dialling, waiting, refusal, liveness, and the token that it depends on.

use super::channel::{Channel, Stage};
use super::expiry::Expiry;
use super::liveness::Liveness;
use super::{Cause, Output, Reason, Session, SessionConfig};
use crate::Timestamp;
use crate::wire::{Access, CloseCode, ErrorCode, Grant, LIST_PREFIXES, Message};

/// The version of `collab.v1` in `hello` and `welcome`.
pub(super) const VERSION: u64 = 1;

/// Where the connection stands. Times are those of the session's steady clock.
#[derive(Debug)]
pub(super) enum Link {
    /// Until [`super::Input::Start`].
    Stopped,
    /// Refused for good; only the caller can change that.
    Refused(ErrorCode),
    /// Until the next attempt.
    Waiting { until: Timestamp },
    /// The driver opens a connection.
    Connecting { until: Timestamp },
    /// `hello` was sent.
    Greeting { until: Timestamp },
    /// `welcome` arrived.
    Welcomed { since: Timestamp, liveness: Liveness },
}

impl Link {
    pub(super) const fn is_welcomed(&self) -> bool {
        matches!(self, Self::Welcomed { .. })
    }

    /// Whether the driver has a connection, or opens one.
    const fn is_open(&self) -> bool {
        matches!(self, Self::Connecting { .. } | Self::Greeting { .. } | Self::Welcomed { .. })
    }

    /// What it waits for, unless it waits for the caller.
    pub(super) fn timer(&self, config: &SessionConfig) -> Option<(Timestamp, Reason)> {
        match self {
            Self::Stopped | Self::Refused(_) => None,
            Self::Waiting { until } => Some((*until, Reason::Reconnect)),
            Self::Connecting { until } | Self::Greeting { until } => {
                Some((*until, Reason::ConnectTimeout))
            }
            Self::Welcomed { liveness, .. } => {
                let ping = (liveness.ping_at(config), Reason::Ping);
                Some(ping.min((liveness.silent_at(config), Reason::Silence)))
            }
        }
    }

    pub(super) const fn retry_at(&self) -> Option<Timestamp> {
        if let Self::Waiting { until } = self { Some(*until) } else { None }
    }

    pub(super) const fn received(&mut self, now: Timestamp) {
        if let Self::Welcomed { liveness, .. } = self {
            liveness.received(now);
        }
    }

    pub(super) const fn sent(&mut self, now: Timestamp) {
        if let Self::Welcomed { liveness, .. } = self {
            liveness.sent(now);
        }
    }
}

impl Session {
    pub(super) fn start(&mut self) {
        match self.link {
            Link::Stopped | Link::Refused(_) | Link::Waiting { .. } => self.connect(),
            Link::Connecting { .. } | Link::Greeting { .. } => {}
            Link::Welcomed { .. } => self.reopen_where(|channel| channel.refused.is_some()),
        }
    }

    pub(super) fn stop(&mut self) {
        if self.link.is_open() {
            self.give_up(Cause::Stopped);
        }
        self.link = Link::Stopped;
        self.backoff.reset();
    }

    pub(super) fn connected(&mut self) {
        if let Link::Connecting { until } = self.link {
            self.link = Link::Greeting { until };
            self.token_changed = false;
            let token = self.config.token.clone();
            self.send(0, &Message::Hello { version: VERSION, token: &token });
        }
    }

    pub(super) fn disconnected(&mut self, code: Option<u16>) {
        if !self.link.is_open() {
            return;
        }
        let close = code.map(CloseCode);
        let known = self.facts.error.filter(|code| code.close() == close);
        let error = known.or_else(|| close.and_then(error_of));
        self.facts.error = error.or(self.facts.error);
        self.ended();
        if close.is_some_and(is_final) {
            self.link = Link::Refused(error.unwrap_or(ErrorCode::Unexpected));
        }
    }

    /// The connection is gone: what is not settled waits for the next one.
    pub(super) fn ended(&mut self) {
        let now = self.clock.now();
        if let Link::Welcomed { since, .. } = self.link
            && now.since(since) >= self.config.stable_after
        {
            self.backoff.reset();
        }
        self.channels.retain(|channel| !channel.abandoned);
        for channel in &mut self.channels {
            channel.close();
        }
        self.facts.peer = None;
        self.facts.store_ok = true;
        let wait = std::mem::take(&mut self.retry_after) + self.backoff.wait();
        self.link = Link::Waiting { until: now + wait };
    }

    pub(super) fn network_back(&mut self) {
        let now = self.clock.now();
        match &mut self.link {
            Link::Waiting { .. } => self.connect(),
            Link::Welcomed { liveness, .. } => {
                liveness.probe(now, &self.config);
                self.ping();
            }
            _ => {}
        }
    }

    pub(super) fn token(&mut self, token: String) {
        self.config.token = token;
        match self.link {
            Link::Refused(ErrorCode::Unauthorized | ErrorCode::Forbidden) => self.connect(),
            Link::Greeting { .. } => self.token_changed = true,
            Link::Welcomed { .. } => self.send_token(),
            _ => {}
        }
    }

    pub(super) fn send_token(&mut self) {
        let token = self.config.token.clone();
        self.send(0, &Message::Token { token: &token });
    }

    /// What the relay grants from now on.
    pub(super) fn grant(&mut self, grant: &Grant) {
        let raised = self.facts.access < grant.access;
        self.facts.access = grant.access;
        let renamed = *self.facts.user != *grant.user;
        if renamed {
            self.facts.user = grant.user.as_str().into();
        }
        if *self.facts.name != *grant.name {
            self.facts.name = grant.name.as_str().into();
        }
        let (now, margin) = (self.clock.wall(), self.config.token_margin);
        self.expiry = Expiry::new(now, grant.expires_at_ms, margin);
        if raised {
            self.reopen_where(|channel| {
                channel.access == Access::Read || channel.refused == Some(ErrorCode::ReadOnly)
            });
        }
        if renamed {
            // Which chats one may open, and write, depends on who one is.
            self.reopen_where(|channel| is_chat(&channel.name));
        }
    }

    /// Carries out all timers that are due.
    pub(super) fn run_timers(&mut self) {
        let now = self.clock.now();
        match self.link.timer(&self.config) {
            Some((at, reason)) if at <= now => self.run_timer(reason),
            Some(_) => {}
            None => return,
        }
        if self.expiry.ask_at() <= self.clock.wall() {
            self.expiry = Expiry::NEVER;
            self.outputs.push_back(Output::TokenExpiring);
        }
        self.reopen_where(|channel| channel.reopen_at.is_some_and(|at| at <= now));
    }

    fn run_timer(&mut self, reason: Reason) {
        match reason {
            Reason::Reconnect => self.connect(),
            Reason::ConnectTimeout => self.give_up(Cause::ConnectTimeout),
            Reason::Silence => self.give_up(Cause::Silent),
            // A tick that comes very late finds both due, and the ping's time is the earlier one.
            Reason::Ping if self.is_silent() => self.give_up(Cause::Silent),
            Reason::Ping => self.ping(),
            Reason::TokenExpiry | Reason::Reopen => {}
        }
    }

    fn is_silent(&self) -> bool {
        let now = self.clock.now();
        matches!(&self.link, Link::Welcomed { liveness, .. } if liveness.silent_at(&self.config) <= now)
    }

    fn connect(&mut self) {
        self.link = Link::Connecting { until: self.clock.now() + self.config.connect_timeout };
        self.outputs.push_back(Output::Connect);
    }

    fn ping(&mut self) {
        let now = self.clock.now();
        if let Link::Welcomed { liveness, .. } = &mut self.link {
            liveness.pinged(now);
        }
        self.send(0, &Message::Ping { nonce: 0 });
    }

    /// Closes and opens all channels of which `wanted` is true, unless they are being opened.
    pub(super) fn reopen_where(&mut self, wanted: impl Fn(&Channel) -> bool) {
        if !self.link.is_welcomed() {
            return;
        }
        for index in 0..self.channels.len() {
            let channel = &self.channels[index];
            if channel.stage == Stage::Opening || !wanted(channel) {
                continue;
            }
            if let Some(number) = channel.number {
                self.send(number, &Message::Close);
            }
            self.send_open(index);
        }
    }

    /// Asks for a channel. What is not settled in it waits for the answer.
    pub(super) fn send_open(&mut self, index: usize) {
        let channel = &mut self.channels[index];
        channel.opening();
        let name = channel.name.clone();
        self.send(0, &Message::Open { name: &name });
    }
}

fn is_chat(channel: &str) -> bool {
    LIST_PREFIXES.iter().any(|prefix| channel.starts_with(prefix))
}

/// Whether a session stays away until its caller says otherwise. Unlike other codes of its range,
/// 4408 is worth a retry: a busy machine may be late with its `hello`.
fn is_final(close: CloseCode) -> bool {
    close.is_final() && close != CloseCode::TIMEOUT
}

/// What a bare close code says.
fn error_of(close: CloseCode) -> Option<ErrorCode> {
    Some(match close {
        CloseCode::TOO_LARGE => ErrorCode::UpdateTooLarge,
        CloseCode::INTERNAL => ErrorCode::Internal,
        CloseCode::TRY_LATER => ErrorCode::Overloaded,
        CloseCode::PROTOCOL => ErrorCode::Malformed,
        CloseCode::UNAUTHORIZED => ErrorCode::Unauthorized,
        CloseCode::FORBIDDEN => ErrorCode::Forbidden,
        CloseCode::QUARANTINED => ErrorCode::Quarantined,
        _ => return None,
    })
}
