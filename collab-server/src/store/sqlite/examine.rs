//! A database seen row by row, for `collab-server doctor`: damage is shown here, not refused.

use std::fs::File;
use std::path::Path;

use bytes::Bytes;
use collab_core::relay::Stored;
use rusqlite::{Connection, OpenFlags, Row as SqlRow, TransactionBehavior, params};

use super::rows::{self, ChannelKey};
use super::{FILE_NAME, OpenError, lock, schema};
use crate::RoomName;
use crate::store::StoreError;
use crate::store::checksum::checksum;

const CHANNELS: &str = "SELECT room, name FROM channel ORDER BY room, name";
const SNAPSHOTS: &str =
    "SELECT upto, checksum, bytes FROM snapshot JOIN channel c ON c.id = channel
     WHERE c.room = ?1 AND c.name = ?2 ORDER BY generation";
const ENTRIES: &str = "SELECT position, checksum, bytes FROM entry JOIN channel c ON c.id = channel
     WHERE c.room = ?1 AND c.name = ?2 ORDER BY position";

/// Where a repair puts the rows that it replaces. A relay never looks at it.
const SET_ASIDE: &str = "CREATE TABLE IF NOT EXISTS set_aside (
        at       TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        room     TEXT NOT NULL,
        name     TEXT NOT NULL,
        kind     TEXT NOT NULL,
        position INTEGER NOT NULL,
        checksum INTEGER NOT NULL,
        bytes    BLOB NOT NULL
    ) STRICT";
const SET_ENTRIES_ASIDE: &str =
    "INSERT INTO set_aside (room, name, kind, position, checksum, bytes)
     SELECT ?1, ?2, 'entry', position, checksum, bytes FROM entry WHERE channel = ?3";
const SET_SNAPSHOTS_ASIDE: &str =
    "INSERT INTO set_aside (room, name, kind, position, checksum, bytes)
     SELECT ?1, ?2, 'snapshot', upto, checksum, bytes FROM snapshot WHERE channel = ?3";
const LAST: &str = "SELECT max(coalesce((SELECT max(position) FROM entry WHERE channel = ?1), 0),
                              coalesce((SELECT max(upto) FROM snapshot WHERE channel = ?1), 0))";

/// A database that is examined.
#[derive(Debug)]
pub struct Examined {
    connection: Connection,
    _lock: Option<File>,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Everything up to its position as one update.
    Snapshot,
    /// One update.
    Entry,
}

/// A stored row, whole or not.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// Where it lies; for a snapshot, where it ends.
    pub position: u64,
    /// What it says of its own bytes.
    pub checksum: i64,
    /// The bytes as they lie.
    pub bytes: Bytes,
}

impl Row {
    /// Whether this was written for that channel, with these bytes.
    pub fn belongs_to(&self, room: &str, channel: &str) -> bool {
        checksum(room, channel, &self.bytes) == self.checksum
    }
}

impl Examined {
    /// Opens the database to read it; a relay may use it meanwhile.
    pub fn read_only(directory: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Database { path: directory.into(), source };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = directory.join(FILE_NAME);
        let connection = Connection::open_with_flags(file, flags).map_err(failed)?;
        rows::prepare_all(&connection).map_err(failed)?;
        Ok(Self { connection, _lock: None })
    }

    /// Opens the database to repair it; no relay may use it meanwhile.
    pub fn exclusive(directory: &Path) -> Result<Self, OpenError> {
        let lock = lock(directory)?;
        let connection = schema::open(directory, &directory.join(FILE_NAME))?;
        Ok(Self { connection, _lock: Some(lock) })
    }

    /// What SQLite finds wrong with its own pages; empty if nothing.
    pub fn damaged_pages(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare("PRAGMA integrity_check")?;
        let found = statement.query_map([], |row| row.get::<_, String>(0))?;
        let found: Vec<String> = found.collect::<rusqlite::Result<_>>()?;
        Ok(if found == ["ok"] { Vec::new() } else { found })
    }

    /// All channels by room and name.
    pub fn channels(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self.connection.prepare(CHANNELS)?;
        let channels = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(channels.collect::<rusqlite::Result<_>>()?)
    }

    /// All rows of a channel, older generations of its snapshot included.
    pub fn rows(&self, room: &str, channel: &str) -> Result<Vec<Row>, StoreError> {
        let mut all = Vec::new();
        for (sql, kind) in [(SNAPSHOTS, RowKind::Snapshot), (ENTRIES, RowKind::Entry)] {
            let mut statement = self.connection.prepare(sql)?;
            let rows = statement.query_map([room, channel], |row| read(row, kind))?;
            for row in rows {
                all.push(row?);
            }
        }
        Ok(all)
    }

    /// What a relay would load, or why it would not.
    pub fn load(&mut self, room: &RoomName, channel: &str) -> Result<Stored, StoreError> {
        rows::load(&mut self.connection, &ChannelKey::new(room, channel))
    }

    /// Puts `snapshot` in place of all rows of a channel, which are kept in the table `set_aside`.
    /// All of it happens, or nothing. Returns the number of rows.
    pub fn replace(
        &mut self,
        room: &str,
        channel: &str,
        snapshot: &[u8],
    ) -> Result<usize, StoreError> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute(SET_ASIDE, [])?;
        let find = "SELECT id FROM channel WHERE room = ?1 AND name = ?2";
        let id: i64 = transaction.query_one(find, [room, channel], |row| row.get(0))?;
        let last: i64 = transaction.query_one(LAST, [id], |row| row.get(0))?;
        let rows = transaction.execute(SET_SNAPSHOTS_ASIDE, params![room, channel, id])?
            + transaction.execute(SET_ENTRIES_ASIDE, params![room, channel, id])?;
        transaction.execute("DELETE FROM snapshot WHERE channel = ?1", [id])?;
        transaction.execute("DELETE FROM entry WHERE channel = ?1", [id])?;
        let sum = checksum(room, channel, snapshot);
        let add = "INSERT INTO snapshot (channel, upto, checksum, bytes) VALUES (?1, ?2, ?3, ?4)";
        transaction.execute(add, params![id, last, sum, snapshot])?;
        transaction.commit()?;
        Ok(rows)
    }
}

fn read(row: &SqlRow<'_>, kind: RowKind) -> rusqlite::Result<Row> {
    let position: i64 = row.get(0)?;
    Ok(Row {
        kind,
        position: position.cast_unsigned(),
        checksum: row.get(1)?,
        bytes: Bytes::from(row.get::<_, Vec<u8>>(2)?),
    })
}
