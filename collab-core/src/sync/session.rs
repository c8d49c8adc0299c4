//! The session itself: inputs and deadlines.

use std::collections::VecDeque;

use super::{ChannelNameError, Input, Output, Reason, Replicas, SessionConfig, Status};
use crate::Timestamp;
use crate::wire::is_channel_name;

/// One client's connection to one room, through all reconnects.
#[derive(Debug)]
pub struct Session {
    status: Status,
    outputs: VecDeque<Output>,
}

impl Session {
    /// A session that waits for [`Input::Start`].
    pub fn new(_config: SessionConfig) -> Self {
        Self { status: Status::default(), outputs: VecDeque::new() }
    }

    /// Joins a channel, now or when connected. Joining one twice changes nothing.
    pub fn open(&mut self, channel: &str) -> Result<(), ChannelNameError> {
        if is_channel_name(channel) { Ok(()) } else { Err(ChannelNameError) }
    }

    /// Leaves a channel. Its edits are no longer counted; those that were pushed may still arrive.
    pub fn close(&mut self, _channel: &str) {}

    /// Takes one input at `now` (Unix time in ms, since grants expire) and queues what follows from
    /// it. Inputs that name a channel which is not open are ignored.
    pub fn handle(&mut self, _now: Timestamp, _input: Input<'_>, _replicas: &mut dyn Replicas) {}

    /// The next thing to carry out. Poll until `None` after each call of another method.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Tick`] is due next, and why.
    pub fn deadline(&self) -> Option<(Timestamp, Reason)> {
        None
    }

    /// What to show now.
    pub const fn status(&self) -> &Status {
        &self.status
    }
}
