//! What both ends of a mirror hold: the channels' logs, everybody's presence, and news for each end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use collab_core::log::{Deleted, Known, Log, StateVector, check, merge};
use collab_core::presence::Presence;
use collab_core::sync::{Replica, ReplicaError, Replicas};

/// Updates that an end has not taken yet. Beyond this they are forgotten, and that end connects
/// again, which pushes what its relay lacks.
const NEWS_MAX_BYTES: usize = 8 << 20;

/// Largest update that is taken over.
const UPDATE_MAX_BYTES: usize = 64 << 20;

/// Nobody's client ID: the mirror is not present itself.
const NOBODY: u64 = 0;

pub(super) struct Shared {
    channels: BTreeMap<Arc<str>, Mirrored>,
    pub(super) presence: Presence,
    /// For each end what the other heard.
    news: [News; 2],
}

/// What one end has to take over from the other.
#[derive(Default)]
pub(super) struct News {
    pub(super) channels: Vec<Arc<str>>,
    pub(super) updates: Vec<(Arc<str>, Bytes)>,
    pub(super) presence: Vec<Bytes>,
    bytes: usize,
    /// Updates were forgotten.
    pub(super) is_behind: bool,
}

/// One channel's content.
#[derive(Default)]
struct Mirrored {
    log: RefCell<Log>,
}

/// The channels as one end's session sees them: what it applies is news for the other.
pub(super) struct Seen<'a> {
    shared: &'a mut Shared,
    other: usize,
    current: Option<View<'a>>,
}

impl Default for Shared {
    fn default() -> Self {
        let channels = BTreeMap::new();
        Self { channels, presence: Presence::new(NOBODY), news: Default::default() }
    }
}
