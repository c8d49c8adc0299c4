//! The one thread that writes.

use std::io;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::Database;
use crate::store::StoreError;

/// Writes that may wait; a full queue makes callers wait.
const QUEUE_MAX: usize = 64;

type Write = Box<dyn FnOnce(&mut Database) + Send>;

/// A thread with a connection; carries out one write after the other.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Write>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn spawn(mut database: Database) -> io::Result<Self> {
        let (queue, mut writes) = mpsc::channel::<Write>(QUEUE_MAX);
        let thread = std::thread::Builder::new().name("store-writer".into()).spawn(move || {
            while let Some(write) = writes.blocking_recv() {
                write(&mut database);
            }
        })?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Carries out `write` after all that were given before, and answers with its result.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut Database) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or(StoreError::Closed)?;
        let job = move |database: &mut Database| {
            // Nobody waits any more: the caller was cancelled, the write counts all the same.
            let _ = answer.send(write(database));
        };
        queue.send(Box::new(job)).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

impl Drop for Writer {
    /// Waits until everything that was queued is written.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
