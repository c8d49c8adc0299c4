//! Two and more people in one room.

use collab_core::wire::{AwarenessEntry, Dialect, Message, write_awareness};
use collab_server::{Relay, RelayConfig};

use crate::kit::{self, Client, Connect, Server};

#[tokio::test]
async fn two_plain_clients_converge() {
    let server = Server::ephemeral().await;
    let mut alice = Client::plain(server.address, "room").await;
    let mut bob = Client::plain(server.address, "room").await;
    for i in 0..20 {
        alice.type_text(&format!("a{i} ")).await;
        bob.type_text(&format!("b{i} ")).await;
    }
    let all = |client: &Client| client.text().len() == 2 * (10 * 3 + 10 * 4);
    alice.until("everything", all).await;
    bob.until("everything", all).await;
    assert_eq!(alice.text(), bob.text());
}

#[tokio::test]
async fn plain_and_v1_clients_edit_together() {
    let server = Server::ephemeral().await;
    let mut stock = Client::plain(server.address, "a/room%20with/%C3%BC").await;
    let mut ours = Client::v1(server.address, "a/room%20with/%C3%BC").await;
    stock.type_text("stock").await;
    ours.until("the other's text", |client| client.text() == "stock").await;
    ours.type_text(" ours").await;
    stock.until("the other's text", |client| client.text() == "stock ours").await;
    ours.until_received().await;
}

#[tokio::test]
async fn pushes_are_received_and_then_durable() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::durable(directory.path()).await;
    let mut client = Client::v1(server.address, "room").await;
    assert!(client.keeps);
    for i in 0..50 {
        client.type_text(&format!("{i} ")).await;
    }
    client.until_durable().await;
    assert_eq!((client.received, client.durable), (50, 50));
    assert!(server.metric("collab_store_append_seconds_count") >= 1.0);
}

#[tokio::test]
async fn late_joiner_receives_full_history_across_compactions() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = RelayConfig::default();
    config.room.compact_tail_updates = 16;
    let store = kit::open(directory.path()).await;
    let server = Server::start(Relay::builder().store(store).limits(config)).await;
    let mut writer = Client::v1(server.address, "room").await;
    for i in 0..200 {
        writer.type_text(&format!("{i} ")).await;
        writer.until_durable().await;
    }
    let late = Client::v1(server.address, "room").await;
    assert_eq!(late.text(), writer.text());
    assert!(server.metric("collab_store_compact_seconds_count") >= 1.0);
    assert!(server.metric("collab_compaction_mismatches_total") < 1.0);
}

#[tokio::test]
async fn an_ephemeral_room_ends_with_its_last_connection() {
    let server = Server::ephemeral().await;
    let mut first = Client::v1(server.address, "room").await;
    first.type_text("gone").await;
    first.until_received().await;
    assert!(!first.keeps && first.durable == 0);
    first.leave().await;
    server.metric_becomes("collab_rooms", 0.0).await;
    assert_eq!(Client::v1(server.address, "room").await.text(), "");
}

#[tokio::test]
async fn rooms_do_not_hear_each_other() {
    let server = Server::ephemeral().await;
    let mut here = Client::plain(server.address, "here").await;
    let mut there = Client::plain(server.address, "there").await;
    here.type_text("secret").await;
    there.type_text("x").await;
    let mut witness = Client::plain(server.address, "there").await;
    witness.until("what there is", |client| client.text() == "x").await;
    assert_eq!(there.text(), "x");
}

#[tokio::test]
async fn presence_reaches_everybody_and_ends_with_its_connection() {
    let server = Server::ephemeral().await;
    let mut alice = Client::plain(server.address, "room").await;
    let mut bob = Client::v1(server.address, "room").await;
    let entry = AwarenessEntry { client: 7, clock: 1, json: r#"{"user":{"name":"Alice"}}"# };
    alice.say(0, &Message::Awareness(&write_awareness([entry].into_iter()))).await;
    // y-websocket counts on the echo, or it reconnects after 30 s.
    alice.until("the echo", |client| client.awareness.contains_key(&7)).await;
    bob.until("Alice", |client| client.awareness.get(&7).is_some_and(|s| s.contains("Alice")))
        .await;
    alice.leave().await;
    bob.until("Alice's end", |client| client.awareness[&7] == "null").await;
}

#[tokio::test]
async fn channels_of_a_room_are_separate_documents() {
    let server = Server::ephemeral().await;
    let mut doc = Client::v1(server.address, "room").await;
    let mut connect = Connect::new(server.address, "room", Dialect::V1);
    connect.channel = "notes/general".into();
    let mut notes = connect.join().await;
    notes.type_text("hello").await;
    notes.until_received().await;
    doc.type_text("code").await;
    doc.until_received().await;
    assert_eq!(connect.join().await.text(), "hello");
    assert_eq!(Client::plain(server.address, "room").await.text(), "code");
}
