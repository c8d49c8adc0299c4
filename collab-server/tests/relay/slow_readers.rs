//! Readers that do not keep up: bounded, never fed without end, and never left behind for good.

use collab_core::wire::{Dialect, EventKind};
use collab_server::{Relay, RelayConfig};

use crate::kit::{Client, Connect, Server};

fn small_queues() -> RelayConfig {
    RelayConfig { queue_max_bytes: 256 << 10, queue_max_frames: 64, ..RelayConfig::default() }
}

/// Types more than a queue and all socket buffers hold.
async fn type_much(writer: &mut Client) {
    for i in 0..300 {
        writer.type_text(&format!("{i:>65000}")).await;
        writer.until_received().await;
    }
}

#[tokio::test]
async fn a_slow_v1_reader_is_resynced_and_lacks_nothing() {
    let server = Server::start(Relay::builder().limits(small_queues())).await;
    let mut connect = Connect::new(server.address, "room", Dialect::V1);
    connect.receive_buffer = Some(4096);
    let mut slow = connect.join().await;
    let mut writer = Client::v1(server.address, "room").await;
    type_much(&mut writer).await;
    assert!(server.metric("collab_queue_drops_total") > 0.0);
    let expected = writer.text();
    slow.until("everything", |client| client.text().len() == expected.len()).await;
    assert_eq!(slow.text(), expected);
    assert!(slow.events.iter().any(|(kind, _)| *kind == EventKind::Resync));
    assert!(server.metric("collab_resyncs_total") >= 1.0);
    // And it is a full member again.
    slow.type_text("back").await;
    writer.until("the slow reader's text", |client| client.text().ends_with("back")).await;
}

#[tokio::test]
async fn a_slow_plain_reader_is_closed_with_1013_and_returns() {
    let server = Server::start(Relay::builder().limits(small_queues())).await;
    let mut connect = Connect::new(server.address, "room", Dialect::Plain);
    connect.receive_buffer = Some(4096);
    let mut slow = connect.join().await;
    let mut writer = Client::v1(server.address, "room").await;
    type_much(&mut writer).await;
    assert_eq!(slow.until_closed().await, 1013);
    let mut back = connect.rejoin(slow.doc).await;
    let expected = writer.text();
    back.until("everything", |client| client.text().len() == expected.len()).await;
    assert_eq!(back.text(), expected);
}

#[tokio::test]
async fn a_channel_larger_than_the_queue_can_be_loaded() {
    let server = Server::start(Relay::builder().limits(small_queues())).await;
    let mut writer = Client::v1(server.address, "room").await;
    type_much(&mut writer).await;
    for dialect in [Dialect::Plain, Dialect::V1] {
        let late = Connect::new(server.address, "room", dialect).join().await;
        assert_eq!(late.text().len(), writer.text().len());
    }
}
