//! Ten thousand connects and leaves: memory returns to where it was. Alone in its binary, since it
//! measures its process.

#![allow(clippy::unwrap_used, reason = "test code")]

mod kit;

use std::fs;

use collab_core::wire::{AwarenessEntry, Dialect, Message, write_awareness};
use collab_server::raise_open_files_limit;
use kit::{Connect, Server};

const CONNECTS: u32 = 10_000;
const AT_ONCE: u32 = 50;

/// Connects, says who it is, types, and leaves: politely, or by dropping the socket.
async fn visit(server: std::net::SocketAddr, i: u32) {
    let dialect = if i.is_multiple_of(2) { Dialect::Plain } else { Dialect::V1 };
    let mut client = Connect::new(server, &format!("room/{}", i % 500), dialect).join().await;
    let entry =
        AwarenessEntry { client: u64::from(i) + 1, clock: 1, json: r#"{"user":{"name":"x"}}"# };
    let awareness = write_awareness([entry].into_iter());
    client.say(client.channel, &Message::Awareness(&awareness)).await;
    client.type_text("hello ").await;
    if i.is_multiple_of(3) {
        drop(client);
    } else {
        client.leave().await;
    }
}

async fn visits(server: &Server, numbers: std::ops::Range<u32>) {
    for start in numbers.clone().step_by(AT_ONCE as usize) {
        let batch = (start..(start + AT_ONCE).min(numbers.end))
            .map(|i| tokio::spawn(visit(server.address, i)));
        for visit in batch.collect::<Vec<_>>() {
            visit.await.unwrap();
        }
    }
    server.metric_becomes("collab_connections", 0.0).await;
    server.metric_becomes("collab_rooms", 0.0).await;
}

/// Resident memory of this process.
fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn memory_returns_after_ten_thousand_connects_and_leaves() {
    raise_open_files_limit();
    let server = Server::ephemeral().await;
    // The allocator and the pools reach their size.
    visits(&server, 0..2_000).await;
    let before = resident_kib();
    visits(&server, 0..CONNECTS).await;
    let after = resident_kib();
    println!("{CONNECTS} connects and leaves: {before} KiB before, {after} KiB after");
    // One kilobyte kept of each visit would be 10 MB.
    assert!(after < before + 8 * 1024, "{before} KiB before, {after} KiB after");
}
