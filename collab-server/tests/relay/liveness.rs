//! Quiet and silent connections.

use collab_core::wire::Dialect;
use collab_server::Relay;
use futures_util::StreamExt;
use tokio::io::AsyncReadExt;

use crate::kit::{self, Client, Connect, Server};

#[tokio::test]
async fn a_quiet_client_hears_data_and_stays() {
    let server = Server::start(Relay::builder().limits(kit::impatient())).await;
    for dialect in [Dialect::Plain, Dialect::V1] {
        let mut client = Connect::new(server.address, "room", dialect).join().await;
        let before = client.frames;
        // Longer than the silence timeout: only its pongs keep it alive.
        client.until("keep-alive data", |client| client.frames >= before + 5).await;
    }
}

#[tokio::test]
async fn a_silent_client_is_closed_and_may_return() {
    let server = Server::start(Relay::builder().limits(kit::impatient())).await;
    let mut socket = Connect::new(server.address, "room", Dialect::Plain).socket().await.unwrap();
    server.metric_becomes("collab_connections", 1.0).await;
    // It reads nothing, so it answers no ping.
    server.metric_becomes("collab_connections", 0.0).await;
    let mut heard = Vec::new();
    socket.get_mut().read_to_end(&mut heard).await.unwrap();
    // A close frame: its opcode, its length, its code, its reason.
    let reason = b"silent for too long";
    let close = [&[0x88, 2 + reason.len() as u8], &1013u16.to_be_bytes()[..], reason].concat();
    assert!(heard.ends_with(&close), "{heard:?}");
}

#[tokio::test]
async fn a_client_without_hello_is_closed_with_4408() {
    let server = Server::start(Relay::builder().limits(kit::impatient())).await;
    let mut connect = Connect::new(server.address, "room", Dialect::V1);
    connect.dialect = Dialect::Plain;
    let mut socket = connect.socket_with(Some("collab.v1")).await.unwrap();
    let closed = socket.next().await.unwrap().unwrap();
    let tokio_tungstenite::tungstenite::Message::Close(Some(frame)) = closed else {
        panic!("{closed:?}")
    };
    assert_eq!(u16::from(frame.code), 4408);
}

#[tokio::test]
async fn a_stuck_reader_is_dropped() {
    let mut config = kit::impatient();
    config.silence_timeout = kit::PATIENCE;
    config.write_timeout = std::time::Duration::from_millis(300);
    config.write_min_bytes_per_s = 1 << 30;
    let server = Server::start(Relay::builder().limits(config)).await;
    let mut connect = Connect::new(server.address, "room", Dialect::V1);
    connect.receive_buffer = Some(4096);
    let stuck = connect.join().await;
    let mut writer = Client::v1(server.address, "room").await;
    // More than all buffers between here and there hold.
    for _ in 0..20 {
        writer.type_text(&"x".repeat(1 << 20)).await;
        writer.until_received().await;
    }
    server.metric_becomes("collab_connections", 1.0).await;
    drop(stuck);
}
