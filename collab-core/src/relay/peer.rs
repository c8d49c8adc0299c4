//! What the room knows of one connection.

use std::collections::VecDeque;

use super::acknowledge::Ride;
use super::io::EntryNo;
use super::sorted::SortedMap;
use crate::wire::{Dialect, ErrorCode, Grant};

/// A connection in a room.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) dialect: Dialect,
    pub(super) grant: Grant,
    /// Its open channels by number.
    pub(super) channels: SortedMap<u64, Subscription>,
}

/// A channel that a connection has open.
#[derive(Debug, Default)]
pub(super) struct Subscription {
    /// The last push that was accepted; they are counted from 1 without gaps.
    pub(super) seq: u64,
    /// Why a push was refused, and with it all later ones, since they build on it.
    pub(super) refused: Option<ErrorCode>,
    /// Whether updates are forwarded: from the answer to its step 1 on, until frames were dropped.
    /// Before that an update may build on what the peer does not have, and yrs 0.28 integrates past
    /// such gaps in an order of its own. Stock clients wait for what is missing.
    pub(super) hears: bool,
    /// Whether a plain client has answered the room's step 1.
    pub(super) answered: bool,
    /// Accepted pushes that are not durable yet, and the entry that each waits for.
    waiting: VecDeque<(EntryNo, u64)>,
    /// The last push that the peer was told is received.
    received: u64,
    pub(super) ride: Ride,
}

impl Peer {
    pub(super) fn new(dialect: Dialect, grant: Grant) -> Self {
        Self { dialect, grant, channels: SortedMap::default() }
    }
}

impl Subscription {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { hears: dialect == Dialect::Plain, ..Self::default() }
    }

    /// Remembers that push `seq` is durable when `entry` is.
    pub(super) fn await_durable(&mut self, entry: EntryNo, seq: u64) {
        match self.waiting.back_mut() {
            Some(last) if last.0 == entry => last.1 = seq,
            _ => self.waiting.push_back((entry, seq)),
        }
    }

    /// The last push that is not durable yet, unless the peer was told that it is received.
    pub(super) fn take_received(&mut self) -> Option<u64> {
        let &(_, seq) = self.waiting.back()?;
        let is_news = seq > self.received;
        self.received = seq;
        is_news.then_some(seq)
    }

    /// The last push that is durable now that all entries up to `entry` are.
    pub(super) fn take_durable(&mut self, entry: EntryNo) -> Option<u64> {
        let mut durable = None;
        while let Some(&(waits_for, seq)) = self.waiting.front() {
            if waits_for > entry {
                break;
            }
            durable = Some(seq);
            self.waiting.pop_front();
        }
        if self.waiting.is_empty() {
            // An idle connection holds no buffer.
            self.waiting = VecDeque::new();
        }
        durable
    }
}
