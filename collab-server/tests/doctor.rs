//! `collab-server doctor` on databases that are really damaged.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::path::Path;
use std::process::{Command, Output};

use bytes::Bytes;
use collab_core::document::{Document, Event, FileId, Splice};
use collab_core::log::{Deleted, compact};
use collab_core::relay::{Position, Stored};
use collab_core::wire::Writer;
use collab_server::store::Append;
use collab_server::{RoomName, SqliteStore, Store};
use rusqlite::Connection;
use tempfile::TempDir;

const LINES: usize = 6;

/// A store with one room, whose document has six lines, each its own update; `folded` of them are
/// in a snapshot.
async fn store(folded: usize) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let updates = lines();
    let positions = append(&store, "room", &updates).await;
    append(&store, "other", &updates[..2]).await;
    if folded > 0 {
        let snapshot = compact(&updates[..folded], Deleted::Drop).unwrap().update;
        let upto = positions[folded - 1];
        store.compact(&room("room"), "doc", upto, snapshot).await.unwrap();
    }
    directory
}

/// Writes line by line at the start, so that no line builds on the one before it.
fn lines() -> Vec<Bytes> {
    let mut document = Document::new(5);
    for line in 0..LINES {
        let insert = format!("line {line}\n");
        let splice = Splice { at: 0, delete: 0, insert: &insert };
        document.edit(&FileId::main(), &[splice]).unwrap();
    }
    let events = std::iter::from_fn(|| document.poll_event());
    let updates = events.filter_map(|event| match event {
        Event::LocalUpdate(update) => Some(update),
        _ => None,
    });
    updates.collect()
}

async fn append(store: &SqliteStore, name: &str, updates: &[Bytes]) -> Vec<Position> {
    let one =
        |update: &Bytes| Append { room: room(name), channel: "doc".into(), update: update.clone() };
    store.append(updates.iter().map(one).collect()).await.unwrap()
}

fn room(name: &str) -> RoomName {
    RoomName::new(name).unwrap()
}

fn sql(directory: &Path, statement: &str) {
    let file = directory.join("collab.sqlite3");
    Connection::open(file).unwrap().execute_batch(statement).unwrap();
}

fn doctor(directory: &Path, arguments: &[&str]) -> (bool, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_collab-server"))
        .arg("doctor")
        .arg("--data")
        .arg(directory)
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    (status.success(), said)
}

async fn load(directory: &Path) -> Option<Stored> {
    SqliteStore::open(directory).unwrap().load(&room("room"), "doc").await.ok()
}

/// The text that a client sees of what a relay loads.
async fn text(directory: &Path) -> String {
    let stored = load(directory).await.expect("the channel loads");
    let mut document = Document::new(9);
    for update in stored.snapshot.iter().chain(stored.tail.iter().map(|(_, update)| update)) {
        document.apply(update).unwrap();
    }
    document.text(&FileId::main())
}

#[tokio::test]
async fn a_whole_store_is_healthy() {
    let directory = store(3).await;
    let (healthy, said) = doctor(directory.path(), &[]);
    assert!(healthy, "{said}");
    assert!(said.contains("\"room\" \"doc\": ") && said.contains("1 clients"), "{said}");
    assert!(said.contains("second implementation agrees"), "{said}");
    assert!(said.contains("2 channels, 0 findings"), "{said}");
}

#[tokio::test]
async fn the_digest_does_not_depend_on_how_the_same_state_is_stored() {
    let digest = |said: &str| {
        let (_, rest) = said.split_once("\"room\" \"doc\"").unwrap();
        rest.split_once("digest ").unwrap().1[..64].to_owned()
    };
    let (_, folded) = doctor(store(4).await.path(), &[]);
    let (_, loose) = doctor(store(0).await.path(), &[]);
    assert_eq!(digest(&folded), digest(&loose));
}

#[tokio::test]
async fn a_damaged_entry_is_named_and_all_others_are_brought_back() {
    let directory = store(2).await;
    // The third line's update does not even begin like one any more.
    sql(directory.path(), "UPDATE entry SET bytes = x'ffffffffffffffffff' WHERE position = 6");
    assert!(load(directory.path()).await.is_none(), "quarantined");
    let (healthy, said) = doctor(directory.path(), &[]);
    assert!(!healthy && said.contains("\"room\" \"doc\": QUARANTINED"), "{said}");
    assert!(said.contains("entry at 6: unreadable"), "{said}");
    let (repaired, said) = doctor(directory.path(), &["--repair", "--room", "room"]);
    assert!(repaired, "{said}");
    assert_eq!(text(directory.path()).await, "line 4\nline 3\nline 2\nline 1\nline 0\n");
}

#[tokio::test]
async fn a_flipped_bit_costs_no_more_than_the_letter_it_hit() {
    let directory = store(LINES).await;
    let flip = "UPDATE snapshot SET bytes =
        CAST(replace(CAST(bytes AS TEXT), 'line 3', 'lyne 3') AS BLOB)";
    sql(directory.path(), flip);
    assert!(load(directory.path()).await.is_none(), "quarantined");
    let (_, said) = doctor(directory.path(), &[]);
    assert!(said.contains("snapshot up to 6: changed, still readable"), "{said}");
    let (repaired, said) = doctor(directory.path(), &["--repair", "--room", "room"]);
    assert!(repaired, "{said}");
    let expected = "line 5\nline 4\nlyne 3\nline 2\nline 1\nline 0\n";
    assert_eq!(text(directory.path()).await, expected);
}

#[tokio::test]
async fn a_snapshot_is_read_up_to_the_damage() {
    let directory = store(LINES).await;
    // Everything from the fourth line on is gone.
    let cut = "UPDATE snapshot SET bytes =
        substr(bytes, 1, instr(bytes, CAST('line 3' AS BLOB)) - 1)";
    sql(directory.path(), cut);
    let (_, said) = doctor(directory.path(), &[]);
    assert!(said.contains("snapshot up to 6: unreadable"), "{said}");
    let (repaired, said) = doctor(directory.path(), &["--repair", "--room", "room"]);
    assert!(repaired, "{said}");
    assert_eq!(text(directory.path()).await, "line 2\nline 1\nline 0\n");
}

#[tokio::test]
async fn what_belongs_to_another_room_never_enters_this_one() {
    let directory = store(0).await;
    let stray = "UPDATE entry SET channel = (SELECT id FROM channel WHERE room = 'room')
        WHERE position = 8";
    sql(directory.path(), stray);
    let (healthy, said) = doctor(directory.path(), &["--room", "room"]);
    assert!(!healthy && said.contains("entry at 8: belongs to \"other\" \"doc\""), "{said}");
    let (repaired, said) = doctor(directory.path(), &["--repair", "--room", "room"]);
    assert!(repaired, "{said}");
    assert_eq!(load(directory.path()).await.unwrap().tail.len(), 0);
    assert_eq!(text(directory.path()).await.lines().count(), LINES);
}

#[tokio::test]
async fn replaced_rows_are_set_aside_as_they_were() {
    let directory = store(0).await;
    sql(directory.path(), "UPDATE entry SET bytes = x'ff' WHERE position = 3");
    doctor(directory.path(), &["--repair", "--room", "room"]);
    let database = Connection::open(directory.path().join("collab.sqlite3")).unwrap();
    let kept = "SELECT count(*), sum(bytes = x'ff') FROM set_aside WHERE room = 'room'";
    let kept: (u32, u32) =
        database.query_one(kept, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(kept, (LINES as u32, 1));
}

#[tokio::test]
async fn a_repaired_channel_takes_new_updates_behind_its_old_ones() {
    let directory = store(2).await;
    sql(directory.path(), "UPDATE entry SET bytes = x'ff' WHERE position = 6");
    doctor(directory.path(), &["--repair", "--room", "room"]);
    let store = SqliteStore::open(directory.path()).unwrap();
    // The client that still has the lost line sends everything again.
    let positions = append(&store, "room", &lines()).await;
    let stored = store.load(&room("room"), "doc").await.unwrap();
    assert_eq!(stored.tail.len(), LINES);
    store.compact(&room("room"), "doc", positions[LINES - 1], Bytes::new()).await.unwrap();
    drop(store);
}

#[tokio::test]
async fn bytes_that_kill_a_reader_do_not_end_the_report() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    // As an older version may have let in: values nested deep enough to overflow a stack.
    let mut deep = Writer::default();
    deep.bytes(&[1, 1, 1, 0, 8, 1, 1, b't', 1]);
    (0..200_000).for_each(|_| deep.bytes(&[117, 1]));
    deep.bytes(&[126, 0]);
    append(&store, "bad", &[deep.into_bytes()]).await;
    append(&store, "room", &lines()).await;
    drop(store);
    let (healthy, said) = doctor(directory.path(), &[]);
    assert!(!healthy && said.contains("\"bad\" \"doc\": QUARANTINED"), "{said}");
    assert!(said.contains("nested too deeply"), "{said}");
    assert!(said.contains("\"room\" \"doc\": ") && said.contains("agrees"), "{said}");
}

#[tokio::test]
async fn repair_waits_for_the_server_to_stop_and_reading_does_not() {
    let directory = store(3).await;
    let _running = SqliteStore::open(directory.path()).unwrap();
    assert!(doctor(directory.path(), &[]).0);
    let (repaired, said) = doctor(directory.path(), &["--repair", "--room", "room"]);
    assert!(!repaired && said.contains("in use by another process"), "{said}");
    let (found, said) = doctor(directory.path(), &["--room", "nowhere"]);
    assert!(!found && said.contains("no such room"), "{said}");
}
