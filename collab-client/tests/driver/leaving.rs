//! The end of a client.

use std::time::Duration;

use collab_client::Stopped;
use collab_core::sync::Phase;
use tokio::time::{sleep, timeout};

use crate::editor::{until, write};
use crate::{PATIENCE, Server, editor};

#[tokio::test]
async fn what_was_written_just_before_leaving_arrives() {
    let server = Server::start("127.0.0.1:0").await;
    let (bob, mut bobs_news) = editor(server.address, 2);
    let (ada, mut adas_news) = editor(server.address, 1);
    until(&ada, &mut adas_news, |ada| ada.phase() == Phase::Synced).await;
    write(&ada, "bye").await;
    ada.stop().await;
    assert_eq!(ada.call(|_, _| ()).await, Err(Stopped));
    while adas_news.next().await.is_some() {}
    until(&bob, &mut bobs_news, |bob| bob.text() == "bye").await;
}

#[tokio::test]
async fn a_client_that_nobody_holds_leaves() {
    let server = Server::start("127.0.0.1:0").await;
    let (ada, mut news) = editor(server.address, 1);
    until(&ada, &mut news, |ada| ada.phase() == Phase::Synced).await;
    drop(ada);
    while news.next().await.is_some() {}
    let gone = async {
        while !server.relay.metrics_text().contains("collab_connections 0\n") {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("the relay forgets the connection");
}
