//! What all listeners of a scenario count: deliveries, how late they were, and what went wrong.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::LoadError;
use super::delays::{Delays, Quantiles};

/// How often somebody looks whether everything has arrived.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// Shared by the listeners' tasks on one thread.
pub(super) struct Tally {
    start: Cell<Instant>,
    delays: RefCell<Delays>,
    delivered: Cell<u64>,
    duplicates: Cell<u64>,
    failures: RefCell<Vec<String>>,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            start: Cell::new(Instant::now()),
            delays: RefCell::new(Delays::new()),
            delivered: Cell::default(),
            duplicates: Cell::default(),
            failures: RefCell::default(),
        }
    }

    /// From now on things are due.
    pub(super) fn start(&self) {
        self.start.set(Instant::now());
    }

    pub(super) fn elapsed_ns(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.start.get()).as_nanos() as u64
    }

    /// Somebody heard at `now` what was due so long after the start.
    pub(super) fn deliver(&self, due_ns: u64, now: Instant) {
        self.delivered.set(self.delivered.get() + 1);
        let late_ns = self.elapsed_ns(now).saturating_sub(due_ns);
        self.delays.borrow_mut().record(Duration::from_nanos(late_ns));
    }

    /// Somebody heard so many things again.
    pub(super) fn repeat(&self, count: u64) {
        self.duplicates.set(self.duplicates.get() + count);
    }

    /// A listener's connection ended.
    pub(super) fn fail(&self, error: &LoadError) {
        self.failures.borrow_mut().push(error.to_string());
    }

    /// Waits until so many deliveries are made, or for as long as patience lasts.
    pub(super) async fn wait_for(&self, expected: u64, patience: Duration) {
        let started = Instant::now();
        while self.delivered.get() < expected && started.elapsed() < patience {
            sleep(LOOK_EVERY).await;
        }
    }

    pub(super) fn delivered(&self) -> u64 {
        self.delivered.get()
    }

    pub(super) fn duplicates(&self) -> u64 {
        self.duplicates.get()
    }

    pub(super) fn delay_ms(&self) -> Quantiles {
        self.delays.borrow().quantiles()
    }

    pub(super) fn take_failures(&self) -> Vec<String> {
        self.failures.take()
    }
}
