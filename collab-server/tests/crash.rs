//! `kill -9` of the real binary while eight clients type: whatever was acknowledged as durable is
//! there after the last restart, in every client and after a cold start.

#![allow(clippy::unwrap_used, reason = "test code")]

mod kit;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use collab_core::wire::Dialect;
use kit::{Connect, Process};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use yrs::Doc;

const CLIENTS: usize = 8;
const ROOMS: usize = 3;

fn start(data: &Path) -> Process {
    // Small tails: compactions are under way when the process is killed.
    Process::start(&["--compact-tail-updates", "64", "--data", data.to_str().unwrap()])
}

/// A client that types one word after the other and remembers which of them are durable.
struct Typist {
    number: usize,
    doc: Doc,
    words: usize,
    durable_words: usize,
}

impl Typist {
    fn word(&self, i: usize) -> String {
        format!("c{}w{i} ", self.number)
    }

    fn room(&self) -> String {
        format!("room/{}", self.number % ROOMS)
    }

    fn connect(&self, address: SocketAddr) -> Connect {
        Connect::new(address, &self.room(), Dialect::V1)
    }

    /// Types until the connection breaks.
    async fn type_until_killed(mut self, address: SocketAddr) -> Self {
        let Ok(socket) = self.connect(address).socket().await else { return self };
        let mut client = self.connect(address).greet_on(socket, self.doc.clone()).await;
        // Pushes of this connection, and how many words were typed when each was sent.
        let mut pushed = vec![self.words];
        while client.closed.is_none() {
            let may_type = client.answers > 0 && client.seq - client.received < 8;
            if may_type {
                let word = self.word(self.words);
                client.type_text(&word).await;
                self.words += 1;
            }
            // The push that offers what the relay lacks covers all words so far, too.
            pushed.resize(client.seq as usize + 1, self.words);
            client.read().await;
            pushed.resize(client.seq as usize + 1, self.words);
            if client.durable > 0 {
                self.durable_words = self.durable_words.max(pushed[client.durable as usize]);
            }
        }
        self
    }
}

fn rounds() -> u32 {
    std::env::var("COLLAB_KILL_ROUNDS").map_or(30, |rounds| rounds.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_durable_survives_kill_9_at_any_moment() {
    let data = tempfile::tempdir().unwrap();
    let mut typists: Vec<Typist> = (0..CLIENTS).map(typist).collect();
    let seed = u64::from(std::process::id());
    println!("seed {seed}");
    for round in 0..rounds() {
        let process = start(data.path());
        let address = process.address;
        let typing = typists.into_iter().map(|t| tokio::spawn(t.type_until_killed(address)));
        let typing: Vec<_> = typing.collect();
        tokio::time::sleep(moment(seed, round)).await;
        drop(process);
        typists = Vec::new();
        for typist in typing {
            typists.push(typist.await.unwrap());
        }
    }
    cold_start_has_everything_durable(data.path(), &typists).await;
    every_client_has_everything(data.path(), typists).await;
}

fn typist(number: usize) -> Typist {
    Typist { number, doc: kit::document(), words: 0, durable_words: 0 }
}

/// When the process is killed: between 0.2 s and 1.2 s after its start.
fn moment(seed: u64, round: u32) -> Duration {
    let mixed = (seed ^ u64::from(round)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    Duration::from_millis(200 + mixed % 1_000)
}

async fn cold_start_has_everything_durable(data: &Path, typists: &[Typist]) {
    let process = start(data);
    let mut durable = 0;
    for typist in typists {
        let text = typist.connect(process.address).join().await.text();
        let words: HashSet<&str> = text.split_whitespace().collect();
        for i in 0..typist.durable_words {
            assert!(words.contains(typist.word(i).trim()), "{} was durable", typist.word(i));
        }
        durable += typist.durable_words;
    }
    let typed: usize = typists.iter().map(|typist| typist.words).sum();
    println!(
        "{typed} words typed, {durable} durable when the connections broke; all of those are there"
    );
    assert!(durable > typed / 2, "most words became durable, or the test proves little");
}

async fn every_client_has_everything(data: &Path, typists: Vec<Typist>) {
    let process = start(data);
    let mut lengths = [0; ROOMS];
    for typist in &typists {
        let typed: usize = (0..typist.words).map(|i| typist.word(i).len()).sum();
        lengths[typist.number % ROOMS] += typed;
    }
    let (finished, all_finished) = watch::channel(0);
    let finished = Arc::new(finished);
    let returns: Vec<JoinHandle<(usize, String)>> = typists
        .into_iter()
        .map(|typist| {
            let everybody = (Arc::clone(&finished), all_finished.clone());
            let length = lengths[typist.number % ROOMS];
            tokio::spawn(return_for_all(typist, process.address, length, everybody))
        })
        .collect();
    let mut texts = vec![Vec::new(); ROOMS];
    for joined in returns {
        let (room, text) = joined.await.unwrap();
        texts[room].push(text);
    }
    for texts in texts {
        assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "replicas of one room are equal");
    }
}

/// Joins again, hands over what the relay lacks and waits until the text is as long as all that
/// anybody typed in this room; stays until everybody has it.
async fn return_for_all(
    typist: Typist,
    address: SocketAddr,
    length: usize,
    (finished, mut all_finished): (Arc<watch::Sender<usize>>, watch::Receiver<usize>),
) -> (usize, String) {
    let room = typist.number % ROOMS;
    let connect = typist.connect(address);
    let mut client = connect.rejoin(typist.doc).await;
    client.until("every word", |client| client.length() == length).await;
    client.until_durable().await;
    finished.send_modify(|count| *count += 1);
    all_finished.wait_for(|count| *count == CLIENTS).await.unwrap();
    (room, client.text())
}
