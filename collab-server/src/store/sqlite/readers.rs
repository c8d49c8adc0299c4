//! Connections that only read, on blocking threads.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};

use crate::store::StoreError;

/// Connections that are kept open while idle.
const IDLE_MAX: usize = 4;

/// How many prepared statements each connection keeps: more than [`super::rows`] has.
const STATEMENTS_MAX: usize = 16;

/// Hands out read-only connections. How many are in use at once is up to the callers: the relay
/// bounds its loads.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    file: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, idle: Arc::default() }
    }

    /// Runs `read` on a blocking thread.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let readers = self.clone();
        let run = move || {
            let mut connection = readers.take()?;
            let result = read(&mut connection);
            if result.is_ok() {
                readers.put_back(connection);
            }
            result
        };
        tokio::task::spawn_blocking(run)
            .await
            .map_err(|error| StoreError::Unavailable(error.into()))?
    }

    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.open(), Ok)
    }

    fn open(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.file, flags)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        Ok(connection)
    }

    fn put_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push(connection);
        }
    }
}
