//! Work that decodes whole documents, carried out off the connection tasks.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;

use super::chat::Claims;
use super::io::{ChannelName, Position, Stored};
use crate::log::{CompactError, Deleted, Log, Snapshot, compact};
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
    Open { number: u64, stored: Stored, is_segment: bool },
    /// Fold `updates`, which are the snapshot and the first `tail` entries, into one.
    Compact { number: u64, upto: Position, tail: usize, updates: Vec<SharedUpdate> },
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
    Compacted { upto: Position, tail: usize, merged: Result<Snapshot<SharedUpdate>, CompactError> },
}

/// A channel as it came out of the store.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) log: Log<SharedUpdate>,
    pub(super) position: Position,
    /// In a segment of a chat, whose its client IDs are.
    pub(super) claims: Option<Box<Claims>>,
}

impl Job {
    pub(super) const fn new(channel: ChannelName, task: Task) -> Self {
        Self { channel, task }
    }

    /// Does the work. Takes milliseconds to seconds, in proportion to the channel's bytes; bounded
    /// by `room_max_bytes`. A panic inside becomes a failed result.
    pub fn run(self) -> Finished {
        let result = match self.task {
            Task::Open { number, stored, is_segment } => {
                TaskResult::Opened(guarded(|| open(number, &stored, is_segment)).flatten())
            }
            Task::Compact { number, upto, tail, updates } => {
                let merged = guarded(|| fold(number, &updates));
                let merged = merged.unwrap_or(Err(CompactError::Mismatch));
                TaskResult::Compacted { upto, tail, merged }
            }
        };
        Finished { channel: self.channel, result }
    }
}

fn open(number: u64, stored: &Stored, is_segment: bool) -> Option<Opened> {
    let shared = |update: &Bytes| SharedUpdate::new(number, update);
    let snapshot = stored.snapshot.as_ref().map(shared);
    let tail = stored.tail.iter().map(|(_, update)| shared(update));
    let log = Log::open(snapshot, tail).ok()?;
    let position = stored.tail.last().map(|(position, _)| *position).unwrap_or_default();
    let updates = stored.snapshot.iter().chain(stored.tail.iter().map(|(_, update)| update));
    let claims = is_segment.then(|| Claims::read(updates.map(|update| &**update)).map(Box::new));
    Some(Opened { log, position, claims: claims.transpose().ok()? })
}

fn fold(number: u64, updates: &[SharedUpdate]) -> Result<Snapshot<SharedUpdate>, CompactError> {
    let merged = compact(updates, Deleted::Drop)?;
    Ok(Snapshot::new(SharedUpdate::new(number, &merged.update))?)
}

/// Runs code that reads untrusted bytes; a panic yields `None`.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
