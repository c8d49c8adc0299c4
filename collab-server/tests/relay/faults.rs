//! Stores that fail, in every way that a store can.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use collab_core::relay::{ChannelName, Position, Stored};
use collab_core::wire::{Dialect, EventKind};
use collab_server::store::{Answer, Append, SqliteStore, Store, StoreError};
use collab_server::{Relay, RelayConfig, RoomName};
use tokio::sync::RwLock;

use crate::kit::{self, Client, Connect, Server};

/// What goes wrong now.
#[derive(Debug, Default)]
struct Faults {
    appends_fail: AtomicBool,
    appends_panic: AtomicBool,
    loads_panic: AtomicBool,
    /// Appends wait while somebody holds it.
    slow: RwLock<()>,
}

/// A store on disk with faults; rooms named `damaged` cannot be read.
struct Faulty {
    inner: SqliteStore,
    faults: Arc<Faults>,
}

fn failed<'a, T: Send + 'a>(error: StoreError) -> Answer<'a, T> {
    Box::pin(async { Err(error) })
}

impl Store for Faulty {
    fn keeps(&self) -> bool {
        true
    }

    fn load<'a>(&'a self, room: &'a RoomName, channel: &'a str) -> Answer<'a, Stored> {
        if room.as_str() == "damaged" {
            return failed(StoreError::Damaged { what: "entry", position: 1 });
        }
        assert!(!self.faults.loads_panic.load(Ordering::Relaxed), "a load panics, as it was told");
        self.inner.load(room, channel)
    }

    fn channels<'a>(
        &'a self,
        room: &'a RoomName,
        prefix: &'a str,
        max: usize,
    ) -> Answer<'a, Vec<ChannelName>> {
        self.inner.channels(room, prefix, max)
    }

    fn append(&self, batch: Vec<Append>) -> Answer<'_, Vec<Position>> {
        assert!(
            !self.faults.appends_panic.load(Ordering::Relaxed),
            "an append panics, as it was told"
        );
        if self.faults.appends_fail.load(Ordering::Relaxed) {
            return failed(StoreError::Unavailable("disk full".into()));
        }
        Box::pin(async {
            let _in_time = self.faults.slow.read().await;
            self.inner.append(batch).await
        })
    }

    fn compact<'a>(
        &'a self,
        room: &'a RoomName,
        channel: &'a str,
        upto: Position,
        snapshot: Bytes,
    ) -> Answer<'a, ()> {
        self.inner.compact(room, channel, upto, snapshot)
    }

    fn delete_room<'a>(&'a self, room: &'a RoomName) -> Answer<'a, ()> {
        self.inner.delete_room(room)
    }

    fn health(&self) -> Answer<'_, ()> {
        self.inner.health()
    }
}

async fn server(config: RelayConfig) -> (Server, Arc<Faults>, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let faults = Arc::<Faults>::default();
    let inner = kit::open(directory.path()).await;
    let store = Faulty { inner, faults: Arc::clone(&faults) };
    (Server::start(Relay::builder().store(store).limits(config)).await, faults, directory)
}

fn told_store(client: &Client, ok: u8) -> bool {
    client.events.iter().any(|(kind, payload)| *kind == EventKind::Store && payload[..] == [ok])
}

#[tokio::test]
async fn editing_goes_on_while_the_store_takes_no_writes() {
    let (server, faults, _directory) = server(RelayConfig::default()).await;
    let mut alice = Client::v1(server.address, "room").await;
    let mut bob = Client::v1(server.address, "room").await;
    for fault in [&faults.appends_fail, &faults.appends_panic] {
        (alice.events, bob.events) = (Vec::new(), Vec::new());
        fault.store(true, Ordering::Relaxed);
        alice.type_text("not saved yet ").await;
        alice.until("the bad news", |client| told_store(client, 0)).await;
        alice.until_received().await;
        assert!(alice.durable < alice.seq);
        let text = alice.text();
        bob.until("the text all the same", |client| client.text() == text).await;
        assert!(server.relay.readiness().await.is_err());
        let mut late = Client::v1(server.address, "room").await;
        late.until("the bad news", |client| told_store(client, 0)).await;
        fault.store(false, Ordering::Relaxed);
        alice.until_durable().await;
        alice.until("the good news", |client| told_store(client, 1)).await;
        assert!(server.relay.readiness().await.is_ok());
        late.leave().await;
    }
}

#[tokio::test]
async fn received_is_told_while_the_store_is_slow() {
    let (server, faults, _directory) = server(RelayConfig::default()).await;
    let mut client = Client::v1(server.address, "room").await;
    let slow = faults.slow.write().await;
    for text in ["one", "two"] {
        client.type_text(text).await;
        client.until_received().await;
    }
    assert_eq!(client.durable, 0);
    drop(slow);
    client.until_durable().await;
}

#[tokio::test]
async fn a_room_that_everybody_left_stays_until_it_is_durable() {
    let (server, faults, _directory) = server(RelayConfig::default()).await;
    faults.appends_fail.store(true, Ordering::Relaxed);
    let mut client = Client::v1(server.address, "room").await;
    client.type_text("kept").await;
    client.until_received().await;
    client.leave().await;
    server.metric_becomes("collab_connections", 0.0).await;
    assert!(server.metric("collab_rooms") > 0.5, "the room waits for the store");
    faults.appends_fail.store(false, Ordering::Relaxed);
    server.metric_becomes("collab_rooms", 0.0).await;
    assert_eq!(Client::v1(server.address, "room").await.text(), "kept");
}

#[tokio::test]
async fn a_damaged_room_is_quarantined_and_others_are_not() {
    let (server, _faults, _directory) = server(RelayConfig::default()).await;
    let mut healthy = Client::v1(server.address, "healthy").await;
    for dialect in [Dialect::Plain, Dialect::V1] {
        let mut client = Connect::new(server.address, "damaged", dialect).greet().await;
        assert_eq!(client.until_closed().await, 4423);
    }
    healthy.type_text("fine").await;
    healthy.until_durable().await;
}

#[tokio::test]
async fn a_fault_in_one_room_ends_only_that_room() {
    let (server, faults, _directory) = server(RelayConfig::default()).await;
    let mut healthy = Client::v1(server.address, "healthy").await;
    faults.loads_panic.store(true, Ordering::Relaxed);
    let mut victim = Connect::new(server.address, "victim", Dialect::V1).greet().await;
    assert_eq!(victim.until_closed().await, 1011);
    faults.loads_panic.store(false, Ordering::Relaxed);
    healthy.type_text("fine").await;
    healthy.until_durable().await;
    let mut again = Client::v1(server.address, "victim").await;
    again.type_text("back").await;
    again.until_durable().await;
    assert!((server.metric("collab_room_panics_total") - 1.0).abs() < 0.5);
}

#[tokio::test]
async fn a_full_journal_stops_writers_and_loses_nothing_that_was_accepted() {
    let config = RelayConfig {
        journal_max_bytes: 10_000,
        journal_patience: std::time::Duration::from_millis(100),
        ..RelayConfig::default()
    };
    let (server, faults, _directory) = server(config).await;
    faults.appends_fail.store(true, Ordering::Relaxed);
    let mut client = Client::v1(server.address, "room").await;
    for _ in 0..20 {
        client.type_text(&"x".repeat(1_000)).await;
    }
    assert_eq!(client.until_closed().await, 1013);
    let accepted = client.received;
    assert!((9..20).contains(&accepted), "{accepted}");
    faults.appends_fail.store(false, Ordering::Relaxed);
    server.metric_becomes("collab_rooms", 0.0).await;
    let kept = Client::v1(server.address, "room").await.text().len() as u64;
    assert!(kept >= accepted * 1_000, "{kept}");
}
