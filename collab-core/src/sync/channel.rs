//! One channel of a session: how far its opening has come, and what is unsaved.

use std::sync::Arc;

use super::ledger::Ledger;
use crate::Timestamp;
use crate::log::{Deletions, Digest};
use crate::wire::{Access, ErrorCode};

/// A channel that the caller has opened, connected or not.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) name: Arc<str>,
    pub(super) stage: Stage,
    /// The relay's number for it, from `opened` on.
    pub(super) number: Option<u64>,
    /// What `opened` allowed.
    pub(super) access: Access,
    pub(super) ledger: Ledger,
    /// Why the relay takes no pushes, or did not open it.
    pub(super) refused: Option<ErrorCode>,
    /// When to open it again, after the store could not serve it or too much was pushed at once.
    pub(super) reopen_at: Option<Timestamp>,
    /// As of the relay's last sync step 1.
    pub(super) relay_state_vector: Vec<u8>,
    /// An `ask` that the relay has not answered.
    pub(super) question: Option<Question>,
    /// Deletions that the relay is known to have, if it was asked.
    pub(super) relay_deletions: Option<Deletions>,
    /// Others' updates arrived since the last diff went out. The relay may have crashed before they
    /// were durable, and a lost deletion shows in no state vector.
    pub(super) heard: bool,
    /// The replica had content before `opened` that the relay may lack, and could not integrate it.
    pub(super) gaps: bool,
    /// The caller closed it before `opened` arrived.
    pub(super) abandoned: bool,
}

/// What was asked: these deletions, in this digest.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) deletions: Deletions,
    pub(super) digest: Digest,
}

/// How far the opening of a channel has come on this connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not asked for.
    Closed,
    /// `open` was sent.
    Opening,
    /// `opened` arrived; the relay loads it.
    Loading,
    /// The relay's state vector arrived, and it was asked which deletions it has.
    Asking,
    /// What the relay lacks was pushed.
    Syncing,
    /// Everything that the relay had was received.
    Live,
}

impl Channel {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            stage: Stage::Closed,
            number: None,
            access: Access::Read,
            ledger: Ledger::default(),
            refused: None,
            reopen_at: None,
            relay_state_vector: Vec::new(),
            question: None,
            relay_deletions: None,
            heard: false,
            gaps: false,
            abandoned: false,
        }
    }

    /// Whether edits travel at once: the relay's state vector is known, so that every push builds
    /// on what the relay has.
    pub(super) fn takes_pushes(&self) -> bool {
        matches!(self.stage, Stage::Syncing | Stage::Live) && self.refused.is_none()
    }

    /// The refusal to show. One that passes by itself is none: it is tried again.
    pub(super) fn refusal(&self) -> Option<ErrorCode> {
        self.refused.filter(|_| self.reopen_at.is_none())
    }

    /// `open` was sent.
    pub(super) fn opening(&mut self) {
        self.close();
        self.stage = Stage::Opening;
    }

    /// `opened` arrived.
    pub(super) const fn opened(&mut self, number: u64, access: Access) {
        self.stage = Stage::Loading;
        self.number = Some(number);
        self.access = access;
    }

    /// The opening is over: what is not settled waits for the next one.
    pub(super) fn close(&mut self) {
        self.stage = Stage::Closed;
        self.number = None;
        self.refused = None;
        self.reopen_at = None;
        self.relay_state_vector = Vec::new();
        self.question = None;
        self.relay_deletions = None;
        self.gaps = false;
        self.ledger.reopen();
    }
}
