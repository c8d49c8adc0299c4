//! What survives a restart, and how a relay says goodbye.

use collab_core::wire::{Dialect, EventKind};

use crate::kit::{Client, Connect, Server};

#[tokio::test]
async fn durable_edits_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::durable(directory.path()).await;
    let mut client = Client::v1(server.address, "room").await;
    client.type_text("kept").await;
    client.until_durable().await;
    client.leave().await;
    assert!(server.stop().await);
    let server = Server::durable(directory.path()).await;
    assert_eq!(Client::v1(server.address, "room").await.text(), "kept");
    assert_eq!(Client::plain(server.address, "room").await.text(), "kept");
}

#[tokio::test]
async fn shutdown_flushes_says_goodbye_and_closes_with_1001() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::durable(directory.path()).await;
    let mut client = Client::v1(server.address, "room").await;
    let mut plain = Client::plain(server.address, "room").await;
    for i in 0..100 {
        client.type_text(&format!("{i} ")).await;
    }
    plain.type_text("plain").await;
    client.until_received().await;
    client.until("the other's text", |client| client.text().contains("plain")).await;
    let text = client.text();
    let clean = tokio::spawn(server.stop());
    assert_eq!(client.until_closed().await, 1001);
    assert_eq!(plain.until_closed().await, 1001);
    assert_eq!(client.durable, 100, "what was accepted became durable before the end");
    assert!(client.events.iter().any(|(kind, _)| *kind == EventKind::GoingAway));
    assert!(clean.await.unwrap());
    let server = Server::durable(directory.path()).await;
    assert_eq!(Client::v1(server.address, "room").await.text(), text);
}

#[tokio::test]
async fn edits_made_while_the_relay_was_away_arrive_after_it() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::durable(directory.path()).await;
    let mut client = Client::v1(server.address, "room").await;
    client.type_text("before ").await;
    client.until_durable().await;
    server.stop().await;
    client.edit("meanwhile ");
    let server = Server::durable(directory.path()).await;
    let connect = Connect::new(server.address, "room", Dialect::V1);
    let mut client = connect.rejoin(client.doc).await;
    client.until("a push", |client| client.seq == 1).await;
    client.until_durable().await;
    assert_eq!(Client::plain(server.address, "room").await.text(), "before meanwhile ");
}

#[tokio::test]
async fn shutdown_does_not_wait_for_clients_that_say_nothing() {
    let server = Server::ephemeral().await;
    let connect = Connect::new(server.address, "room", Dialect::V1);
    let silent = connect.socket().await.unwrap();
    server.metric_becomes("collab_connections", 1.0).await;
    let stopping = tokio::spawn(server.stop());
    assert_eq!(Client::hears(silent).await, 1001);
    assert!(stopping.await.unwrap());
}
