//! `kill -9` of the real binary while eight clients type: whatever was acknowledged as durable is
//! there after the last restart, in every client and after a cold start.

#![allow(clippy::unwrap_used, reason = "test code")]

mod kit;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use collab_core::wire::Dialect;
use kit::{Client, Connect, text_of};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use yrs::Doc;

const CLIENTS: usize = 8;
const ROOMS: usize = 3;

/// The server as an operator runs it. Dropping it kills it.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_collab-server"))
            .args(["--listen", "127.0.0.1:0", "--compact-tail-updates", "64", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").expect("its address").1.parse().unwrap();
        Self { child, address }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL: the process gets no chance to do anything.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
        let mut client = self.connect(address).greet_on(socket, self.doc).await;
        // Pushes of this connection, and how many words were typed when each was sent.
        let mut pushed = vec![self.words];
        while client.closed.is_none() {
            let may_type = client.answers > 0 && client.seq - client.received < 8;
            if may_type {
                let word = format!("c{}w{} ", self.number, self.words);
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
        self.doc = client.doc;
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
        let process = Process::start(data.path());
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
    let process = Process::start(data);
    let mut durable = 0;
    for typist in typists {
        let text = typist.connect(process.address).join().await.text();
        for i in 0..typist.durable_words {
            assert!(text.contains(&typist.word(i)), "{} was durable", typist.word(i));
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
    let process = Process::start(data);
    let counts: Arc<Vec<usize>> = Arc::new(typists.iter().map(|typist| typist.words).collect());
    let (finished, all_finished) = watch::channel(0);
    let finished = Arc::new(finished);
    let returns: Vec<JoinHandle<(usize, String)>> = typists
        .into_iter()
        .map(|typist| {
            let everybody = (Arc::clone(&finished), all_finished.clone());
            tokio::spawn(return_for_all(typist, process.address, Arc::clone(&counts), everybody))
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

/// Joins again, hands over what the relay lacks and waits for all that anybody typed in this room;
/// stays until everybody has it.
async fn return_for_all(
    typist: Typist,
    address: SocketAddr,
    counts: Arc<Vec<usize>>,
    (finished, mut all_finished): (Arc<watch::Sender<usize>>, watch::Receiver<usize>),
) -> (usize, String) {
    let room = typist.number % ROOMS;
    let connect = typist.connect(address);
    let mut client = connect.rejoin(typist.doc).await;
    let expected: usize = counts
        .iter()
        .enumerate()
        .filter(|(number, _)| number % ROOMS == room)
        .map(|(_, words)| words)
        .sum();
    let words = |client: &Client| text_of(&client.doc).split_whitespace().count();
    client.until("every word", |client| words(client) == expected).await;
    client.until_durable().await;
    finished.send_modify(|count| *count += 1);
    all_finished.wait_for(|count| *count == CLIENTS).await.unwrap();
    (room, client.text())
}
