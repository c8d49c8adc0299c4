//! Who gets a connection, and what is said to those who do not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use collab_core::wire::Dialect;
use collab_server::{Relay, RelayConfig, raise_open_files_limit};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::Response;

use crate::kit::{self, Client, Connect, Server};

async fn refusal(
    connect: &Connect,
    subprotocol: Option<&'static str>,
) -> Response<Option<Vec<u8>>> {
    match connect.socket_with(subprotocol).await {
        Err(Error::Http(response)) => *response,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("let in"),
    }
}

#[tokio::test]
async fn names_that_no_room_may_have_are_refused() {
    let server = Server::ephemeral().await;
    let long = "x".repeat(257);
    for room in ["a%00b", "a%0Ab", "%FF", "%C2%85", &long] {
        let connect = Connect::new(server.address, room, Dialect::Plain);
        assert_eq!(refusal(&connect, None).await.status(), 400, "{room:?}");
    }
    Client::plain(server.address, &"x".repeat(256)).await;
}

#[tokio::test]
async fn only_known_subprotocols_are_spoken() {
    let server = Server::ephemeral().await;
    let connect = Connect::new(server.address, "room", Dialect::V1);
    for unknown in ["collab.v2", "graphql-ws, mqtt", ""] {
        assert_eq!(refusal(&connect, Some(unknown)).await.status(), 400, "{unknown:?}");
    }
    connect.socket_with(Some("collab.v2, collab.v1")).await.unwrap();
}

#[tokio::test]
async fn a_full_relay_says_503_and_when_to_come_back() {
    let limits = |connections_max, room_connections_max, address_connections_max| RelayConfig {
        connections_max,
        room_connections_max,
        address_connections_max,
        ..RelayConfig::default()
    };
    for (config, room) in [(limits(2, 9, 0), "b"), (limits(9, 2, 0), "a"), (limits(9, 9, 2), "b")] {
        let server = Server::start(Relay::builder().limits(config)).await;
        let first = Client::plain(server.address, "a").await;
        let _second = Client::v1(server.address, "a").await;
        let connect = Connect::new(server.address, room, Dialect::Plain);
        let response = refusal(&connect, None).await;
        assert_eq!(response.status(), 503);
        assert!(response.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
        first.leave().await;
        server.metric_becomes("collab_connections", 1.0).await;
        connect.join().await;
    }
}

#[tokio::test]
async fn a_relay_that_shuts_down_lets_nobody_in() {
    let server = Server::ephemeral().await;
    assert!(server.relay.shutdown().await);
    let connect = Connect::new(server.address, "room", Dialect::Plain);
    assert_eq!(refusal(&connect, None).await.status(), 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_clients_that_reconnect_at_once_all_get_in() {
    const CLIENTS: u32 = 1_000;
    raise_open_files_limit();
    let directory = tempfile::tempdir().unwrap();
    let store = kit::open(directory.path()).await;
    let server = Arc::new(Server::start(Relay::builder().store(store)).await);
    let mut writer = Client::v1(server.address, "shared").await;
    for i in 0..100 {
        writer.type_text(&format!("line {i}\n")).await;
    }
    writer.until_durable().await;
    let text = Arc::new(writer.leave().await);
    let text = kit::text_of(&text);
    server.metric_becomes("collab_rooms", 0.0).await;
    // Half of them in one room, the others in rooms of ten; all of them must load first.
    let room =
        |i: u32| if i.is_multiple_of(2) { "shared".to_owned() } else { format!("room/{}", i / 20) };
    let started = Instant::now();
    let joins = (0..CLIENTS).map(|i| {
        let dialect = if i % 3 == 0 { Dialect::Plain } else { Dialect::V1 };
        let connect = Connect::new(server.address, &room(i), dialect);
        tokio::spawn(async move { connect.join().await })
    });
    let joins: Vec<_> = joins.collect();
    let mut clients = Vec::new();
    for join in joins {
        clients.push(join.await.unwrap());
    }
    let elapsed = started.elapsed();
    println!("{CLIENTS} clients were synced after {elapsed:?}");
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    assert!(clients.iter().step_by(2).all(|client| client.text() == text));
    assert!((server.metric("collab_connections") - f64::from(CLIENTS)).abs() < 0.5);
}
