//! The conformance suite for every store, and what SQLite promises beyond it.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::path::Path;

use bytes::Bytes;
use collab_core::relay::Position;
use collab_server::RoomName;
use collab_server::store::conformance::{self, Reopen};
use collab_server::store::sqlite::OpenError;
use collab_server::store::{Append, MemoryStore, SqliteStore, Store, StoreError};
use tempfile::TempDir;

struct InMemory(MemoryStore);

impl Reopen for InMemory {
    type Store = MemoryStore;

    fn open(&self) -> MemoryStore {
        self.0.clone()
    }
}

struct OnDisk(TempDir);

impl Reopen for OnDisk {
    type Store = SqliteStore;

    fn open(&self) -> SqliteStore {
        SqliteStore::open(self.0.path()).unwrap()
    }
}

#[tokio::test]
async fn memory_conforms() {
    conformance::all(&InMemory(MemoryStore::default())).await;
}

#[tokio::test]
async fn sqlite_conforms() {
    conformance::all(&OnDisk(tempfile::tempdir().unwrap())).await;
}

#[tokio::test]
async fn a_directory_belongs_to_one_process_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let first = SqliteStore::open(directory.path()).unwrap();
    assert!(matches!(SqliteStore::open(directory.path()), Err(OpenError::InUse { .. })));
    drop(first);
    SqliteStore::open(directory.path()).unwrap();
}

#[tokio::test]
async fn a_foreign_or_newer_database_is_refused() {
    for (pragmas, is_expected) in [
        (
            "PRAGMA application_id = 7",
            (|e| matches!(e, OpenError::Foreign { found: 7 })) as fn(&_) -> _,
        ),
        ("PRAGMA user_version = 9", |e| matches!(e, OpenError::TooNew { found: 9, .. })),
        ("DROP TABLE entry", |e| matches!(e, OpenError::Database { .. })),
    ] {
        let directory = tempfile::tempdir().unwrap();
        drop(SqliteStore::open(directory.path()).unwrap());
        sql(directory.path(), pragmas);
        let error = SqliteStore::open(directory.path()).unwrap_err();
        assert!(is_expected(&error), "{pragmas}: {error:?}");
    }
}

#[tokio::test]
async fn changed_bytes_are_found_and_other_rooms_are_not_affected() {
    for damage in [
        "UPDATE entry SET bytes = CAST('U' || substr(bytes, 2) AS BLOB) WHERE position = 2",
        "UPDATE entry SET checksum = checksum + 1 WHERE position = 2",
        // A row of another channel: its bytes are whole, and still do not belong here.
        "UPDATE entry SET channel = (SELECT channel FROM entry WHERE position = 2) WHERE position = 4",
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path()).unwrap();
        append(&store, "damaged", 3).await;
        append(&store, "whole", 3).await;
        drop(store);
        sql(directory.path(), damage);
        let store = SqliteStore::open(directory.path()).unwrap();
        let result = store.load(&room("damaged"), "doc").await;
        assert!(matches!(result, Err(StoreError::Damaged { .. })), "{damage}: {result:?}");
        assert!(store.load(&room("whole"), "doc").await.is_ok());
    }
}

#[tokio::test]
async fn a_generation_that_was_not_read_back_yet_can_be_lost_without_harm() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let positions = append(&store, "room", 4).await;
    store.compact(&room("room"), "doc", positions[1], Bytes::from("old")).await.unwrap();
    drop(store);
    // A crash between adding a generation and dropping what it replaces, and a bad sector in it.
    sql(
        directory.path(),
        "INSERT INTO snapshot (channel, upto, checksum, bytes) SELECT channel, 3, 0, x'bad0' FROM snapshot",
    );
    let stored =
        SqliteStore::open(directory.path()).unwrap().load(&room("room"), "doc").await.unwrap();
    assert_eq!(stored.snapshot.as_deref(), Some(&b"old"[..]));
    assert_eq!(stored.tail.len(), 2);
}

#[tokio::test]
async fn a_torn_write_ahead_log_keeps_whole_batches_only() {
    const BATCH: usize = 5;
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    for _ in 0..20 {
        append(&store, "room", BATCH).await;
    }
    // The files as a crash leaves them: nothing was checkpointed, the log ends anywhere.
    let main = fs::read(directory.path().join("collab.sqlite3")).unwrap();
    let log = fs::read(directory.path().join("collab.sqlite3-wal")).unwrap();
    let mut survivors = Vec::new();
    for cut in (0..log.len()).step_by(log.len() / 40) {
        let crashed = tempfile::tempdir().unwrap();
        fs::write(crashed.path().join("collab.sqlite3"), &main).unwrap();
        fs::write(crashed.path().join("collab.sqlite3-wal"), &log[..cut]).unwrap();
        // Before the schema itself was committed there is nothing to lose.
        let store = SqliteStore::open(crashed.path()).unwrap();
        let stored = store.load(&room("room"), "doc").await.unwrap();
        assert_eq!(stored.tail.len() % BATCH, 0, "cut at {cut}");
        survivors.push(stored.tail.len());
    }
    assert!(survivors.is_sorted() && survivors.last() > survivors.first(), "{survivors:?}");
}

fn room(name: &str) -> RoomName {
    RoomName::new(name).unwrap()
}

async fn append(store: &SqliteStore, name: &str, count: usize) -> Vec<Position> {
    let update = |i: usize| Bytes::from(format!("update {i} of {name}"));
    let one = |i| Append { room: room(name), channel: "doc".into(), update: update(i) };
    store.append((0..count).map(one).collect()).await.unwrap()
}

fn sql(directory: &Path, statement: &str) {
    rusqlite::Connection::open(directory.join("collab.sqlite3"))
        .unwrap()
        .execute_batch(statement)
        .unwrap();
}
