//! What waits for one reader: bounded in bytes and frames.
//!
//! The room pushes under its lock; whoever flushes the link ([`super::link`]) pops frames, and the
//! connection's task takes what is no frame. When the queue is full, the frame's class decides (`collab_core::relay::Class`): presence is dropped; of a `collab.v1`
//! connection all document frames are dropped and it syncs again; anything else ends the
//! connection with 1013. What was dropped is reported once there is room again, by [`Events`].
//! An answer to step 1 is always accepted, since a channel may be larger than the queue; who asks
//! again before it was written is not read meanwhile ([`Queue::answers_written`]).

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use collab_core::relay::Class;
use collab_core::wire::{CloseCode, Dialect};
use smallvec::SmallVec;
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

/// Frames to be written now, in this order.
pub(crate) type Frames = SmallVec<[Bytes; 4]>;

/// What a queue has to say beside its frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Events {
    /// Document frames were dropped, and there is room again.
    pub(crate) overflowed: bool,
    /// Presence was dropped, and there is room again.
    pub(crate) presence_dropped: bool,
    /// All frames were popped; close.
    pub(crate) close: Option<(CloseCode, &'static str)>,
}

/// One connection's queue.
#[derive(Debug)]
pub(crate) struct Queue {
    dialect: Dialect,
    max: Load,
    state: Mutex<State>,
    changed: Notify,
    answers_changed: Notify,
}

/// An amount of waiting frames.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    bytes: usize,
    frames: usize,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<(Class, Bytes)>,
    answers: Load,
    /// All frames but answers.
    others: Load,
    document_dropped: bool,
    /// The writer was told so; it tells the room, which then says when to go on.
    overflow_reported: bool,
    presence_dropped: bool,
    close: Option<(CloseCode, &'static str)>,
}

/// Bytes that one pop hands out at least, if there are so many: one system call's worth.
const POP_BYTES: usize = 64 << 10;

/// Places that an empty queue keeps.
const IDLE_FRAMES: usize = 4;

impl Queue {
    pub(crate) fn new(dialect: Dialect, max_bytes: usize, max_frames: usize) -> Self {
        Self {
            dialect,
            max: Load { bytes: max_bytes, frames: max_frames },
            state: Mutex::default(),
            changed: Notify::new(),
            answers_changed: Notify::new(),
        }
    }

    /// Adds a frame, or applies the overflow rule.
    pub(crate) fn push(&self, class: Class, frame: Bytes) -> Pushed {
        let mut state = self.lock();
        if state.close.is_some() {
            return Pushed::Closed;
        }
        let pushed = match class {
            // Until the reader has been told to sync again, more of the same is of no use.
            Class::Document if state.document_dropped => Pushed::Dropped(1),
            Class::Presence if state.presence_dropped => Pushed::Dropped(1),
            Class::Answer => state.add(class, frame),
            _ if !state.others.reaches(self.max) => state.add(class, frame),
            _ => self.overflow(&mut state, class, frame),
        };
        drop(state);
        if pushed != Pushed::Queued {
            self.wake();
        }
        pushed
    }

    /// Accepts document frames again. Called when the room knows of the overflow and has stopped
    /// sending them: one that slipped in before would build on those that were dropped.
    pub(crate) fn resume_documents(&self) {
        let mut state = self.lock();
        state.document_dropped = false;
        state.overflow_reported = false;
    }

    /// Whether a frame waits.
    pub(crate) fn has_frames(&self) -> bool {
        !self.lock().frames.is_empty()
    }

    /// Whether answers that were given before fill the queue.
    pub(crate) fn answers_wait(&self) -> bool {
        self.lock().answers.reaches(self.max)
    }

    /// Waits until answers that were given before are written, down to the queue's bound.
    pub(crate) async fn answers_written(&self) {
        loop {
            let changed = self.answers_changed.notified();
            if !self.lock().answers.reaches(self.max) {
                return;
            }
            changed.await;
        }
    }

    /// Ends the queue: what waits is written, then the connection closes. The first call counts.
    pub(crate) fn close(&self, code: CloseCode, reason: &'static str) {
        self.lock().close.get_or_insert((code, reason));
        self.wake();
    }

    /// Whether [`Self::close`] was called, or the queue overflowed for good.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().close.is_some()
    }

    /// Takes frames, about one system call's worth. None if there are none.
    pub(crate) fn pop_frames(&self) -> Frames {
        let mut state = self.lock();
        let answers = state.answers.frames;
        let frames = state.pop_frames();
        let answered = state.answers.frames != answers;
        drop(state);
        if answered {
            self.answers_changed.notify_waiters();
        }
        frames
    }

    /// Takes what the connection's task has to do beside writing.
    pub(crate) fn pop_events(&self) -> Events {
        self.lock().pop_events(self.max)
    }

    /// Tells the connection's task that there is something to do.
    pub(crate) fn wake(&self) {
        self.changed.notify_one();
    }

    /// Waits for [`Self::wake`]. For one caller at a time; safe to cancel.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
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
            (Class::Control | Class::Answer, _) => self.make_room(state, frame),
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
        if state.others.reaches(self.max) {
            return Self::give_up(state);
        }
        state.add(Class::Control, frame);
        Pushed::Dropped(dropped)
    }

    fn give_up(state: &mut State) -> Pushed {
        let dropped = state.frames.len() + 1;
        state.frames.clear();
        state.answers = Load::default();
        state.others = Load::default();
        state.close = Some((CloseCode::TRY_LATER, "read too slowly"));
        Pushed::Dropped(dropped)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No method panics between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Load {
    /// Whether this is as much as `max` in bytes or in frames.
    const fn reaches(self, max: Self) -> bool {
        self.bytes >= max.bytes || self.frames >= max.frames
    }

    const fn add(&mut self, frame: &Bytes) {
        self.bytes += frame.len();
        self.frames += 1;
    }

    const fn subtract(&mut self, frame: &Bytes) {
        self.bytes -= frame.len();
        self.frames -= 1;
    }

    const fn half(self) -> Self {
        Self { bytes: self.bytes / 2 + 1, frames: self.frames / 2 + 1 }
    }
}

impl State {
    fn load(&mut self, class: Class) -> &mut Load {
        if class == Class::Answer { &mut self.answers } else { &mut self.others }
    }

    fn add(&mut self, class: Class, frame: Bytes) -> Pushed {
        self.load(class).add(&frame);
        self.frames.push_back((class, frame));
        Pushed::Queued
    }

    /// Removes all frames of a class that counts among the others; returns how many.
    fn remove(&mut self, class: Class) -> usize {
        let before = self.frames.len();
        let others = &mut self.others;
        self.frames.retain(|(of, frame)| {
            if *of == class {
                others.subtract(frame);
            }
            *of != class
        });
        before - self.frames.len()
    }

    fn pop_frames(&mut self) -> Frames {
        let mut frames = Frames::new();
        let mut bytes = 0;
        while bytes < POP_BYTES
            && let Some((class, frame)) = self.frames.pop_front()
        {
            bytes += frame.len();
            self.load(class).subtract(&frame);
            frames.push(frame);
        }
        if self.frames.is_empty() && self.frames.capacity() > IDLE_FRAMES {
            self.frames = VecDeque::new();
        }
        frames
    }

    fn pop_events(&mut self, max: Load) -> Events {
        let mut events = Events::default();
        if !self.others.reaches(max.half()) {
            events.overflowed = self.document_dropped && !self.overflow_reported;
            self.overflow_reported |= events.overflowed;
            events.presence_dropped = std::mem::take(&mut self.presence_dropped);
        }
        if self.frames.is_empty() {
            events.close = self.close;
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(dialect: Dialect) -> Queue {
        Queue::new(dialect, 100, 10)
    }

    fn push(queue: &Queue, class: Class, len: usize) -> Pushed {
        queue.push(class, Bytes::from(vec![0; len]))
    }

    fn pop(queue: &Queue) -> (Frames, Events) {
        (queue.pop_frames(), queue.pop_events())
    }

    #[test]
    fn overflow_drops_all_document_frames_and_reports_once_there_is_room() {
        let queue = queue(Dialect::V1);
        assert_eq!(push(&queue, Class::Document, 60), Pushed::Queued);
        assert_eq!(push(&queue, Class::Control, 1), Pushed::Queued);
        assert_eq!(push(&queue, Class::Document, 60), Pushed::Queued);
        assert_eq!(push(&queue, Class::Document, 1), Pushed::Dropped(3));
        assert_eq!(push(&queue, Class::Document, 1), Pushed::Dropped(1));
        let (frames, events) = pop(&queue);
        assert_eq!(frames.len(), 1);
        assert!(events.overflowed && events.close.is_none());
        assert_eq!(
            push(&queue, Class::Document, 1),
            Pushed::Dropped(1),
            "the room must know first"
        );
        assert_eq!(pop(&queue), (Frames::new(), Events::default()), "reported once");
        queue.resume_documents();
        assert_eq!(push(&queue, Class::Document, 1), Pushed::Queued);
        assert!(!pop(&queue).1.overflowed);
    }

    #[test]
    fn an_answer_may_be_larger_than_the_queue_and_is_never_dropped() {
        let queue = queue(Dialect::V1);
        for _ in 0..20 {
            assert_eq!(push(&queue, Class::Answer, 5_000), Pushed::Queued);
        }
        assert_eq!(push(&queue, Class::Document, 100), Pushed::Queued);
        assert_eq!(push(&queue, Class::Document, 1), Pushed::Dropped(2));
        assert_eq!(queue.lock().answers.frames, 20);
    }

    #[tokio::test]
    async fn who_asks_again_waits_until_the_answer_before_is_written() {
        let queue = queue(Dialect::V1);
        push(&queue, Class::Answer, 5_000);
        let waiting = queue.answers_written();
        tokio::pin!(waiting);
        assert!(futures_util::poll!(&mut waiting).is_pending());
        queue.pop_frames();
        waiting.await;
    }

    #[test]
    fn a_plain_reader_that_is_too_slow_is_closed() {
        let queue = queue(Dialect::Plain);
        assert_eq!(push(&queue, Class::Document, 100), Pushed::Queued);
        assert_eq!(push(&queue, Class::Presence, 1), Pushed::Dropped(1));
        assert_eq!(push(&queue, Class::Document, 1), Pushed::Dropped(2));
        assert_eq!(push(&queue, Class::Document, 1), Pushed::Closed);
        let close = pop(&queue).1.close;
        assert_eq!(close.map(|(code, _)| code), Some(CloseCode::TRY_LATER));
    }

    #[test]
    fn control_frames_push_the_others_out_and_at_last_the_connection() {
        let queue = queue(Dialect::V1);
        push(&queue, Class::Document, 50);
        push(&queue, Class::Presence, 50);
        assert_eq!(push(&queue, Class::Control, 99), Pushed::Dropped(2));
        assert_eq!(push(&queue, Class::Control, 99), Pushed::Queued);
        assert_eq!(push(&queue, Class::Control, 1), Pushed::Dropped(3));
        assert!(queue.is_closed());
    }
}
