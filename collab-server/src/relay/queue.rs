//! What waits for one reader: bounded in bytes and frames.
//!
//! The room pushes under its lock, the connection's writer pops. When the queue is full, the
//! frame's class decides (`collab_core::relay::Class`): presence is dropped; of a `collab.v1`
//! connection all document frames are dropped and it syncs again; anything else ends the
//! connection with 1013. What was dropped is reported once there is room again, by [`Popped`].

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use collab_core::relay::Class;
use collab_core::wire::{CloseCode, Dialect};
use tokio::sync::Notify;

/// What a push did, for the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// The frame waits.
    Queued,
    /// This many frames were dropped, with or without the new one.
    Dropped(usize),
    /// The connection ends or has ended.
    Closed,
}

/// What a writer finds.
#[derive(Debug, Default)]
pub(crate) struct Popped {
    /// To be written now, in this order.
    pub(crate) frames: Vec<Bytes>,
    /// Document frames were dropped, and there is room again.
    pub(crate) overflowed: bool,
    /// Presence was dropped, and there is room again.
    pub(crate) presence_dropped: bool,
    /// Nothing follows; close after the frames.
    pub(crate) close: Option<(CloseCode, &'static str)>,
}

/// Marks the frames that one input of the room caused. They are measured together: an answer to
/// step 1 is as large as its channel (`room_max_bytes`), so it is accepted whole if there was room
/// before, or a client could never load a channel larger than the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Burst(pub(crate) u64);

/// One connection's queue.
#[derive(Debug)]
pub(crate) struct Queue {
    dialect: Dialect,
    max_bytes: usize,
    max_frames: usize,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<(Class, Bytes)>,
    bytes: usize,
    burst: Option<Burst>,
    /// Whether the current burst found the queue full.
    full: bool,
    document_dropped: bool,
    presence_dropped: bool,
    close: Option<(CloseCode, &'static str)>,
}

/// Bytes that one pop hands out at least, if there are so many: one system call's worth.
const POP_BYTES: usize = 64 << 10;

impl Queue {
    pub(crate) fn new(dialect: Dialect, max_bytes: usize, max_frames: usize) -> Self {
        Self {
            dialect,
            max_bytes,
            max_frames,
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Adds a frame, or applies the overflow rule.
    pub(crate) fn push(&self, burst: Burst, class: Class, frame: Bytes) -> Pushed {
        let mut state = self.lock();
        if state.close.is_some() {
            return Pushed::Closed;
        }
        if state.burst != Some(burst) {
            state.burst = Some(burst);
            state.full = state.bytes >= self.max_bytes || state.frames.len() >= self.max_frames;
        }
        let pushed = match class {
            // Until the reader has been told to sync again, more of the same is of no use.
            Class::Document if state.document_dropped => Pushed::Dropped(1),
            Class::Presence if state.presence_dropped => Pushed::Dropped(1),
            _ if !state.full => state.add(class, frame),
            _ => self.overflow(&mut state, class, frame),
        };
        drop(state);
        self.changed.notify_one();
        pushed
    }

    /// Ends the queue: what waits is written, then the connection closes. The first call counts.
    pub(crate) fn close(&self, code: CloseCode, reason: &'static str) {
        self.lock().close.get_or_insert((code, reason));
        self.changed.notify_one();
    }

    /// Whether [`Self::close`] was called, or the queue overflowed for good.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().close.is_some()
    }

    /// Waits until there is something to do. For one caller at a time; safe to cancel.
    pub(crate) async fn pop(&self) -> Popped {
        loop {
            let popped = self.lock().pop(self.max_bytes, self.max_frames);
            if let Some(popped) = popped {
                return popped;
            }
            self.changed.notified().await;
        }
    }

    fn overflow(&self, state: &mut State, class: Class, frame: Bytes) -> Pushed {
        match (class, self.dialect) {
            (Class::Presence, _) => {
                state.presence_dropped = true;
                Pushed::Dropped(1)
            }
            (Class::Document, Dialect::V1) => {
                state.document_dropped = true;
                Pushed::Dropped(state.remove(Class::Document) + 1)
            }
            (Class::Document, Dialect::Plain) => Self::give_up(state),
            (Class::Control, _) => self.make_room(state, frame),
        }
    }

    /// Control frames are never dropped: the others go first, and if they do not suffice, the
    /// connection.
    fn make_room(&self, state: &mut State, frame: Bytes) -> Pushed {
        let mut dropped = state.remove(Class::Presence);
        state.presence_dropped |= dropped > 0;
        if self.dialect == Dialect::V1 {
            let documents = state.remove(Class::Document);
            state.document_dropped |= documents > 0;
            dropped += documents;
        }
        if state.bytes >= self.max_bytes || state.frames.len() >= self.max_frames {
            return Self::give_up(state);
        }
        state.full = false;
        state.add(Class::Control, frame);
        Pushed::Dropped(dropped)
    }

    fn give_up(state: &mut State) -> Pushed {
        let dropped = state.frames.len() + 1;
        state.frames.clear();
        state.bytes = 0;
        state.close = Some((CloseCode::TRY_LATER, "read too slowly"));
        Pushed::Dropped(dropped)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No method panics between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, class: Class, frame: Bytes) -> Pushed {
        self.bytes += frame.len();
        self.frames.push_back((class, frame));
        Pushed::Queued
    }

    /// Removes all frames of a class; returns how many.
    fn remove(&mut self, class: Class) -> usize {
        let before = self.frames.len();
        self.frames.retain(|(other, _)| *other != class);
        self.bytes = self.frames.iter().map(|(_, frame)| frame.len()).sum();
        before - self.frames.len()
    }

    fn pop(&mut self, max_bytes: usize, max_frames: usize) -> Option<Popped> {
        let mut popped = Popped::default();
        let mut bytes = 0;
        while bytes < POP_BYTES
            && let Some((_, frame)) = self.frames.pop_front()
        {
            bytes += frame.len();
            popped.frames.push(frame);
        }
        self.bytes -= bytes;
        if self.bytes <= max_bytes / 2 && self.frames.len() <= max_frames / 2 {
            popped.overflowed = std::mem::take(&mut self.document_dropped);
            popped.presence_dropped = std::mem::take(&mut self.presence_dropped);
        }
        if self.frames.is_empty() {
            popped.close = self.close;
        }
        let something = !popped.frames.is_empty()
            || popped.overflowed
            || popped.presence_dropped
            || popped.close.is_some();
        something.then_some(popped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(dialect: Dialect) -> Queue {
        Queue::new(dialect, 100, 10)
    }

    fn frame(len: usize) -> Bytes {
        Bytes::from(vec![0; len])
    }

    fn push(queue: &Queue, burst: u64, class: Class, len: usize) -> Pushed {
        queue.push(Burst(burst), class, frame(len))
    }

    fn pop(queue: &Queue) -> Option<Popped> {
        queue.lock().pop(100, 10)
    }

    #[test]
    fn overflow_drops_all_document_frames_and_reports_once_there_is_room() {
        let queue = queue(Dialect::V1);
        assert_eq!(push(&queue, 1, Class::Document, 60), Pushed::Queued);
        assert_eq!(push(&queue, 2, Class::Control, 1), Pushed::Queued);
        assert_eq!(push(&queue, 3, Class::Document, 60), Pushed::Queued);
        assert_eq!(push(&queue, 4, Class::Document, 1), Pushed::Dropped(3));
        assert_eq!(push(&queue, 5, Class::Document, 1), Pushed::Dropped(1));
        let popped = pop(&queue).expect("the control frame and the report");
        assert_eq!(popped.frames.len(), 1);
        assert!(popped.overflowed && popped.close.is_none());
        assert_eq!(push(&queue, 6, Class::Document, 1), Pushed::Queued);
        assert!(!pop(&queue).expect("the document frame").overflowed);
    }

    #[test]
    fn one_burst_may_exceed_the_limit_but_the_next_may_not() {
        let queue = queue(Dialect::V1);
        assert_eq!(push(&queue, 1, Class::Document, 5_000), Pushed::Queued);
        assert_eq!(push(&queue, 1, Class::Document, 5_000), Pushed::Queued);
        assert_eq!(push(&queue, 2, Class::Document, 1), Pushed::Dropped(3));
    }

    #[test]
    fn a_plain_reader_that_is_too_slow_is_closed() {
        let queue = queue(Dialect::Plain);
        assert_eq!(push(&queue, 1, Class::Document, 100), Pushed::Queued);
        assert_eq!(push(&queue, 2, Class::Presence, 1), Pushed::Dropped(1));
        assert_eq!(push(&queue, 3, Class::Document, 1), Pushed::Dropped(2));
        assert_eq!(push(&queue, 4, Class::Document, 1), Pushed::Closed);
        let popped = pop(&queue).expect("the close");
        assert_eq!(
            popped.close.map(|(code, _)| code),
            Some(CloseCode::TRY_LATER)
        );
    }

    #[test]
    fn control_frames_push_the_others_out_and_at_last_the_connection() {
        let queue = queue(Dialect::V1);
        push(&queue, 1, Class::Document, 50);
        push(&queue, 2, Class::Presence, 50);
        assert_eq!(push(&queue, 3, Class::Control, 99), Pushed::Dropped(2));
        assert_eq!(push(&queue, 4, Class::Control, 99), Pushed::Queued);
        assert_eq!(push(&queue, 5, Class::Control, 1), Pushed::Dropped(3));
        assert!(queue.is_closed());
    }
}
