//! The statements: what is written in one transaction, and what a load verifies.
//!
//! Each row carries a CRC-32 of its channel's name and its bytes, so that a flipped bit and a row
//! that ended up in the wrong channel are both found.

use bytes::Bytes;
use collab_core::relay::{ChannelName, Position, Stored};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::Database;
use crate::RoomName;
use crate::store::checksum::checksum;
use crate::store::{Append, StoreError};

const FIND_CHANNEL: &str = "SELECT id FROM channel WHERE room = ?1 AND name = ?2";
const CHANNELS: &str =
    "SELECT name FROM channel WHERE room = ?1 AND name >= ?2 ORDER BY name LIMIT ?3";
const ADD_CHANNEL: &str = "INSERT INTO channel (room, name) VALUES (?1, ?2)";
const ADD_ENTRY: &str = "INSERT INTO entry (channel, checksum, bytes) VALUES (?1, ?2, ?3)";
const LAST_ENTRY: &str = "SELECT max(position) FROM entry WHERE channel = ?1";
const ENTRIES: &str = "SELECT position, checksum, bytes FROM entry WHERE channel = ?1 AND position > ?2 ORDER BY position";
const ADD_SNAPSHOT: &str =
    "INSERT INTO snapshot (channel, upto, checksum, bytes) VALUES (?1, ?2, ?3, ?4)";
const SNAPSHOTS: &str =
    "SELECT upto, checksum, bytes FROM snapshot WHERE channel = ?1 ORDER BY generation DESC";
const SNAPSHOT_UPTO: &str = "SELECT max(upto) FROM snapshot WHERE channel = ?1";
const GENERATION: &str = "SELECT upto, bytes FROM snapshot WHERE generation = ?1";
const DROP_OLDER: &str = "DELETE FROM snapshot WHERE channel = ?1 AND generation < ?2";
const DROP_ENTRIES: &str = "DELETE FROM entry WHERE channel = ?1 AND position <= ?2";
const DROP_GENERATION: &str = "DELETE FROM snapshot WHERE generation = ?1";
const DELETE_ROOM: &str = "DELETE FROM channel WHERE room = ?1";

/// A row of `snapshot`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Generation(i64);

/// Names a channel, and salts its checksums.
#[derive(Clone, Debug)]
pub(super) struct ChannelKey {
    room: RoomName,
    channel: String,
}

impl ChannelKey {
    pub(super) fn new(room: &RoomName, channel: &str) -> Self {
        Self { room: room.clone(), channel: channel.to_owned() }
    }

    fn find(&self, connection: &Connection) -> rusqlite::Result<Option<i64>> {
        find_channel(connection, self.room.as_str(), &self.channel)
    }

    fn verify(
        &self,
        what: &'static str,
        position: i64,
        sum: i64,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        if checksum(self.room.as_str(), &self.channel, bytes) == sum {
            Ok(())
        } else {
            Err(StoreError::Damaged { what, position: position.cast_unsigned() })
        }
    }
}

/// Prepares every statement, which fails where the schema is not what this version expects.
pub(super) fn prepare_all(connection: &Connection) -> rusqlite::Result<()> {
    let statements = [
        FIND_CHANNEL,
        CHANNELS,
        ADD_CHANNEL,
        ADD_ENTRY,
        LAST_ENTRY,
        ENTRIES,
        ADD_SNAPSHOT,
        SNAPSHOTS,
        SNAPSHOT_UPTO,
        GENERATION,
        DROP_OLDER,
        DROP_ENTRIES,
        DROP_GENERATION,
        DELETE_ROOM,
    ];
    statements.into_iter().try_for_each(|sql| connection.prepare_cached(sql).map(drop))
}

/// Reads the first names that start with `prefix`.
pub(super) fn channels(
    connection: &mut Connection,
    room: &RoomName,
    prefix: &str,
    max: usize,
) -> Result<Vec<ChannelName>, StoreError> {
    let mut statement = connection.prepare_cached(CHANNELS)?;
    let max = i64::try_from(max).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![room.as_str(), prefix, max])?;
    let mut names = Vec::new();
    while let Some(row) = rows.next()? {
        let name: ChannelName = row.get(0)?;
        // SQLite orders text by its bytes, so nothing behind this one starts with the prefix.
        if !name.starts_with(prefix) {
            break;
        }
        names.push(name);
    }
    Ok(names)
}

/// Appends a whole batch in one transaction.
pub(super) fn append(
    Database { connection, known }: &mut Database,
    batch: &[Append],
) -> Result<Vec<Position>, StoreError> {
    let transaction = begin(connection)?;
    let mut add_entry = transaction.prepare_cached(ADD_ENTRY)?;
    let mut found = Vec::new();
    let mut positions = Vec::with_capacity(batch.len());
    for Append { room, channel, update } in batch {
        let key = (room.clone(), channel.clone());
        let id = if let Some(id) = known.get(&key) {
            id
        } else {
            let id = channel_id(&transaction, room.as_str(), channel)?;
            found.push((key, id));
            id
        };
        let sum = checksum(room.as_str(), channel, update);
        let position = add_entry.insert(params![id, sum, &update[..]])?;
        positions.push(Position(position.cast_unsigned()));
    }
    drop(add_entry);
    transaction.commit()?;
    known.add(found);
    Ok(positions)
}

/// Reads and verifies one channel. An older generation takes the place of a damaged one: what it
/// lacks is still among the entries then, since those go only after their snapshot was read back.
pub(super) fn load(connection: &mut Connection, key: &ChannelKey) -> Result<Stored, StoreError> {
    let transaction = connection.transaction()?;
    let Some(id) = key.find(&transaction)? else {
        return Ok(Stored::default());
    };
    let (upto, snapshot) = newest_snapshot(&transaction, id, key)?;
    let mut tail = Vec::new();
    let mut statement = transaction.prepare_cached(ENTRIES)?;
    let mut rows = statement.query(params![id, upto])?;
    while let Some(row) = rows.next()? {
        let position: i64 = row.get(0)?;
        let bytes: Vec<u8> = row.get(2)?;
        key.verify("entry", position, row.get(1)?, &bytes)?;
        tail.push((Position(position.cast_unsigned()), Bytes::from(bytes)));
    }
    Ok(Stored { snapshot, tail })
}

fn newest_snapshot(
    transaction: &Transaction<'_>,
    id: i64,
    key: &ChannelKey,
) -> Result<(i64, Option<Bytes>), StoreError> {
    let mut statement = transaction.prepare_cached(SNAPSHOTS)?;
    let mut rows = statement.query([id])?;
    let mut damage = None;
    while let Some(row) = rows.next()? {
        let upto: i64 = row.get(0)?;
        let bytes: Vec<u8> = row.get(2)?;
        match key.verify("snapshot", upto, row.get(1)?, &bytes) {
            Ok(()) => return Ok((upto, Some(Bytes::from(bytes)))),
            Err(error) => damage = damage.or(Some(error)),
        }
    }
    damage.map_or(Ok((0, None)), Err)
}

/// Adds a snapshot beside the one that it shall replace.
pub(super) fn add_generation(
    Database { connection, .. }: &mut Database,
    key: &ChannelKey,
    upto: Position,
    snapshot: &Bytes,
) -> Result<Generation, StoreError> {
    let transaction = begin(connection)?;
    let id = channel_id(&transaction, key.room.as_str(), &key.channel)?;
    let newest = maximum(&transaction, SNAPSHOT_UPTO, id)?;
    let last = maximum(&transaction, LAST_ENTRY, id)?.max(newest);
    let offered = upto.0.cast_signed();
    if offered < newest || offered > last {
        let (newest, last) = (newest.cast_unsigned(), last.cast_unsigned());
        return Err(StoreError::OutOfRange { upto: upto.0, newest, last });
    }
    let sum = checksum(key.room.as_str(), &key.channel, snapshot);
    transaction.prepare_cached(ADD_SNAPSHOT)?.execute(params![id, offered, sum, &snapshot[..]])?;
    let generation = Generation(transaction.last_insert_rowid());
    transaction.commit()?;
    Ok(generation)
}

/// Whether a generation reads back as `snapshot`.
pub(super) fn generation_equals(
    connection: &mut Connection,
    generation: Generation,
    snapshot: &Bytes,
) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(GENERATION)?;
    Ok(statement
        .query_one([generation.0], |row| Ok(row.get_ref(1)?.as_blob()? == &snapshot[..]))?)
}

/// Drops what `generation` replaces.
pub(super) fn drop_older(
    Database { connection, .. }: &mut Database,
    key: &ChannelKey,
    generation: Generation,
) -> Result<(), StoreError> {
    let transaction = begin(connection)?;
    let upto: Option<i64> = transaction
        .prepare_cached(GENERATION)?
        .query_one([generation.0], |row| row.get(0))
        .optional()?;
    // Gone with its room meanwhile: nothing is left to drop.
    if let (Some(upto), Some(id)) = (upto, key.find(&transaction)?) {
        transaction.prepare_cached(DROP_OLDER)?.execute([id, generation.0])?;
        transaction.prepare_cached(DROP_ENTRIES)?.execute([id, upto])?;
    }
    Ok(transaction.commit()?)
}

/// Takes a generation back.
pub(super) fn drop_generation(
    Database { connection, .. }: &mut Database,
    generation: Generation,
) -> Result<(), StoreError> {
    connection.prepare_cached(DROP_GENERATION)?.execute([generation.0])?;
    Ok(())
}

/// Deletes a room with everything in it.
pub(super) fn delete_room(
    Database { connection, known }: &mut Database,
    room: &RoomName,
) -> Result<(), StoreError> {
    known.forget_all();
    connection.prepare_cached(DELETE_ROOM)?.execute([room.as_str()])?;
    Ok(())
}

fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn find_channel(connection: &Connection, room: &str, name: &str) -> rusqlite::Result<Option<i64>> {
    connection.prepare_cached(FIND_CHANNEL)?.query_one([room, name], |row| row.get(0)).optional()
}

fn channel_id(transaction: &Transaction<'_>, room: &str, name: &str) -> rusqlite::Result<i64> {
    if let Some(id) = find_channel(transaction, room, name)? {
        return Ok(id);
    }
    transaction.prepare_cached(ADD_CHANNEL)?.execute([room, name])?;
    Ok(transaction.last_insert_rowid())
}

fn maximum(transaction: &Transaction<'_>, sql: &str, id: i64) -> rusqlite::Result<i64> {
    let value: Option<i64> = transaction.prepare_cached(sql)?.query_one([id], |row| row.get(0))?;
    Ok(value.unwrap_or(0))
}
