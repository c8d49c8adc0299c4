//! What both ends of a mirror hold: the channels' logs, everybody's presence, and news for each end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::chat::PRESENCE_CHANNEL;
use collab_core::log::{Deleted, Known, Log, Refusal, Snapshot, StateVector, check, merge};
use collab_core::sync::{Replica, ReplicaError, Replicas};

use super::people::People;
use crate::CHANNELS_MAX;

/// Updates and presence that an end has not taken yet. Beyond this they are forgotten, and that end
/// connects again: then it tells its relay what that lacks.
const NEWS_MAX_BYTES: usize = 8 << 20;

/// What a mirror holds of all channels. A relay that has more of them, or of what they hold, is left: it is
/// somebody else's, and may make up as much as it likes.
const CONTENT_MAX_BYTES: usize = 64 << 20;

/// Updates in the tail of a log before it is folded.
const TAIL_MAX: usize = 1024;

pub(super) struct Shared {
    channels: BTreeMap<Arc<str>, Mirrored>,
    /// Of all channels.
    content_bytes: Arc<AtomicUsize>,
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
    /// Of this channel and all others.
    content_bytes: Arc<AtomicUsize>,
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
        Self { channels, content_bytes: Arc::default(), people: People::default(), news }
    }

    /// Adds a log for this channel. False if there is one, or if there are too many.
    pub(super) fn add(&mut self, channel: &Arc<str>) -> bool {
        if self.channels.len() > CHANNELS_MAX || self.channels.contains_key(channel) {
            return false;
        }
        let content_bytes = Arc::clone(&self.content_bytes);
        let mirrored = Mirrored { content_bytes, ..Mirrored::default() };
        self.channels.insert(Arc::clone(channel), mirrored);
        true
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
        let checked = check(update, CONTENT_MAX_BYTES).map_err(refused)?;
        let log = self.log.get_mut();
        if log.has(&checked) {
            return Ok(());
        }
        if log.lacks_before(&checked) {
            return Err(ReplicaError::Update("an update with a gap".into()));
        }
        let others = self.content_bytes.load(Ordering::Relaxed) - log.len_bytes();
        if others + log.len_bytes() + update.len() > CONTENT_MAX_BYTES {
            return Err(ReplicaError::Update("more than a mirror holds".into()));
        }
        let update = Bytes::copy_from_slice(update);
        log.append(update.clone(), checked).map_err(refused)?;
        self.heard.push(update);
        let folded = fold(log).map_err(refused);
        self.content_bytes.store(others + log.len_bytes(), Ordering::Relaxed);
        folded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One unit of so many bytes in the root text `t`, by this client.
    fn says(client: u8, bytes: usize) -> Vec<u8> {
        let mut update = vec![1, 1, client, 0, 4, 1, 1, b't'];
        let mut length = bytes;
        while length >= 0x80 {
            update.push(length as u8 | 0x80);
            length >>= 7;
        }
        update.push(length as u8);
        update.extend(std::iter::repeat_n(b'x', bytes));
        update.push(0);
        update
    }

    #[test]
    fn a_relay_that_makes_up_channels_and_content_fills_nothing() {
        let mut shared = Shared::new();
        for number in 0..2 * CHANNELS_MAX {
            shared.add(&format!("chat/{number}").into());
        }
        assert_eq!(shared.channels.len(), CHANNELS_MAX + 1, "and the one for presence");
        let mut taken = 0;
        for number in 0..20 {
            let channel = shared.replica(&format!("chat/{number}")).unwrap();
            taken += usize::from(channel.apply(&says(1, 8 << 20)).is_ok());
        }
        assert_eq!(taken, 7, "as many as are less than {CONTENT_MAX_BYTES}");
        let channel = shared.replica("chat/100").unwrap();
        channel.apply(&says(2, 100)).unwrap();
        channel.apply(&says(2, 100)).unwrap();
    }
}
