//! What both ends of a mirror hold: the channels' logs, everybody's presence, and news for each end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::chat::PRESENCE_CHANNEL;
use collab_core::log::{Deleted, Known, Log, Refusal, Snapshot, StateVector, check, merge};
use collab_core::sync::{Replica, ReplicaError, Replicas};

use super::people::People;

/// Updates and presence that an end has not taken yet. Beyond this they are forgotten, and that end
/// connects again: then it tells its relay what that lacks.
const NEWS_MAX_BYTES: usize = 8 << 20;

/// Largest update that is taken over: the whole of a channel at most.
const UPDATE_MAX_BYTES: usize = 64 << 20;

/// Updates in the tail of a log before it is folded.
const TAIL_MAX: usize = 1024;

pub(super) struct Shared {
    channels: BTreeMap<Arc<str>, Mirrored>,
    people: People,
    /// For each end what the other has heard.
    news: [News; 2],
}

/// One of the two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Here = 0,
    There = 1,
}

/// One channel's content, and what of it was new.
#[derive(Default)]
struct Mirrored {
    // `Replica::diff` takes it by reference; a log remembers what it merged for an answer.
    log: RefCell<Log>,
    heard: Vec<Bytes>,
}

/// What one end has to take over from the other.
#[derive(Default)]
pub(super) struct News {
    /// Channels to open.
    pub(super) channels: Vec<Arc<str>>,
    pub(super) updates: Vec<(Arc<str>, Bytes)>,
    /// Of updates and presence.
    bytes: usize,
    /// Some of it was forgotten.
    pub(super) is_behind: bool,
    /// Awareness updates.
    pub(super) presence: Vec<Bytes>,
}

impl Shared {
    pub(super) fn new() -> Self {
        let news = [News::default(), News::default()];
        // Presence has a channel that holds nothing.
        let channels = BTreeMap::from([(PRESENCE_CHANNEL.into(), Mirrored::default())]);
        Self { channels, people: People::default(), news }
    }

    /// Makes sure that there is a log for this channel.
    pub(super) fn add(&mut self, channel: &Arc<str>) {
        self.channels.entry(Arc::clone(channel)).or_default();
    }

    /// Remembers who is there, and tells the other end what it does not know. Whether there is something.
    pub(super) fn hear_presence(&mut self, now: Timestamp, from: Side, update: &[u8]) -> bool {
        let news = self.people.hear(now, update);
        let is_news = news.is_some();
        if let Some(news) = news {
            self.news_from(from).add_presence(news);
        }
        is_news
    }

    /// Everybody who is known.
    pub(super) fn everybody(&mut self, now: Timestamp) -> Bytes {
        self.people.all(now)
    }

    /// Hands what was applied since the last call to the end that did not bring it. Whether that end
    /// has something to take.
    pub(super) fn pass_on(&mut self, from: Side) -> bool {
        let news = &mut self.news[from.other() as usize];
        for (name, channel) in &mut self.channels {
            channel.heard.drain(..).for_each(|update| news.add_update(name, update));
        }
        !news.is_empty()
    }

    /// News for the other end.
    pub(super) fn news_from(&mut self, side: Side) -> &mut News {
        &mut self.news[side.other() as usize]
    }

    pub(super) fn take_news(&mut self, side: Side) -> News {
        std::mem::take(&mut self.news[side as usize])
    }
}

impl Side {
    const fn other(self) -> Self {
        match self {
            Self::Here => Self::There,
            Self::There => Self::Here,
        }
    }
}

impl News {
    fn add_update(&mut self, channel: &Arc<str>, update: Bytes) {
        self.bytes += update.len();
        self.updates.push((Arc::clone(channel), update));
        self.forget_too_many();
    }

    fn add_presence(&mut self, update: Bytes) {
        self.bytes += update.len();
        self.presence.push(update);
        self.forget_too_many();
    }

    /// A new connection tells the relay all of it.
    fn forget_too_many(&mut self) {
        if self.bytes > NEWS_MAX_BYTES {
            (self.updates, self.presence, self.bytes) = (Vec::new(), Vec::new(), 0);
            self.is_behind = true;
        }
    }

    fn is_empty(&self) -> bool {
        let nothing = self.channels.is_empty() && self.updates.is_empty();
        nothing && self.presence.is_empty() && !self.is_behind
    }
}

/// Folds a long tail into the snapshot, so that memory is about the size of the content.
fn fold(log: &mut Log) -> Result<(), Refusal> {
    let (tail, _) = log.tail_len();
    if tail > TAIL_MAX {
        let merged = merge(&log.compactable(tail), Deleted::Drop)?.update;
        log.compact(Snapshot::new(merged)?, tail);
    }
    Ok(())
}

impl Replicas for Shared {
    fn replica(&mut self, channel: &str) -> Option<&mut dyn Replica> {
        self.channels.get_mut(channel).map(|channel| channel as &mut dyn Replica)
    }
}

impl Replica for Mirrored {
    fn state_vector(&self) -> Vec<u8> {
        self.log.borrow().state_vector().write().to_vec()
    }

    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        let refused = |refusal: Refusal| ReplicaError::StateVector(refusal.into());
        let structs = StateVector::read(state_vector).map_err(refused)?;
        let known = Known { structs, deletions: None };
        let answer = self.log.borrow_mut().answer(&known).map_err(refused)?;
        let first = answer.first.as_ref().map(AsRef::as_ref);
        let parts: Vec<&[u8]> = first.into_iter().chain([answer.last.as_ref()]).collect();
        Ok(merge(&parts, Deleted::Drop).map_err(refused)?.update.to_vec())
    }

    fn has_gaps(&self) -> bool {
        // What would leave one is not taken.
        false
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError> {
        let refused = |refusal: Refusal| ReplicaError::Update(refusal.into());
        let checked = check(update, UPDATE_MAX_BYTES).map_err(refused)?;
        let log = self.log.get_mut();
        if log.has(&checked) {
            return Ok(());
        }
        if log.lacks_before(&checked) {
            return Err(ReplicaError::Update("an update with a gap".into()));
        }
        let update = Bytes::copy_from_slice(update);
        log.append(update.clone(), checked).map_err(refused)?;
        self.heard.push(update);
        fold(log).map_err(refused)
    }
}
