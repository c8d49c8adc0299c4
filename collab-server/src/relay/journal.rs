//! Group commit: updates of all rooms wait here while the batch before them is written.
//!
//! One task takes what waits, appends it as one batch, and tells each room what became durable.
//! It retries a failed batch until it succeeds: nothing that a room accepted is dropped. Its bound
//! is `journal_max_bytes`; at the bound connections stop being read ([`Journal::room_for_more`]).

use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use collab_core::relay::{ChannelName, EntryNo, Input, Position};
use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::RelayState;
use super::room::LiveRoom;
use crate::store::{Append, StoreError};

/// One batch: large enough to share a sync among many rooms, small enough to be acknowledged soon.
const BATCH_MAX_ENTRIES: usize = 4096;
const BATCH_MAX_BYTES: usize = 8 << 20;

/// At most one batch begins in this time: a commit costs as much as many updates, and durability may
/// come a moment later. After a pause an update is written at once.
const BATCH_INTERVAL: Duration = Duration::from_millis(50);

/// The same after a batch of at least so many entries: with 500 rooms of two who type, twenty commits
/// a second were an eighth of all processor time (docs/profiles/relay-tick.md).
const BUSY_ENTRIES: usize = 64;
const BUSY_BATCH_INTERVAL: Duration = Duration::from_millis(100);

/// Who waits longer for `durable` is told `received` meanwhile (PROTOCOL section 4).
const RECEIVED_AFTER: Duration = Duration::from_millis(100);

/// Pauses between attempts, doubled from the first to the last.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LAST: Duration = Duration::from_secs(5);

/// An update that a room wants durable.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) room: Arc<LiveRoom>,
    pub(crate) channel: ChannelName,
    pub(crate) number: EntryNo,
    pub(crate) update: Bytes,
}

/// What waits for the store.
#[derive(Debug)]
pub(crate) struct Journal {
    max_bytes: usize,
    state: Mutex<State>,
    pushed: Notify,
    drained: Notify,
    healthy: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Entry>,
    /// Of those that wait, so many at the front are in rooms that know that the store is late.
    told: usize,
    /// Bytes waiting or being written.
    bytes: usize,
    /// Entries waiting or being written.
    entries: usize,
    stopping: bool,
}

impl Journal {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            state: Mutex::default(),
            pushed: Notify::new(),
            drained: Notify::new(),
            healthy: AtomicBool::new(true),
        }
    }

    /// Adds an entry. Never waits: rooms call this under their lock.
    pub(crate) fn push(&self, entry: Entry) {
        let mut state = self.state();
        state.bytes += entry.update.len();
        state.entries += 1;
        state.waiting.push_back(entry);
        drop(state);
        self.pushed.notify_one();
    }

    /// Whether the journal takes nothing more.
    pub(crate) fn is_full(&self) -> bool {
        self.state().bytes >= self.max_bytes
    }

    /// Waits while the journal is full.
    pub(crate) async fn room_for_more(&self) {
        self.wait_until(|state| state.bytes < self.max_bytes).await;
    }

    /// Waits until all that was pushed is durable.
    pub(crate) async fn flushed(&self) {
        self.wait_until(|state| state.entries == 0).await;
    }

    /// Whether the last attempt to write succeeded.
    pub(crate) fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Acquire)
    }

    async fn wait_until(&self, condition: impl Fn(&State) -> bool) {
        loop {
            let drained = self.drained.notified();
            if condition(&self.state()) {
                return;
            }
            drained.await;
        }
    }

    /// Nobody is left to push but rooms that are being dropped: write what waits, then end.
    pub(crate) fn stop_when_empty(&self) {
        self.state().stopping = true;
        self.pushed.notify_one();
    }

    /// The next batch, or `None` after the last one.
    async fn next_batch(&self) -> Option<Vec<Entry>> {
        loop {
            let (batch, stopping) = {
                let mut state = self.state();
                (state.take_batch(), state.stopping)
            };
            if !batch.is_empty() {
                return Some(batch);
            }
            if stopping {
                return None;
            }
            self.pushed.notified().await;
        }
    }

    fn written(&self, batch: &[Entry]) {
        let mut state = self.state();
        state.entries -= batch.len();
        state.bytes -= batch.iter().map(|entry| entry.update.len()).sum::<usize>();
        drop(state);
        self.drained.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take_batch(&mut self) -> Vec<Entry> {
        let mut bytes = 0;
        let mut count = 0;
        for entry in self.waiting.iter().take(BATCH_MAX_ENTRIES) {
            bytes += entry.update.len();
            count += 1;
            if bytes >= BATCH_MAX_BYTES {
                break;
            }
        }
        self.told = self.told.saturating_sub(count);
        self.waiting.drain(..count).collect()
    }

    /// Rooms with entries since the last call.
    fn rooms_to_tell(&mut self) -> Vec<Arc<LiveRoom>> {
        let told = std::mem::replace(&mut self.told, self.waiting.len());
        each_room(self.waiting.iter().skip(told))
    }
}

/// Writes batches until the relay's last handle is gone. Run as one task per relay.
pub(crate) async fn write_batches(relay: Arc<RelayState>) {
    while let Some(batch) = relay.journal.next_batch().await {
        let begun = Instant::now();
        let positions = write_while_telling(&relay, &batch).await;
        for (room, durable) in last_of_each_channel(&batch, &positions) {
            room.handle(durable);
        }
        relay.journal.written(&batch);
        let is_busy = batch.len() >= BUSY_ENTRIES;
        drop(batch);
        sleep_until(begun + if is_busy { BUSY_BATCH_INTERVAL } else { BATCH_INTERVAL }).await;
    }
}

/// Writes, and tells the rooms of all that waits longer than [`RECEIVED_AFTER`] that it may take a while.
async fn write_while_telling(relay: &RelayState, batch: &[Entry]) -> Vec<Position> {
    let mut written = pin!(write(relay, batch));
    let mut untold = batch;
    loop {
        if let Ok(positions) = timeout(RECEIVED_AFTER, &mut written).await {
            return positions;
        }
        let late = each_room(std::mem::take(&mut untold).iter());
        let more = relay.journal.state().rooms_to_tell();
        late.into_iter().chain(more).for_each(|room| room.handle(Input::StoreLate));
    }
}

/// The rooms that these entries are of, each once.
fn each_room<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<Arc<LiveRoom>> {
    let mut seen = HashSet::new();
    let unseen = entries.filter(|entry| seen.insert(Arc::as_ptr(&entry.room)));
    unseen.map(|entry| Arc::clone(&entry.room)).collect()
}

/// Retries until the batch is durable.
async fn write(relay: &RelayState, batch: &[Entry]) -> Vec<Position> {
    let mut pause = RETRY_FIRST;
    loop {
        match patiently(relay, attempt(relay, batch)).await {
            Ok(positions) => {
                report_health(relay, true);
                return positions;
            }
            Err(error) => {
                report_failure(relay, &error, pause);
                report_health(relay, false);
                sleep(pause).await;
                pause = (pause * 2).min(RETRY_LAST);
            }
        }
    }
}

/// Waits for an attempt, and says so if it takes long.
async fn patiently<T>(relay: &RelayState, attempt: impl Future<Output = T>) -> T {
    let mut attempt = pin!(attempt);
    if let Ok(result) = timeout(relay.config.append_patience, &mut attempt).await {
        return result;
    }
    report_health(relay, false);
    attempt.await
}

async fn attempt(relay: &RelayState, batch: &[Entry]) -> Result<Vec<Position>, StoreError> {
    let appends = batch.iter().map(|entry| Append {
        room: entry.room.name().clone(),
        channel: Arc::clone(&entry.channel),
        update: entry.update.clone(),
    });
    let started = Instant::now();
    let append = async { relay.store.append(appends.collect()).await };
    let answer = AssertUnwindSafe(append).catch_unwind().await;
    let positions = answer.unwrap_or(Err(StoreError::Panicked))?;
    relay.metrics.append_seconds.observe(started.elapsed().as_secs_f64());
    if positions.len() == batch.len() { Ok(positions) } else { Err(StoreError::Positions) }
}

fn report_failure(relay: &RelayState, error: &StoreError, pause: Duration) {
    let reason: &dyn std::error::Error = error;
    tracing::error!(error = reason, retry_ms = pause.as_millis(), "append failed");
    relay.metrics.store_failures.inc();
}

/// Tells all rooms, if it changed.
fn report_health(relay: &RelayState, ok: bool) {
    for room in relay.rooms.all_after(|| relay.journal.healthy.swap(ok, Ordering::AcqRel) != ok) {
        room.handle(Input::StoreHealth { ok });
    }
}

/// `Durable` is cumulative, so only the last entry of each channel is told.
fn last_of_each_channel(batch: &[Entry], positions: &[Position]) -> Vec<(Arc<LiveRoom>, Input)> {
    let mut last = HashMap::new();
    for (entry, &position) in batch.iter().zip(positions) {
        last.insert((Arc::as_ptr(&entry.room), &entry.channel), (entry, position));
    }
    let durable = |(entry, position): (&Entry, Position)| {
        let input =
            Input::Durable { channel: Arc::clone(&entry.channel), entry: entry.number, position };
        (Arc::clone(&entry.room), input)
    };
    last.into_values().map(durable).collect()
}
