//! The default store: one SQLite file in WAL mode with `synchronous = FULL`, so that a commit has
//! been fsynced when it returns.
//!
//! One thread writes ([`writer`]), in front of it a bounded queue; loads read through a few
//! connections of their own. Group commit happens above: the relay's journal hands over the
//! updates of many rooms as one batch, and a batch is one transaction.

mod examine;
mod known;
mod readers;
mod rows;
mod schema;
mod writer;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use collab_core::relay::{ChannelName, Position, Stored};
use rusqlite::Connection;

use super::{Answer, Append, Store, StoreError};
use crate::RoomName;
pub use examine::{Examined, Row, RowKind};
use known::KnownChannels;
use readers::Readers;
use rows::ChannelKey;
use writer::Writer;

const FILE_NAME: &str = "collab.sqlite3";
const LOCK_NAME: &str = "lock";

/// What the writing thread has to itself.
#[derive(Debug)]
struct Database {
    connection: Connection,
    known: KnownChannels,
}

/// A store in a directory that no other process uses meanwhile.
#[derive(Debug)]
pub struct SqliteStore {
    // Fields drop in this order: the last writes end before the directory is released.
    writer: Writer,
    readers: Readers,
    _lock: File,
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The directory or its lock could not be created.
    #[error("cannot use the data directory {}", path.display())]
    Directory {
        /// The directory or file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Another process has it open.
    #[error("the data directory {} is in use by another process", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// SQLite refuses the file.
    #[error("cannot open the database in {}", path.display())]
    Database {
        /// The directory.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file belongs to another program.
    #[error("the database is not one of collab-server (application id {found:#x})")]
    Foreign {
        /// The file's `application_id`.
        found: i64,
    },
    /// The file was written by a newer version.
    #[error("the database has schema version {found}; this version knows up to {known}")]
    TooNew {
        /// The file's `user_version`.
        found: i64,
        /// The newest that this version reads.
        known: i64,
    },
}

impl SqliteStore {
    /// Opens the store in `directory`, creating both if need be. Blocks.
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Directory { path: directory.into(), source };
        fs::create_dir_all(directory).map_err(failed)?;
        let lock = lock(directory)?;
        let file = directory.join(FILE_NAME);
        let connection = schema::open(directory, &file)?;
        let writer = Writer::spawn(Database { connection, known: KnownChannels::default() })
            .map_err(failed)?;
        Ok(Self { writer, readers: Readers::new(file), _lock: lock })
    }
}

/// Keeps other processes out of the directory while the file lives.
fn lock(directory: &Path) -> Result<File, OpenError> {
    let failed = |source| OpenError::Directory { path: directory.into(), source };
    let lock = File::create(directory.join(LOCK_NAME)).map_err(failed)?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => OpenError::InUse { path: directory.into() },
        TryLockError::Error(source) => failed(source),
    })?;
    Ok(lock)
}

impl Store for SqliteStore {
    fn keeps(&self) -> bool {
        true
    }

    fn load<'a>(&'a self, room: &'a RoomName, channel: &'a str) -> Answer<'a, Stored> {
        let key = ChannelKey::new(room, channel);
        Box::pin(self.readers.read(move |connection| rows::load(connection, &key)))
    }

    fn channels<'a>(
        &'a self,
        room: &'a RoomName,
        prefix: &'a str,
        max: usize,
    ) -> Answer<'a, Vec<ChannelName>> {
        let (room, prefix) = (room.clone(), prefix.to_owned());
        Box::pin(
            self.readers.read(move |connection| rows::channels(connection, &room, &prefix, max)),
        )
    }

    fn append(&self, batch: Vec<Append>) -> Answer<'_, Vec<Position>> {
        Box::pin(self.writer.write(move |database| rows::append(database, &batch)))
    }

    fn compact<'a>(
        &'a self,
        room: &'a RoomName,
        channel: &'a str,
        upto: Position,
        snapshot: Bytes,
    ) -> Answer<'a, ()> {
        let key = ChannelKey::new(room, channel);
        Box::pin(self.replace(key, upto, snapshot))
    }

    fn delete_room<'a>(&'a self, room: &'a RoomName) -> Answer<'a, ()> {
        let room = room.clone();
        Box::pin(self.writer.write(move |database| rows::delete_room(database, &room)))
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(
            self.readers.read(|connection| Ok(connection.query_one("SELECT 1", [], |_| Ok(()))?)),
        )
    }
}

impl SqliteStore {
    /// Three steps, each safe to crash after: add a generation, read it back through another
    /// connection, and only then drop what it replaces.
    async fn replace(
        &self,
        key: ChannelKey,
        upto: Position,
        snapshot: Bytes,
    ) -> Result<(), StoreError> {
        let (add_key, bytes) = (key.clone(), snapshot.clone());
        let generation = self
            .writer
            .write(move |database| rows::add_generation(database, &add_key, upto, &bytes))
            .await?;
        let equal = self
            .readers
            .read(move |connection| rows::generation_equals(connection, generation, &snapshot))
            .await;
        if let Ok(true) = equal {
            self.writer.write(move |database| rows::drop_older(database, &key, generation)).await
        } else {
            self.writer.write(move |database| rows::drop_generation(database, generation)).await?;
            Err(equal.err().unwrap_or(StoreError::ReadBack))
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
