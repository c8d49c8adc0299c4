//! The Postgres store against a real server: the conformance suite, and what only a store of
//! several relays has to promise.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, reason = "test code")]

#[path = "kit/postgres.rs"]
mod postgres;

use std::sync::Arc;

use bytes::Bytes;
use collab_core::relay::Position;
use collab_server::RoomName;
use collab_server::store::conformance::{self, Reopen};
use collab_server::store::postgres::{OpenError, PostgresStore};
use collab_server::store::{Append, Store, StoreError, StoreUrl};
use postgres::Postgres;
use tokio::runtime::Handle;

impl Reopen for Postgres {
    type Store = PostgresStore;

    fn open(&self) -> PostgresStore {
        tokio::task::block_in_place(|| Handle::current().block_on(connect(self)))
    }
}

async fn connect(postgres: &Postgres) -> PostgresStore {
    PostgresStore::connect(&StoreUrl::from(postgres.url())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_conforms() {
    conformance::all(&Postgres::start()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_never_sees_a_position_below_one_that_it_saw_before() {
    const RELAYS: u8 = 4;
    const BATCHES: u8 = 50;
    let postgres = Postgres::start();
    // All of them create the tables, or find them.
    let stores = futures_util::future::join_all((0..RELAYS).map(|_| connect(&postgres))).await;
    let writers = stores.into_iter().zip(0..).map(|(store, relay)| {
        tokio::spawn(async move {
            for i in 0..BATCHES {
                // Channels in another order each time: batches must not wait for each other.
                let mut names = ["a", "b", "c"];
                names.rotate_left(usize::from(relay + i) % 3);
                store.append(names.map(|name| one(name, &[relay, i])).into()).await.unwrap();
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let reader = connect(&postgres).await;
    let mut seen = Vec::new();
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        let now = positions(&reader, "b").await;
        assert!(now.starts_with(&seen), "what is new lies behind what was there");
        seen = now;
    }
    futures_util::future::try_join_all(writers).await.unwrap();
    let all = usize::from(RELAYS) * usize::from(BATCHES);
    for name in ["a", "b", "c"] {
        assert_eq!(positions(&reader, name).await.len(), all);
    }
}

#[tokio::test]
async fn a_snapshot_by_a_relay_that_missed_something_is_refused() {
    let postgres = Postgres::start();
    let (first, second) = (connect(&postgres).await, connect(&postgres).await);
    first.append(vec![one("doc", b"first")]).await.unwrap();
    first.load(&room(), "doc").await.unwrap();
    second.load(&room(), "doc").await.unwrap();
    second.append(vec![one("doc", b"second")]).await.unwrap();
    let last = first.append(vec![one("doc", b"third")]).await.unwrap()[0];
    // Neither of them has seen all three.
    for store in [&first, &second] {
        let refused = store.compact(&room(), "doc", last, Bytes::from("partly")).await;
        assert!(matches!(refused, Err(StoreError::NotAlone)), "{refused:?}");
    }
    assert_eq!(first.load(&room(), "doc").await.unwrap().tail.len(), 3);
    first.compact(&room(), "doc", last, Bytes::from("all")).await.unwrap();
    assert_eq!(second.load(&room(), "doc").await.unwrap().snapshot.as_deref(), Some(&b"all"[..]));
}

#[tokio::test]
async fn changed_bytes_are_found_and_other_channels_are_not_affected() {
    let postgres = Postgres::start();
    let store = connect(&postgres).await;
    let batch = ["entry", "snapshot", "moved", "whole"].map(|name| one(name, name.as_bytes()));
    let positions = store.append(batch.into()).await.unwrap();
    store.compact(&room(), "snapshot", positions[1], Bytes::from("all of it")).await.unwrap();
    postgres.sql(
        "UPDATE collab.entry SET bytes = 'Entry' WHERE bytes = 'entry';
         UPDATE collab.snapshot SET checksum = checksum + 1;
         UPDATE collab.entry SET channel = 0 - channel WHERE bytes = 'moved';
         UPDATE collab.entry SET channel = (SELECT id FROM collab.channel WHERE name = 'moved')
             WHERE bytes = 'Entry'",
    );
    for name in ["snapshot", "moved"] {
        let result = store.load(&room(), name).await;
        assert!(matches!(result, Err(StoreError::Damaged { .. })), "{name}: {result:?}");
    }
    assert_eq!(store.load(&room(), "whole").await.unwrap().tail.len(), 1);
}

#[tokio::test]
async fn a_store_works_again_as_soon_as_its_server_does() {
    let mut postgres = Postgres::start();
    let store = Arc::new(connect(&postgres).await);
    let before = store.append(vec![one("doc", b"before")]).await.unwrap();
    postgres.kill();
    for _ in 0..2 {
        let failed = store.append(vec![one("doc", b"during")]).await;
        assert!(matches!(failed, Err(StoreError::Unavailable(_))), "{failed:?}");
        assert!(store.load(&room(), "doc").await.is_err());
        assert!(store.health().await.is_err());
    }
    postgres.resume();
    store.health().await.unwrap();
    let after = store.append(vec![one("doc", b"after")]).await.unwrap();
    assert!(before[0] < after[0]);
    assert_eq!(positions(&store, "doc").await, [before[0], after[0]]);
}

#[tokio::test]
async fn errors_about_the_database_never_show_its_password() {
    let postgres = Postgres::start();
    let right = postgres.url();
    let reversed: String = postgres::PASSWORD.chars().rev().collect();
    for (url, is_expected) in [
        (
            right.replace(postgres::PASSWORD, &reversed),
            (|e| matches!(e, OpenError::Connect(_))) as fn(&_) -> _,
        ),
        (right.replace("/postgres", "/absent"), |e| matches!(e, OpenError::Connect(_))),
        (format!("{right}?sslmode=require"), |e| matches!(e, OpenError::Connect(_))),
        (format!("{right}?port={reversed}"), |e| matches!(e, OpenError::Url)),
        (right.replace("postgres:", "http:"), |e| matches!(e, OpenError::Url)),
    ] {
        let url = StoreUrl::from(url);
        let error = PostgresStore::connect(&url).await.unwrap_err();
        assert!(is_expected(&error), "{error:?}");
        let shown = format!("{error} {error:?} {url:?}");
        assert!(!shown.contains(postgres::PASSWORD) && !shown.contains(&reversed), "{shown}");
    }
    drop(connect(&postgres).await);
    postgres.sql("UPDATE collab.version SET version = 9");
    let newer = PostgresStore::connect(&StoreUrl::from(right)).await;
    assert!(matches!(newer, Err(OpenError::Version { found: 9, .. })));
}

fn room() -> RoomName {
    RoomName::new("room").unwrap()
}

fn one(channel: &str, update: &[u8]) -> Append {
    Append { room: room(), channel: channel.into(), update: Bytes::copy_from_slice(update) }
}

async fn positions(store: &PostgresStore, channel: &str) -> Vec<Position> {
    let stored = store.load(&room(), channel).await.unwrap();
    stored.tail.into_iter().map(|(position, _)| position).collect()
}
