//! Who gets a connection, and what is said to those who do not.

use collab_core::wire::Dialect;
use collab_server::{Relay, RelayConfig};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::Response;

use crate::kit::{Client, Connect, Server};

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
