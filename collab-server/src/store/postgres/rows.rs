//! The statements.
//!
//! A channel's row is what orders its writers: an append locks it before it draws positions, so
//! within a channel positions become visible in their order, whichever relay wrote them. Its
//! `owner` is the only relay that loaded the channel or wrote to it since the last load, or 0: who
//! is not the owner lacks something, and a snapshot of theirs must not replace it.

use bytes::Bytes;
use collab_core::relay::{ChannelName, Position, Stored};
use deadpool_postgres::{ClientWrapper, Transaction};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::RoomName;
use crate::store::checksum::checksum;
use crate::store::{Append, StoreError};

/// Channels are touched in one order by everybody, so that two batches cannot wait for each other.
/// Positions are drawn behind the sort, which ends only after every channel is locked.
const APPEND: &str = r#"
    WITH given AS MATERIALIZED (
        SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::BIGINT[], $4::BYTEA[])
            WITH ORDINALITY AS given (room, name, checksum, bytes, ordinal)
    ), touched AS (
        INSERT INTO collab.channel AS channel (room, name, owner)
        SELECT DISTINCT room COLLATE "C", name COLLATE "C", $5::BIGINT FROM given ORDER BY 1, 2
        ON CONFLICT (room, name) DO UPDATE
            SET owner = CASE channel.owner WHEN excluded.owner THEN excluded.owner ELSE 0 END
        RETURNING id, room, name
    ), added AS (
        INSERT INTO collab.entry (position, channel, checksum, bytes)
        SELECT nextval('collab.position'), id, checksum, bytes FROM (
            SELECT id, checksum, bytes FROM given JOIN touched USING (room, name) ORDER BY ordinal
        ) AS ordered
        RETURNING position
    )
    SELECT position FROM added ORDER BY position"#;
const CLAIM: &str =
    "UPDATE collab.channel SET owner = $3 WHERE room = $1 AND name = $2 AND owner <> $3";
/// One statement sees one state of the database. Snapshots first, the newest of them first.
const LOAD: &str = "
    SELECT generation, upto, snapshot.checksum, bytes
        FROM collab.snapshot JOIN collab.channel ON channel = id WHERE room = $1 AND name = $2
    UNION ALL
    SELECT 0, position, entry.checksum, bytes
        FROM collab.entry JOIN collab.channel ON channel = id WHERE room = $1 AND name = $2
    ORDER BY 1 DESC, 2";
const CHANNELS: &str = "SELECT name FROM collab.channel
    WHERE room = $1 AND name >= $2 AND starts_with(name, $2) ORDER BY name LIMIT $3";
const LOCK_CHANNEL: &str =
    "SELECT id, owner FROM collab.channel WHERE room = $1 AND name = $2 FOR UPDATE";
const RANGE: &str = "SELECT
    coalesce((SELECT max(upto) FROM collab.snapshot WHERE channel = $1), 0),
    coalesce((SELECT max(position) FROM collab.entry WHERE channel = $1), 0)";
const ADD_SNAPSHOT: &str = "INSERT INTO collab.snapshot (channel, upto, checksum, bytes)
    VALUES ($1, $2, $3, $4) RETURNING generation";
const GENERATION: &str = "SELECT bytes FROM collab.snapshot WHERE generation = $1";
const DROP_OLDER: &str = "DELETE FROM collab.snapshot WHERE channel = $1 AND generation < $2";
const DROP_ENTRIES: &str = "DELETE FROM collab.entry WHERE channel = $1 AND position <= $2";
const DROP_GENERATION: &str = "DELETE FROM collab.snapshot WHERE generation = $1";
const DELETE_CHANNELS: &str = "DELETE FROM collab.channel WHERE room = $1 RETURNING id";
const DELETE_ENTRIES: &str = "DELETE FROM collab.entry WHERE channel = ANY($1)";
const DELETE_SNAPSHOTS: &str = "DELETE FROM collab.snapshot WHERE channel = ANY($1)";
const HEALTH: &str = "SELECT 1 FROM collab.channel LIMIT 1";

/// A snapshot that was added, and where it belongs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Generation {
    channel: i64,
    upto: i64,
    number: i64,
}

/// Appends a whole batch with one statement.
pub(super) async fn append(
    client: &ClientWrapper,
    relay: i64,
    batch: &[Append],
) -> Result<Vec<Position>, StoreError> {
    let rooms: Vec<&str> = batch.iter().map(|append| append.room.as_str()).collect();
    let names: Vec<&str> = batch.iter().map(|append| &*append.channel).collect();
    let sum = |a: &Append| checksum(a.room.as_str(), &a.channel, &a.update);
    let sums: Vec<i64> = batch.iter().map(sum).collect();
    let updates: Vec<&[u8]> = batch.iter().map(|append| &append.update[..]).collect();
    let statement = client.prepare_cached(APPEND).await?;
    let rows = client.query(&statement, &[&rooms, &names, &sums, &updates, &relay]).await?;
    Ok(rows.iter().map(|row| Position(row.get::<_, i64>(0).cast_unsigned())).collect())
}

/// Reads and verifies one channel. An older generation takes the place of a damaged one: what it
/// lacks is still among the entries then, since those go only after their snapshot was read back.
pub(super) async fn load(
    client: &ClientWrapper,
    relay: i64,
    room: &RoomName,
    channel: &str,
) -> Result<Stored, StoreError> {
    let room = room.as_str();
    let claim = client.prepare_cached(CLAIM).await?;
    // A server that takes no writes can be read all the same; it takes no compaction either.
    let _ = client.execute(&claim, &[&room, &channel, &relay]).await;
    let statement = client.prepare_cached(LOAD).await?;
    let rows = client.query(&statement, &[&room, &channel]).await?;
    let (snapshots, entries) = rows.split_at(rows.partition_point(|row| generation(row) > 0));
    let verified = |what, row: &Row| verified(what, room, channel, row);
    let mut damage = None;
    let (mut upto, mut snapshot) = (0, None);
    for row in snapshots {
        match verified("snapshot", row) {
            Ok(bytes) => {
                (upto, snapshot, damage) = (position(row), Some(bytes), None);
                break;
            }
            Err(error) => damage = damage.or(Some(error)),
        }
    }
    if let Some(damage) = damage {
        return Err(damage);
    }
    let tail = entries
        .iter()
        .filter(|row| position(row) > upto)
        .map(|row| Ok((Position(position(row).cast_unsigned()), verified("entry", row)?)));
    Ok(Stored { snapshot, tail: tail.collect::<Result<_, StoreError>>()? })
}

fn generation(row: &Row) -> i64 {
    row.get(0)
}

fn position(row: &Row) -> i64 {
    row.get(1)
}

fn verified(what: &'static str, room: &str, channel: &str, row: &Row) -> Result<Bytes, StoreError> {
    let bytes: &[u8] = row.get(3);
    if checksum(room, channel, bytes) == row.get::<_, i64>(2) {
        Ok(Bytes::copy_from_slice(bytes))
    } else {
        Err(StoreError::Damaged { what, position: position(row).cast_unsigned() })
    }
}

/// Reads the first names that start with `prefix`.
pub(super) async fn channels(
    client: &ClientWrapper,
    room: &RoomName,
    prefix: &str,
    max: usize,
) -> Result<Vec<ChannelName>, StoreError> {
    let statement = client.prepare_cached(CHANNELS).await?;
    let max = i64::try_from(max).unwrap_or(i64::MAX);
    let rows = client.query(&statement, &[&room.as_str(), &prefix, &max]).await?;
    Ok(rows.iter().map(|row| row.get::<_, &str>(0).into()).collect())
}

/// Adds a snapshot beside the one that it shall replace.
pub(super) async fn add_generation(
    client: &mut ClientWrapper,
    relay: i64,
    (room, channel): (&RoomName, &str),
    upto: Position,
    snapshot: &Bytes,
) -> Result<Generation, StoreError> {
    let transaction = client.transaction().await?;
    let lock = transaction.prepare_cached(LOCK_CHANNEL).await?;
    let found = transaction.query_opt(&lock, &[&room.as_str(), &channel]).await?;
    let out_of_range = |newest: i64, last: i64| {
        let (newest, last) = (newest.cast_unsigned(), last.cast_unsigned());
        StoreError::OutOfRange { upto: upto.0, newest, last }
    };
    let row = found.ok_or_else(|| out_of_range(0, 0))?;
    let (id, owner): (i64, i64) = (row.get(0), row.get(1));
    let range = transaction.prepare_cached(RANGE).await?;
    let row = transaction.query_one(&range, &[&id]).await?;
    let (newest, last): (i64, i64) = (row.get(0), row.get(1));
    let (offered, last) = (upto.0.cast_signed(), last.max(newest));
    if offered < newest || offered > last {
        return Err(out_of_range(newest, last));
    }
    if owner != relay {
        return Err(StoreError::NotAlone);
    }
    let sum = checksum(room.as_str(), channel, snapshot);
    let add = transaction.prepare_cached(ADD_SNAPSHOT).await?;
    let row = transaction.query_one(&add, &[&id, &offered, &sum, &&snapshot[..]]).await?;
    transaction.commit().await?;
    Ok(Generation { channel: id, upto: offered, number: row.get(0) })
}

/// Whether a generation reads back as `snapshot`; `None` if it is gone, with its room or because
/// a newer one took its place.
pub(super) async fn generation_equals(
    client: &ClientWrapper,
    generation: Generation,
    snapshot: &Bytes,
) -> Result<Option<bool>, StoreError> {
    let statement = client.prepare_cached(GENERATION).await?;
    let row = client.query_opt(&statement, &[&generation.number]).await?;
    Ok(row.map(|row| row.get::<_, &[u8]>(0) == snapshot))
}

/// Drops what `generation` replaces.
pub(super) async fn drop_older(
    client: &mut ClientWrapper,
    generation: Generation,
) -> Result<(), StoreError> {
    let Generation { channel, upto, number } = generation;
    let transaction = client.transaction().await?;
    execute(&transaction, DROP_OLDER, &[&channel, &number]).await?;
    execute(&transaction, DROP_ENTRIES, &[&channel, &upto]).await?;
    Ok(transaction.commit().await?)
}

/// Takes a generation back.
pub(super) async fn drop_generation(
    client: &ClientWrapper,
    generation: Generation,
) -> Result<(), StoreError> {
    let statement = client.prepare_cached(DROP_GENERATION).await?;
    client.execute(&statement, &[&generation.number]).await?;
    Ok(())
}

/// Deletes a room with everything in it. An append to it waits for the lock on the channel's row
/// and then starts a new channel, or is over and its entries are seen by the later statements.
pub(super) async fn delete_room(
    client: &mut ClientWrapper,
    room: &RoomName,
) -> Result<(), StoreError> {
    let transaction = client.transaction().await?;
    let delete = transaction.prepare_cached(DELETE_CHANNELS).await?;
    let rows = transaction.query(&delete, &[&room.as_str()]).await?;
    let channels: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
    execute(&transaction, DELETE_ENTRIES, &[&channels]).await?;
    execute(&transaction, DELETE_SNAPSHOTS, &[&channels]).await?;
    Ok(transaction.commit().await?)
}

/// Reads a table, maybe an empty one.
pub(super) async fn check(client: &ClientWrapper) -> Result<(), StoreError> {
    let statement = client.prepare_cached(HEALTH).await?;
    client.query_opt(&statement, &[]).await?;
    Ok(())
}

async fn execute(
    transaction: &Transaction<'_>,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<u64, StoreError> {
    let statement = transaction.prepare_cached(sql).await?;
    Ok(transaction.execute(&statement, parameters).await?)
}
