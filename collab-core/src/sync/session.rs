//! The session itself: its state, its public methods, and the way of each input.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use super::backoff::Backoff;
use super::channel::{Channel, Stage};
use super::clock::Clock;
use super::expiry::Expiry;
use super::link::Link;
use super::random::SplitMix64;
use super::{
    Cause, ChannelNameError, Input, Output, Phase, Reason, Replicas, SessionConfig, Status,
};
use crate::Timestamp;
use crate::wire::{Access, Dialect, ErrorCode, Limits, Message, is_channel_name};

/// One client's connection to one room, through all reconnects.
#[derive(Debug)]
pub struct Session {
    pub(super) config: SessionConfig,
    pub(super) clock: Clock,
    pub(super) backoff: Backoff,
    pub(super) reopen_backoff: Backoff,
    pub(super) link: Link,
    pub(super) random: SplitMix64,
    /// As of the last `welcome`.
    pub(super) limits: Limits,
    /// Whether the relay takes `ask`.
    pub(super) digests: bool,
    /// Whether the relay takes `list`, and what the caller wants listed.
    pub(super) lists: bool,
    pub(super) listings: Vec<&'static str>,
    pub(super) expiry: Expiry,
    /// The relay asked for this wait before the next connection.
    pub(super) retry_after: Duration,
    /// The token changed after `hello` and before `welcome`.
    pub(super) token_changed: bool,
    pub(super) channels: Vec<Channel>,
    pub(super) outputs: VecDeque<Output>,
    /// What holds now, except for what [`Session::refresh_status`] derives.
    pub(super) facts: Status,
    status: Status,
}

impl Session {
    /// A session that waits for [`Input::Start`].
    pub fn new(config: SessionConfig) -> Self {
        let backoff = |seed| Backoff::new(config.backoff_first, config.backoff_max, seed);
        Self {
            backoff: backoff(config.seed),
            reopen_backoff: backoff(!config.seed),
            clock: Clock::default(),
            random: SplitMix64::new(config.seed.rotate_left(32)),
            link: Link::Stopped,
            limits: Limits {
                frame_max_bytes: 0,
                update_max_bytes: 0,
                awareness_max_bytes: 0,
                signal_max_bytes: 0,
            },
            digests: false,
            lists: false,
            listings: Vec::new(),
            expiry: Expiry::NEVER,
            retry_after: Duration::ZERO,
            token_changed: false,
            channels: Vec::new(),
            outputs: VecDeque::new(),
            facts: Status::default(),
            status: Status::default(),
            config,
        }
    }

    /// Joins a channel, now or when connected. Joining one twice changes nothing.
    pub fn open(&mut self, channel: &str) -> Result<(), ChannelNameError> {
        if !is_channel_name(channel) {
            return Err(ChannelNameError);
        }
        if let Some(known) = self.channels.iter_mut().find(|known| &*known.name == channel) {
            known.abandoned = false;
        } else {
            self.channels.push(Channel::new(channel));
            if self.link.is_welcomed() {
                self.send_open(self.channels.len() - 1);
            }
        }
        self.refresh_status();
        Ok(())
    }

    /// Leaves a channel. Its edits are no longer counted; those that were pushed may still arrive.
    pub fn close(&mut self, channel: &str) {
        let Some(index) = self.index_of(channel) else {
            return;
        };
        if self.channels[index].stage == Stage::Opening {
            self.channels[index].abandoned = true;
        } else {
            let closed = self.channels.remove(index);
            if let Some(number) = closed.number {
                self.send(number, &Message::Close);
            }
        }
        self.refresh_status();
    }

    /// Takes one input at `now` (Unix time in ms, since grants expire) and queues what follows from
    /// it. Inputs that name a channel which is not open are ignored.
    pub fn handle(&mut self, now: Timestamp, input: Input<'_>, replicas: &mut dyn Replicas) {
        self.clock.advance(now);
        match input {
            Input::Start => self.start(),
            Input::Stop => self.stop(),
            Input::Connected => self.connected(),
            Input::Disconnected { code } => self.disconnected(code),
            Input::Frame(frame) => self.frame(frame, replicas),
            Input::Edited { channel, update } => self.edited(channel, &update),
            Input::Restored { channel, unsaved } => self.restored(channel, unsaved, replicas),
            Input::Presence { channel, update } => self.presence(channel, &update),
            Input::Signal { peer, payload } => self.signal(peer, &payload),
            Input::Token(token) => self.token(token),
            Input::NetworkBack => self.network_back(),
            Input::Tick => {}
        }
        self.run_timers();
        self.refresh_status();
    }

    /// The next thing to carry out. Poll until `None` after each call of another method.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Tick`] is due next, and why.
    pub fn deadline(&self) -> Option<(Timestamp, Reason)> {
        let link = self.link.timer(&self.config)?;
        let reopen = |channel: &Channel| Some((channel.reopen_at?, Reason::Reopen));
        let steady = self.channels.iter().filter_map(reopen).chain([link]);
        let ask = (self.expiry.ask_at(), Reason::TokenExpiry);
        let all = steady.map(|(at, reason)| (self.clock.to_wall(at), reason)).chain([ask]);
        all.filter(|&(at, _)| at != Timestamp::NEVER).min()
    }

    /// What to show now.
    pub const fn status(&self) -> &Status {
        &self.status
    }

    /// Ends the connection because of `cause`, and plans the next one.
    pub(super) fn give_up(&mut self, cause: Cause) {
        self.outputs.push_back(Output::Disconnect(cause));
        self.ended();
    }

    /// Queues one frame.
    pub(super) fn send(&mut self, channel: u64, message: &Message<'_>) {
        self.send_frame(message.frame(Dialect::V1, channel));
    }

    pub(super) fn send_frame(&mut self, frame: Bytes) {
        self.link.sent(self.clock.now());
        self.outputs.push_back(Output::Send(frame));
    }

    /// The channel of this name, unless the caller has closed it.
    pub(super) fn index_of(&self, name: &str) -> Option<usize> {
        self.channels.iter().position(|channel| &*channel.name == name && !channel.abandoned)
    }

    /// The channel with this number, unless it is not open here.
    pub(super) fn index_of_number(&self, number: u64) -> Option<usize> {
        self.channels.iter().position(|channel| channel.number == Some(number))
    }

    fn refresh_status(&mut self) {
        self.facts.phase = self.phase();
        self.facts.unsaved = self.unsaved();
        self.facts.retry_at = self.link.retry_at().map(|at| self.clock.to_wall(at));
        if matches!(self.facts.phase, Phase::Synced | Phase::Saved) {
            self.facts.error = None;
        }
        if self.facts != self.status {
            self.status.clone_from(&self.facts);
            self.outputs.push_back(Output::StatusChanged);
        }
    }

    fn phase(&self) -> Phase {
        match &self.link {
            Link::Refused(code) => Phase::Refused(*code),
            Link::Stopped | Link::Waiting { .. } => Phase::Offline,
            Link::Connecting { .. } | Link::Greeting { .. } => Phase::Connecting,
            Link::Welcomed { .. } => self.phase_of_channels(),
        }
    }

    fn phase_of_channels(&self) -> Phase {
        let mut joined = self.channels.iter().filter(|channel| !channel.abandoned);
        if let Some(code) = joined.clone().find_map(Channel::refusal) {
            Phase::Refused(code)
        } else if joined.any(|channel| channel.stage != Stage::Live) {
            Phase::Syncing
        } else if self.facts.keeps && self.unsaved() == 0 {
            Phase::Saved
        } else {
            Phase::Synced
        }
    }

    fn unsaved(&self) -> u64 {
        let joined = self.channels.iter().filter(|channel| !channel.abandoned);
        joined.fold(0, |sum, channel| sum.saturating_add(channel.ledger.unsaved()))
    }

    /// Whether pushes of this channel are allowed by the grant and by `opened`.
    pub(super) fn may_write(&self, index: usize) -> bool {
        self.facts.access == Access::Write && self.channels[index].access == Access::Write
    }

    /// Reports what was refused without stopping anything.
    pub(super) fn report(&mut self, index: Option<usize>, code: ErrorCode) {
        let channel = index.map(|index| self.channels[index].name.clone());
        self.outputs.push_back(Output::Refused { channel, code });
    }
}
