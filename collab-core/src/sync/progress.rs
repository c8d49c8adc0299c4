//! How far one channel has come, for whoever opens several.

use super::Session;
use super::channel::Stage;
use crate::wire::ErrorCode;

/// One channel's condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whether everything that the relay had was received.
    pub is_live: bool,
    /// Edits that are not settled, as in [`super::Status::unsaved`].
    pub unsaved: u64,
    /// Why the relay does not take or give it, unless that passes by itself.
    pub refused: Option<ErrorCode>,
}

impl Session {
    /// The condition of an open channel.
    pub fn progress(&self, channel: &str) -> Option<Progress> {
        let channel = &self.channels[self.index_of(channel)?];
        Some(Progress {
            is_live: channel.stage == Stage::Live && channel.refused.is_none(),
            unsaved: channel.ledger.unsaved(),
            refused: channel.refusal(),
        })
    }
}
