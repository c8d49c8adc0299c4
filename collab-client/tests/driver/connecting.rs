//! Connections that come, go, and cannot be had.

use std::net::Ipv4Addr;

use axum::Router;
use collab_client::{Config, ConnectError, start};
use collab_core::sync::Phase;
use collab_server::http;
use tokio::net::TcpListener;

use crate::editor::{Editor, unreachable, until, write};
use crate::{Server, editor};

#[tokio::test]
async fn what_one_writes_another_reads() {
    let server = Server::start("127.0.0.1:0").await;
    let (ada, _) = editor(server.address, 1);
    let (bob, mut news) = editor(server.address, 2);
    write(&ada, "hello").await;
    until(&bob, &mut news, |bob| bob.text() == "hello").await;
}

#[tokio::test]
async fn what_was_written_offline_arrives_once_the_server_is_back() {
    let server = Server::start("127.0.0.1:0").await;
    let address = server.address;
    let (ada, mut adas_news) = editor(address, 1);
    let (bob, mut bobs_news) = editor(address, 2);
    until(&ada, &mut adas_news, |ada| ada.phase() == Phase::Synced).await;
    until(&bob, &mut bobs_news, |bob| bob.phase() == Phase::Synced).await;
    server.stop().await;
    until(&ada, &mut adas_news, |ada| ada.phase() == Phase::Offline).await;
    write(&ada, "offline").await;
    let _server = Server::start(&address.to_string()).await;
    until(&bob, &mut bobs_news, |bob| bob.text() == "offline").await;
    until(&ada, &mut adas_news, |ada| ada.phase() == Phase::Synced).await;
}

#[tokio::test]
async fn who_comes_before_the_server_is_told_why_and_let_in_later() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let (early, mut news) = editor(address, 1);
    let error = unreachable(&mut news).await;
    assert!(matches!(error, ConnectError::Network(_)), "{error:?}");
    let _server = Server::start(&address.to_string()).await;
    until(&early, &mut news, |early| early.phase() == Phase::Synced).await;
}

#[tokio::test]
async fn another_server_is_not_mistaken_for_a_relay() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let other = tokio::spawn(http::serve(listener, Router::new()));
    let (_lost, mut news) = editor(address, 1);
    let error = unreachable(&mut news).await;
    assert!(matches!(error, ConnectError::Status(status) if status == 404), "{error:?}");
    other.abort();
}

#[tokio::test]
async fn a_url_that_is_none_is_told() {
    let (_lost, mut news) = start(Config::new("http://127.0.0.1/"), Editor::new(1));
    let error = unreachable(&mut news).await;
    assert!(matches!(error, ConnectError::Url(_)), "{error:?}");
}
