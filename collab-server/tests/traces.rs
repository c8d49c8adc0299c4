//! Real editing histories, replayed through a real relay by two and more clients.

#![allow(clippy::unwrap_used, reason = "test code")]

mod kit;

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use collab_core::wire::Dialect;
use collab_server::{Relay, RelayConfig};
use histories::{CONCURRENT, History, SEQUENTIAL, Txn};
use kit::{Client, Connect, Server, text_of};
use yrs::updates::decoder::Decode;
use yrs::{Doc, ReadTxn, Text, Transact, Update};

/// Patches that are replayed of each history; a release build replays all.
const PATCHES_MAX: usize = if cfg!(debug_assertions) { 5_000 } else { usize::MAX };
/// Transactions after which everybody reads what has come, and the next one takes over.
const TURN: usize = 500;
/// Pushes that wait for their acknowledgement at most.
const UNACKNOWLEDGED_MAX: u64 = 256;

#[tokio::test(flavor = "multi_thread")]
async fn one_persons_history_typed_by_two_in_turn_ends_as_it_did() {
    for name in SEQUENTIAL {
        let history = History::load(name, 1, PATCHES_MAX);
        let directory = tempfile::tempdir().unwrap();
        let server = start(directory.path()).await;
        let started = Instant::now();
        let text = type_in_turn(&history, server.address).await;
        println!("{name}: {} transactions in {:.1?}", history.txns.len(), started.elapsed());
        assert_eq!(text, history.replayed_plainly(), "{name}");
        assert_eq!(history.promised().unwrap_or(&text), text, "{name}");
        cold_start_has(server, directory.path(), &text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_peoples_history_ends_alike_for_all() {
    for (name, agents) in CONCURRENT.into_iter().zip([2, 3, 9]) {
        let history = History::load(name, agents, PATCHES_MAX);
        let directory = tempfile::tempdir().unwrap();
        let server = start(directory.path()).await;
        let started = Instant::now();
        let text = type_together(&history, server.address).await;
        let (txns, agents) = (history.txns.len(), history.num_agents);
        println!("{name}: {txns} transactions of {agents} clients in {:.1?}", started.elapsed());
        // In git's histories people insert at the same place, and any order is valid.
        let promised = history.promised().filter(|_| !name.ends_with("node_nodecc"));
        assert_eq!(promised.unwrap_or(&text), text, "{name}");
        cold_start_has(server, directory.path(), &text).await;
    }
}

/// A server that waits for clients which type and compute for a long time before they read.
async fn start(directory: &Path) -> Server {
    let patience = Duration::from_secs(3_600);
    let limits = RelayConfig {
        silence_timeout: patience,
        write_timeout: patience,
        ..RelayConfig::default()
    };
    Server::start(Relay::builder().store(kit::open(directory).await).limits(limits)).await
}

/// A `collab.v1` and a stock client type one history, turn by turn; returns the text of both.
async fn type_in_turn(history: &History, address: SocketAddr) -> String {
    let mut clients = [Client::v1(address, "room").await, Client::plain(address, "room").await];
    for (turn, txns) in history.txns.chunks(TURN).enumerate() {
        let [ours, stock] = &mut clients;
        let (writer, reader) = if turn % 2 == 0 { (ours, stock) } else { (stock, ours) };
        for txn in txns {
            let update = apply_patches(&writer.doc, txn);
            writer.push(&update).await;
            writer.keep_up(UNACKNOWLEDGED_MAX).await;
        }
        hears(reader, &writer.doc).await;
    }
    let [mut ours, stock] = clients;
    ours.until_durable().await;
    assert_eq!(ours.text(), stock.text());
    stock.text()
}

/// Each agent types on what its author had seen, through a connection of its own, which meanwhile
/// hears of everything; returns the text that all of them end with.
async fn type_together(history: &History, address: SocketAddr) -> String {
    let mut agents = Vec::new();
    for agent in 0..history.num_agents {
        agents.push(Agent::new(agent, history.txns.len(), address).await);
    }
    let all = kit::document_of(u64::from(u32::MAX));
    let mut made: Vec<Vec<u8>> = Vec::new();
    for (number, txn) in history.txns.iter().enumerate() {
        let update = agents[txn.agent].type_txn(history, &made, number).await;
        apply(&all, &update);
        made.push(update);
        if number % TURN == TURN - 1 {
            everybody_hears(&mut agents, &all).await;
        }
    }
    everybody_hears(&mut agents, &all).await;
    let text = text_of(&all);
    for agent in &mut agents {
        assert_eq!(agent.client.text(), text);
        agent.client.until_durable().await;
    }
    text
}

async fn everybody_hears(agents: &mut [Agent], all: &Doc) {
    for agent in agents {
        hears(&mut agent.client, all).await;
    }
}

/// Reads until the client's text is this one. Deletions leave no trace in a state vector, so nothing
/// less than the text will do.
async fn hears(client: &mut Client, all: &Doc) {
    let text = text_of(all);
    let length = text.encode_utf16().count();
    let same = |client: &Client| client.length() == length && client.text() == text;
    client.until("everybody's edits", same).await;
}

/// One author of a history.
struct Agent {
    client: Client,
    /// What the author had seen when they typed; the client's document is ahead of it.
    past: Doc,
    seen: Vec<bool>,
}

impl Agent {
    /// Client IDs are small and in the order of the agents: with others, concurrent insertions at
    /// one place end in another order, which is as valid but not that of the history.
    async fn new(agent: usize, txns: usize, address: SocketAddr) -> Self {
        let past = kit::document_of(agent as u64 + 1);
        let client = Connect::new(address, "room", Dialect::V1).join().await;
        Self { client, past, seen: vec![false; txns] }
    }

    async fn type_txn(&mut self, history: &History, made: &[Vec<u8>], number: usize) -> Vec<u8> {
        if self.see(history, made, number) {
            self.hear_what_was_seen().await;
        }
        let update = apply_patches(&self.past, &history.txns[number]);
        self.seen[number] = true;
        apply(&self.client.doc, &update);
        self.client.push(&update).await;
        self.client.keep_up(UNACKNOWLEDGED_MAX).await;
        update
    }

    /// Applies what the author had seen before this transaction; returns whether that was news.
    fn see(&mut self, history: &History, made: &[Vec<u8>], number: usize) -> bool {
        let lacking = history.lacking(&mut self.seen, history.parents(number));
        for &number in &lacking {
            apply(&self.past, &made[number]);
        }
        !lacking.is_empty()
    }

    /// Reads until the relay has told what this author saw by other means: it refuses as early what
    /// builds on a push that is still on its way to it.
    async fn hear_what_was_seen(&mut self) {
        let seen = self.past.transact().state_vector();
        let heard = |client: &Client| {
            let heard = client.doc.transact().state_vector();
            seen.iter().all(|(author, clock)| heard.get(author) >= *clock)
        };
        self.client.until("what its author had seen", heard).await;
    }
}

fn apply(doc: &Doc, update: &[u8]) {
    doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
}

/// Applies a transaction's patches one after the other; returns them as one update.
fn apply_patches(doc: &Doc, txn: &Txn) -> Vec<u8> {
    let main = doc.get_or_insert_text("main");
    let mut transaction = doc.transact_mut();
    for (at, delete, insert) in &txn.patches {
        main.remove_range(&mut transaction, *at, *delete);
        main.insert(&mut transaction, *at, insert);
    }
    transaction.encode_update_v1()
}

async fn cold_start_has(server: Server, directory: &Path, text: &str) {
    assert!(server.stop().await);
    let server = start(directory).await;
    for dialect in [Dialect::Plain, Dialect::V1] {
        let client = Connect::new(server.address, "room", dialect).join().await;
        assert_eq!(client.text(), text);
    }
}
