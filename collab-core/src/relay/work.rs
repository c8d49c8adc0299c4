//! Work that decodes whole documents, carried out off the connection tasks.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;

use super::io::{ChannelName, Position, Stored};
use crate::log::{CompactError, Deleted, Log, Merged, StateVector, compact, diff_structs};
use crate::wire::SharedUpdate;

/// A piece of work that owns all it needs.
#[derive(Debug)]
pub struct Job {
    channel: ChannelName,
    task: Task,
}

#[derive(Debug)]
pub(super) enum Task {
    /// Check stored bytes and take them over.
    Open { number: u64, stored: Stored },
    /// Find what a returning client lacks of the snapshot.
    Diff { number: u64, generation: u64, known: StateVector, snapshot: SharedUpdate },
    /// Fold `updates`, which are the snapshot and the first `tail` entries, into one.
    Compact { upto: Position, tail: usize, updates: Vec<SharedUpdate> },
}

/// A job's result, for [`super::Input::Finished`].
#[derive(Debug)]
pub struct Finished {
    pub(super) channel: ChannelName,
    pub(super) result: TaskResult,
}

#[derive(Debug)]
pub(super) enum TaskResult {
    Opened(Option<Opened>),
    Diffed { generation: u64, known: StateVector, diff: Option<SharedUpdate> },
    Compacted { upto: Position, tail: usize, merged: Result<Merged, CompactError> },
}

/// A channel as it came out of the store.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) log: Log<SharedUpdate>,
    pub(super) position: Position,
}

impl Job {
    pub(super) const fn new(channel: ChannelName, task: Task) -> Self {
        Self { channel, task }
    }

    /// Does the work. Takes milliseconds to seconds, in proportion to the channel's bytes; bounded
    /// by `room_max_bytes`. A panic inside becomes a failed result.
    pub fn run(self) -> Finished {
        let result = match self.task {
            Task::Open { number, stored } => {
                TaskResult::Opened(guarded(|| open(number, &stored)).flatten())
            }
            Task::Diff { number, generation, known, snapshot } => {
                let diff = guarded(|| diff_structs(snapshot.as_ref(), &known).ok()).flatten();
                let diff = diff.map(|diff| SharedUpdate::new(number, &diff));
                TaskResult::Diffed { generation, known, diff }
            }
            Task::Compact { upto, tail, updates } => {
                let merged = guarded(|| compact(&updates, Deleted::Drop));
                let merged = merged.unwrap_or(Err(CompactError::Mismatch));
                TaskResult::Compacted { upto, tail, merged }
            }
        };
        Finished { channel: self.channel, result }
    }
}

fn open(number: u64, stored: &Stored) -> Option<Opened> {
    let shared = |update: &Bytes| SharedUpdate::new(number, update);
    let snapshot = stored.snapshot.as_ref().map(shared);
    let tail = stored.tail.iter().map(|(_, update)| shared(update));
    let log = Log::open(snapshot, tail).ok()?;
    let position = stored.tail.last().map(|(position, _)| *position).unwrap_or_default();
    Some(Opened { log, position })
}

/// Runs code that reads untrusted bytes; a panic yields `None`.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
