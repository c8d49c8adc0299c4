//! What a program has not read yet: bounded, without repetitions.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::ConnectError;

/// More events do not wait for the program: the oldest are forgotten, and [`Event::Missed`] is
/// told in their place.
pub const CHANGES_MAX: usize = 1024;

/// Something that a program may want to show.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<C> {
    /// What the protocol said.
    Change(C),
    /// A connection could not be opened. The protocol decides when the next one is tried.
    Unreachable(ConnectError),
    /// The program was too slow and changes were forgotten: it reads all state afresh.
    Missed,
}

/// The reading end of what the driver tells. Ends once the driver has.
#[derive(Debug)]
pub struct Changes<C> {
    shared: Arc<Shared<C>>,
}

/// The driver's end. Dropping it ends the stream.
#[derive(Debug)]
pub(crate) struct Teller<C> {
    shared: Arc<Shared<C>>,
}

#[derive(Debug)]
struct Shared<C> {
    waiting: Mutex<Waiting<C>>,
    news: Notify,
}

#[derive(Debug)]
struct Waiting<C> {
    events: VecDeque<Event<C>>,
    missed: bool,
    over: bool,
}

pub(crate) fn channel<C>() -> (Teller<C>, Changes<C>) {
    let waiting = Waiting { events: VecDeque::new(), missed: false, over: false };
    let shared = Arc::new(Shared { waiting: Mutex::new(waiting), news: Notify::new() });
    (Teller { shared: Arc::clone(&shared) }, Changes { shared })
}

impl<C> Changes<C> {
    /// The next event; `None` once the driver has stopped and everything was read. Safe to cancel.
    pub async fn next(&mut self) -> Option<Event<C>> {
        loop {
            if let Some(event) = self.at_hand() {
                return Some(event);
            }
            if self.shared.waiting().over {
                return None;
            }
            // What was told meanwhile is remembered, since there is one reader.
            self.shared.news.notified().await;
        }
    }

    /// The next event, if there is one now.
    pub fn at_hand(&mut self) -> Option<Event<C>> {
        let mut waiting = self.shared.waiting();
        if std::mem::take(&mut waiting.missed) {
            return Some(Event::Missed);
        }
        waiting.events.pop_front()
    }
}

impl<C: PartialEq> Teller<C> {
    pub(crate) fn tell(&self, event: Event<C>) {
        let mut waiting = self.shared.waiting();
        if waiting.events.iter().any(|known| known.says_same(&event)) {
            return;
        }
        if waiting.events.len() >= CHANGES_MAX {
            waiting.events.pop_front();
            waiting.missed = true;
        }
        waiting.events.push_back(event);
        drop(waiting);
        self.shared.news.notify_one();
    }
}

impl<C: PartialEq> Event<C> {
    /// Whether a program that reads this one need not read the other.
    fn says_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Change(known), Self::Change(change)) => known == change,
            (Self::Missed, Self::Missed) => true,
            _ => false,
        }
    }
}

impl<C> Drop for Teller<C> {
    fn drop(&mut self) {
        self.shared.waiting().over = true;
        self.shared.news.notify_one();
    }
}

impl<C> Shared<C> {
    fn waiting(&self) -> MutexGuard<'_, Waiting<C>> {
        // Comparisons are the program's own, but nothing is half changed when one panics.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drained(changes: &mut Changes<usize>) -> (usize, Vec<usize>) {
        let (mut missed, mut read) = (0, Vec::new());
        while let Some(event) = changes.at_hand() {
            match event {
                Event::Change(change) => read.push(change),
                Event::Missed => missed += 1,
                Event::Unreachable(error) => panic!("{error}"),
            }
        }
        (missed, read)
    }

    #[test]
    fn what_waits_is_told_once() {
        let (teller, mut changes) = channel();
        for change in [1, 2, 1] {
            teller.tell(Event::Change(change));
        }
        assert_eq!(drained(&mut changes), (0, vec![1, 2]));
        teller.tell(Event::Change(1));
        assert_eq!(drained(&mut changes), (0, vec![1]));
    }

    #[test]
    fn a_slow_program_loses_the_oldest_and_hears_of_it() {
        let (teller, mut changes) = channel();
        (0..CHANGES_MAX + 5).for_each(|change| teller.tell(Event::Change(change)));
        let (missed, read) = drained(&mut changes);
        assert_eq!((missed, read.len(), read[0]), (1, CHANGES_MAX, 5));
    }

    #[tokio::test]
    async fn the_stream_ends_after_the_last_event() {
        let (teller, mut changes) = channel();
        teller.tell(Event::Change(7));
        drop(teller);
        assert!(matches!(changes.next().await, Some(Event::Change(7))));
        assert!(changes.next().await.is_none());
    }
}
