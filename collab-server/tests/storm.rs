//! A thousand clients that reconnect at once to a relay that has just started: all get in, soon, and
//! the relay's memory stays small.

#![allow(clippy::unwrap_used, reason = "test code")]
#![cfg(target_os = "linux")]

mod kit;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use collab_core::wire::Dialect;
use collab_server::raise_open_files_limit;
use kit::{Client, Connect, Process};

const CLIENTS: u32 = 1_000;

/// Half of them are in one room, the others in rooms of ten.
fn room(i: u32) -> String {
    if i.is_multiple_of(2) { "shared".to_owned() } else { format!("room/{}", i / 20) }
}

fn connect(address: SocketAddr, i: u32) -> Connect {
    let dialect = if i.is_multiple_of(3) { Dialect::Plain } else { Dialect::V1 };
    Connect::new(address, &room(i), dialect)
}

async fn all_join(address: SocketAddr) -> Vec<Client> {
    let joins = (0..CLIENTS).map(|i| tokio::spawn(async move { connect(address, i).join().await }));
    let mut clients = Vec::new();
    for join in joins.collect::<Vec<_>>() {
        clients.push(join.await.unwrap());
    }
    clients
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_clients_that_reconnect_at_once_all_get_in() {
    raise_open_files_limit();
    let directory = tempfile::tempdir().unwrap();
    let data = ["--data", directory.path().to_str().unwrap()];
    let text = {
        let process = Process::start(&data);
        let mut writer = Client::v1(process.address, "shared").await;
        for i in 0..1_000 {
            writer.type_text(&format!("line {i} of the room that half of them share\n")).await;
            writer.keep_up(100).await;
        }
        writer.until_durable().await;
        writer.text()
    };
    // Killed and started again, as after a crash: everything must be loaded first.
    let process = Process::start(&data);
    let before_kib = process.memory_peak_kib();
    let started = Instant::now();
    let clients = all_join(process.address).await;
    let elapsed = started.elapsed();
    let grown_kib = process.memory_peak_kib() - before_kib;
    println!(
        "{CLIENTS} clients were synced after {elapsed:?}; memory grew by {grown_kib} KiB at most"
    );
    assert!(clients.iter().step_by(2).all(|client| client.text() == text));
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    // Buffers, queues and tasks of a connection; the rooms' content is shared.
    assert!(grown_kib < u64::from(CLIENTS) * 100, "{grown_kib} KiB");
}
