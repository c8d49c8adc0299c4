//! What is answered over plain HTTP.

use std::net::SocketAddr;

use axum::Router;
use collab_core::wire::Dialect;
use collab_server::Relay;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::kit::{self, Client, Connect, Server};

/// Status, headers and body of one request.
async fn get(address: SocketAddr, path: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_lowercase(), body.to_owned())
}

#[tokio::test]
async fn probes_follow_the_relay() {
    let server = Server::ephemeral().await;
    assert_eq!(get(server.address, "/healthz").await.0, 200);
    assert_eq!(get(server.address, "/readyz").await.0, 200);
    server.relay.shutdown().await;
    assert_eq!(get(server.address, "/healthz").await.0, 200);
    assert_eq!(get(server.address, "/readyz").await.0, 503);
}

#[tokio::test]
async fn metrics_count_what_happens() {
    let server = Server::ephemeral().await;
    let mut client = Client::v1(server.address, "room").await;
    client.type_text("counted").await;
    client.until_received().await;
    let (status, head, body) = get(server.address, "/metrics").await;
    assert_eq!(status, 200);
    assert!(head.contains("openmetrics-text"));
    for line in [
        "collab_connections 1",
        "collab_rooms 1",
        "collab_messages_in_total 4",
        "collab_queue_drops_total 0",
        "collab_resyncs_total 0",
        "# TYPE collab_store_append_seconds histogram",
        "# EOF",
    ] {
        assert!(body.lines().any(|found| found == line), "{line} is missing in\n{body}");
    }
}

#[tokio::test]
async fn pages_are_sent_with_headers_that_limit_them() {
    let server = Server::ephemeral().await;
    for path in ["/", "/healthz", "/no/such/page"] {
        let (status, head, _) = get(server.address, path).await;
        assert_eq!(status, 200, "{path}");
        for header in [
            "content-security-policy: default-src 'self'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "x-frame-options: deny",
        ] {
            assert!(head.contains(header), "{path}: {header} is missing in\n{head}");
        }
    }
    assert_eq!(get(server.address, "/no/such/file.js").await.0, 404);
    assert_eq!(get(server.address, "/../Cargo.toml").await.0, 404);
    assert_eq!(get(server.address, "/%2e%2e/Cargo.toml").await.0, 404);
    assert_eq!(get(server.address, "/sync/room").await.0, 426);
}

#[tokio::test]
async fn a_request_that_does_not_come_ends() {
    let server = Server::ephemeral().await;
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-never").await.unwrap();
    let mut answer = Vec::new();
    // Ends when the server closes the socket; without its timeout, never.
    let ended = slow.read_to_end(&mut answer);
    tokio::time::timeout(kit::PATIENCE, ended).await.unwrap().unwrap();
    assert_eq!(get(server.address, "/healthz").await.0, 200);
}

#[tokio::test]
async fn a_relay_can_be_nested_under_any_path_of_any_app() {
    let relay = Relay::builder().build();
    let app = Router::new()
        .route("/", axum::routing::get(async || "mine"))
        .nest("/deep/collab", relay.router());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
    assert_eq!(get(address, "/").await.2, "mine");
    let mut connect = Connect::new(address, "a/room", Dialect::Plain);
    connect.path = "/deep/collab/".into();
    let mut first = connect.join().await;
    first.type_text("nested").await;
    let mut second = connect.join().await;
    second.until("the text", |client| client.text() == "nested").await;
    serving.abort();
}
