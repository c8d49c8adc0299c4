//! What every [`Store`] must do, as one suite. An implementation's tests call [`all`] with a way to
//! open it; the suite panics with the claim that fails.

use std::sync::Arc;

use bytes::Bytes;
use collab_core::relay::{Position, Stored};

use super::{Append, Store, StoreError};
use crate::RoomName;

/// Opens the same store again and again, as a relay that is restarted does.
pub trait Reopen {
    /// The store under test.
    type Store: Store;

    /// Opens it. The one opened before was dropped.
    fn open(&self) -> Self::Store;
}

/// Runs every claim, each in rooms of its own.
pub async fn all<R: Reopen>(reopen: &R) {
    an_unknown_channel_is_empty(reopen).await;
    appends_come_back_in_order_after_reopening(reopen).await;
    rooms_and_channels_are_separate(reopen).await;
    channels_are_listed_by_prefix_in_byte_order(reopen).await;
    unicode_names_are_kept_apart(reopen).await;
    large_and_empty_values_come_back_unchanged(reopen).await;
    duplicates_are_kept(reopen).await;
    positions_grow_even_across_deletion_and_reopening(reopen).await;
    a_snapshot_replaces_what_it_covers(reopen).await;
    a_snapshot_out_of_range_changes_nothing(reopen).await;
    a_deleted_room_is_gone_and_others_stay(reopen).await;
    a_deleted_room_may_be_written_to_again(reopen).await;
    concurrent_batches_all_arrive_in_their_order(reopen).await;
}

async fn an_unknown_channel_is_empty<R: Reopen>(reopen: &R) {
    let store = reopen.open();
    store.health().await.expect("a store that was just opened is healthy");
    let stored = load(&store, &room("unknown"), "doc").await;
    assert!(stored.snapshot.is_none() && stored.tail.is_empty());
}

async fn appends_come_back_in_order_after_reopening<R: Reopen>(reopen: &R) {
    let room = room("order");
    let updates: Vec<Bytes> = (0..100u8).map(|i| Bytes::from(vec![i; usize::from(i)])).collect();
    let store = reopen.open();
    let positions = append(&store, &room, "doc", &updates).await;
    drop(store);
    let stored = load(&reopen.open(), &room, "doc").await;
    let expected: Vec<_> = positions.into_iter().zip(updates).collect();
    assert_eq!(stored.tail, expected);
}

async fn rooms_and_channels_are_separate<R: Reopen>(reopen: &R) {
    let store = reopen.open();
    let (a, b) = (room("separate"), room("separate/b"));
    let batch = [(&a, "doc"), (&b, "doc"), (&a, "chat"), (&a, "doc")];
    let batch = batch.iter().zip(1u8..).map(|((room, channel), i)| one(room, channel, vec![i]));
    let positions = store.append(batch.collect()).await.expect("append");
    assert_eq!(positions.len(), 4, "one position per update");
    assert_eq!(values(&load(&store, &a, "doc").await), [vec![1], vec![4]]);
    assert_eq!(values(&load(&store, &b, "doc").await), [vec![2]]);
    assert_eq!(values(&load(&store, &a, "chat").await), [vec![3]]);
}

async fn channels_are_listed_by_prefix_in_byte_order<R: Reopen>(reopen: &R) {
    let (listed, gone) = (room("listed"), room("listed/gone"));
    let store = reopen.open();
    // Byte order is neither the order of a dictionary nor that of UTF-16.
    let chats = [
        "chat",
        "chat/",
        "chat/A",
        "chat/_",
        "chat/a",
        "chat/a%",
        "chat/é",
        "chat/\u{ffff}",
        "chat/🦀",
    ];
    let others = ["Chat/a", "cha", "chas/z", "chau", "doc"];
    for name in chats.iter().rev().chain(&others) {
        append(&store, &listed, name, &[Bytes::from("a")]).await;
    }
    append(&store, &gone, "chat/gone", &[Bytes::from("a")]).await;
    store.delete_room(&gone).await.expect("delete");
    drop(store);
    let store = &reopen.open();
    let channels =
        async |room, prefix, max| store.channels(room, prefix, max).await.expect("the channels");
    let names = |names: &[&str]| names.iter().map(|&name| name.into()).collect::<Vec<_>>();
    assert_eq!(channels(&listed, "chat", 100).await, names(&chats));
    assert_eq!(channels(&listed, "chat/", 3).await, names(&chats[1..4]), "the first ones");
    assert_eq!(channels(&listed, "chat/a%", 9).await, names(&["chat/a%"]), "no wildcards");
    assert_eq!(channels(&listed, "", 100).await.len(), chats.len() + others.len());
    assert!(channels(&listed, "chat", 0).await.is_empty());
    assert!(channels(&listed, "z", 9).await.is_empty());
    assert!(channels(&gone, "", 9).await.is_empty(), "a deleted room has no channels");
    assert!(channels(&room("unknown"), "", 9).await.is_empty());
}

async fn unicode_names_are_kept_apart<R: Reopen>(reopen: &R) {
    let store = reopen.open();
    // The composed and the decomposed form look alike and are different rooms.
    let names = ["Übung", "U\u{308}bung", "übung", "部屋/ 1", "a'b\"c;--%_", "🦀", " ", "a ", "a"];
    for (i, name) in (0u8..).zip(names) {
        append(&store, &room(name), "doc", &[Bytes::from(vec![i])]).await;
    }
    for (i, name) in (0u8..).zip(names) {
        assert_eq!(values(&load(&store, &room(name), "doc").await), [vec![i]], "{name:?}");
    }
}

async fn large_and_empty_values_come_back_unchanged<R: Reopen>(reopen: &R) {
    let room = room("large");
    let pattern = |len: usize| (0..len).map(|i| (i % 251) as u8).collect::<Bytes>();
    let updates = [pattern(9 << 20), Bytes::new(), pattern(1)];
    let store = reopen.open();
    let positions = append(&store, &room, "doc", &updates).await;
    assert_eq!(values(&load(&store, &room, "doc").await), updates);
    let snapshot = pattern(20 << 20);
    store.compact(&room, "doc", positions[2], snapshot.clone()).await.expect("compact");
    drop(store);
    assert_eq!(load(&reopen.open(), &room, "doc").await.snapshot, Some(snapshot));
}

async fn duplicates_are_kept<R: Reopen>(reopen: &R) {
    let store = reopen.open();
    let room = room("duplicates");
    let same = [Bytes::from_static(b"same"), Bytes::from_static(b"same")];
    append(&store, &room, "doc", &same).await;
    append(&store, &room, "doc", &same).await;
    assert_eq!(load(&store, &room, "doc").await.tail.len(), 4);
}

async fn positions_grow_even_across_deletion_and_reopening<R: Reopen>(reopen: &R) {
    let room = room("positions");
    let mut last = Position(0);
    for _ in 0..3 {
        let store = reopen.open();
        let positions = append(&store, &room, "doc", &[b"a"[..].into(), b"b"[..].into()]).await;
        assert!(last < positions[0] && positions[0] < positions[1], "positions grow");
        last = positions[1];
        store.delete_room(&room).await.expect("delete");
    }
}

async fn a_snapshot_replaces_what_it_covers<R: Reopen>(reopen: &R) {
    let room = room("compact");
    let store = reopen.open();
    let updates: Vec<Bytes> = (0..6u8).map(|i| Bytes::from(vec![i])).collect();
    let positions = append(&store, &room, "doc", &updates).await;
    append(&store, &room, "chat", &updates).await;
    for (upto, name) in [(1, "first"), (3, "second")] {
        let snapshot = Bytes::from(name);
        store.compact(&room, "doc", positions[upto], snapshot).await.expect("compact");
    }
    drop(store);
    let store = reopen.open();
    let stored = load(&store, &room, "doc").await;
    assert_eq!(stored.snapshot.as_deref(), Some(&b"second"[..]));
    assert_eq!(
        stored.tail,
        [(positions[4], updates[4].clone()), (positions[5], updates[5].clone())]
    );
    assert_eq!(load(&store, &room, "chat").await.tail.len(), 6, "other channels are untouched");
    // A compaction of all there is, and one more that repeats it after a lost answer.
    for _ in 0..2 {
        store.compact(&room, "doc", positions[5], Bytes::from("third")).await.expect("compact");
    }
    let stored = load(&store, &room, "doc").await;
    assert!(stored.tail.is_empty() && stored.snapshot.as_deref() == Some(b"third"));
}

async fn a_snapshot_out_of_range_changes_nothing<R: Reopen>(reopen: &R) {
    let room = room("range");
    let store = reopen.open();
    let updates: Vec<Bytes> = (0..4u8).map(|i| Bytes::from(vec![i])).collect();
    let positions = append(&store, &room, "doc", &updates).await;
    store.compact(&room, "doc", positions[2], Bytes::from("good")).await.expect("compact");
    let beyond = Position(positions[3].0 + 1);
    for upto in [positions[0], beyond] {
        let result = store.compact(&room, "doc", upto, Bytes::from("bad")).await;
        assert!(matches!(result, Err(StoreError::OutOfRange { .. })), "{result:?}");
    }
    let unknown = store.compact(&room, "unknown", Position(1), Bytes::from("bad")).await;
    assert!(matches!(unknown, Err(StoreError::OutOfRange { .. })), "{unknown:?}");
    let stored = load(&store, &room, "doc").await;
    assert_eq!(stored.snapshot.as_deref(), Some(&b"good"[..]));
    assert_eq!(stored.tail, [(positions[3], updates[3].clone())]);
}

async fn a_deleted_room_is_gone_and_others_stay<R: Reopen>(reopen: &R) {
    let (gone, stays) = (room("gone"), room("gone/not"));
    let store = reopen.open();
    let positions = append(&store, &gone, "doc", &[Bytes::from("a"), Bytes::from("b")]).await;
    append(&store, &stays, "doc", &[Bytes::from("c")]).await;
    store.compact(&gone, "doc", positions[0], Bytes::from("s")).await.expect("compact");
    store.delete_room(&gone).await.expect("delete");
    store.delete_room(&gone).await.expect("deleting twice is no error");
    drop(store);
    let store = reopen.open();
    let stored = load(&store, &gone, "doc").await;
    assert!(stored.snapshot.is_none() && stored.tail.is_empty());
    assert_eq!(load(&store, &stays, "doc").await.tail.len(), 1);
}

/// Whatever a store remembers of the room must not lead to the one that took its place.
async fn a_deleted_room_may_be_written_to_again<R: Reopen>(reopen: &R) {
    let (again, other) = (room("again"), room("again/other"));
    let store = reopen.open();
    append(&store, &again, "doc", &[Bytes::from("a")]).await;
    store.delete_room(&again).await.expect("delete");
    append(&store, &other, "doc", &[Bytes::from("b")]).await;
    append(&store, &again, "doc", &[Bytes::from("c")]).await;
    let updates = async |room| {
        let tail = load(&store, room, "doc").await.tail;
        tail.into_iter().map(|(_, update)| update).collect::<Vec<_>>()
    };
    assert_eq!(updates(&again).await, ["c"]);
    assert_eq!(updates(&other).await, ["b"]);
}

async fn concurrent_batches_all_arrive_in_their_order<R: Reopen>(reopen: &R) {
    const TASKS: u8 = 8;
    const BATCHES: u8 = 20;
    let store = Arc::new(reopen.open());
    let room = room("concurrent");
    let writer = |task: u8| {
        let (store, room) = (Arc::clone(&store), room.clone());
        async move {
            for i in 0..BATCHES {
                append(&*store, &room, "doc", &[Bytes::from(vec![task, i])]).await;
                load(&*store, &room, "doc").await;
            }
        }
    };
    let tasks: Vec<_> = (0..TASKS).map(|task| tokio::spawn(writer(task))).collect();
    for task in tasks {
        task.await.expect("no writer panics");
    }
    let all = values(&load(&*store, &room, "doc").await);
    assert_eq!(all.len(), usize::from(TASKS) * usize::from(BATCHES));
    for task in 0..TASKS {
        let own = all.iter().filter(|value| value[0] == task).map(|value| value[1]);
        assert!(own.eq(0..BATCHES), "batches of one task keep their order");
    }
}

/// Each run of the suite uses fresh stores, so names need not be unique beyond it.
fn room(name: &str) -> RoomName {
    RoomName::new(name).expect("the suite uses valid names")
}

fn one(room: &RoomName, channel: &str, update: impl Into<Bytes>) -> Append {
    Append { room: room.clone(), channel: channel.into(), update: update.into() }
}

async fn append(
    store: &impl Store,
    room: &RoomName,
    channel: &str,
    updates: &[Bytes],
) -> Vec<Position> {
    let batch = updates.iter().map(|update| one(room, channel, update.clone())).collect();
    let positions = store.append(batch).await.expect("append");
    assert_eq!(positions.len(), updates.len(), "one position per update");
    positions
}

async fn load(store: &impl Store, room: &RoomName, channel: &str) -> Stored {
    store.load(room, channel).await.expect("load")
}

fn values(stored: &Stored) -> Vec<Bytes> {
    stored.tail.iter().map(|(_, update)| update.clone()).collect()
}
