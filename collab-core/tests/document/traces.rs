//! Real editing histories end as their authors saw them.
//!
//! They lie in `$COLLAB_TRACES`, by default `../shared/traces` beside the workspace, and are not
//! part of the project. Where they are missing, seeded histories of the same shape are replayed,
//! and the test says so.

use std::fs::File;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use collab_core::document::{Document, FileId};
use flate2::read::GzDecoder;
use serde::Deserialize;

use crate::support::{splice, updates};

/// Transactions that are replayed of each history; a release build replays all.
const TXNS_MAX: usize = if cfg!(debug_assertions) { 3_000 } else { usize::MAX };

/// Several people's edits, as a graph of transactions.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    /// The text after the last transaction.
    end_content: String,
    #[serde(default = "one")]
    num_agents: usize,
    txns: Vec<Txn>,
}

#[derive(Deserialize)]
struct Txn {
    #[serde(default)]
    agent: usize,
    /// What its author had seen; a sequential history has none, since it is a line.
    parents: Option<Vec<usize>>,
    /// Position, deleted, inserted; one after the other.
    patches: Vec<(u32, u32, String)>,
}

fn one() -> usize {
    1
}

fn load(name: &str, seeded: impl FnOnce() -> History) -> History {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/traces");
    let folder = std::env::var_os("COLLAB_TRACES").map_or(beside, PathBuf::from);
    let path = folder.join(name).with_extension("json.gz");
    let Ok(file) = File::open(&path) else {
        println!("{} is missing: replaying a seeded history instead", path.display());
        return seeded();
    };
    serde_json::from_reader(GzDecoder::new(file)).expect("a trace")
}

/// A history of `agents` people who type runs and delete some; each sees the others' work every
/// now and then. Its `end_content` is only known where one person types alone.
fn seeded(agents: usize) -> History {
    let mut seed = 42u64;
    let mut roll = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let (mut lengths, mut heads) = (vec![0u32; agents], vec![Vec::new(); agents]);
    let (mut alone, mut txns) = (String::new(), Vec::new());
    for number in 0..TXNS_MAX.min(5_000) {
        let agent = if roll(8) == 0 { roll(agents as u64) as usize } else { number / 50 % agents };
        let at = roll(u64::from(lengths[agent]) + 1) as u32;
        let delete = (roll(3) as u32).min(lengths[agent] - at);
        let insert = ["a", "bc", "def", "\n"][roll(4) as usize];
        lengths[agent] = lengths[agent] - delete + insert.len() as u32;
        if agents == 1 {
            alone.replace_range(at as usize..(at + delete) as usize, insert);
        }
        let parents = std::mem::replace(&mut heads[agent], vec![number]);
        txns.push(Txn {
            agent,
            parents: Some(parents),
            patches: vec![(at, delete, insert.to_owned())],
        });
    }
    History { end_content: alone, num_agents: agents, txns }
}

/// One person of a history.
struct Author {
    document: Document,
    /// Which transactions they have seen.
    seen: Vec<bool>,
}

impl Author {
    /// Applies `txn` and all that its author had seen before it.
    fn see(&mut self, txns: &[Txn], made: &[Vec<Bytes>], wanted: Vec<usize>) {
        let (mut missing, mut to_visit) = (Vec::new(), wanted);
        while let Some(number) = to_visit.pop() {
            if !std::mem::replace(&mut self.seen[number], true) {
                missing.push(number);
                to_visit.extend(parents(txns, number));
            }
        }
        missing.sort_unstable();
        let updates = missing.iter().flat_map(|&number| &made[number]).map(|update| &update[..]);
        self.document.apply_all(updates).unwrap();
    }
}

fn parents(txns: &[Txn], number: usize) -> Vec<usize> {
    match &txns[number].parents {
        Some(parents) => parents.clone(),
        None => number.checked_sub(1).into_iter().collect(),
    }
}

/// Replays a history; returns each author's text after having seen everything.
fn replay(history: &History) -> Vec<String> {
    let txns = &history.txns[..history.txns.len().min(TXNS_MAX)];
    let main = FileId::main();
    // Client IDs in the order of the agents: with others, concurrent insertions at one place end in
    // another order, which is as valid but not that of the trace.
    let new =
        |agent| Author { document: Document::new(agent as u64 + 1), seen: vec![false; txns.len()] };
    let mut authors: Vec<Author> = (0..history.num_agents).map(new).collect();
    let mut made: Vec<Vec<Bytes>> = Vec::new();
    for (number, txn) in txns.iter().enumerate() {
        let author = &mut authors[txn.agent];
        author.see(txns, &made, parents(txns, number));
        for (at, delete, insert) in &txn.patches {
            author.document.edit(&main, &[splice(*at, *delete, insert)]).unwrap();
        }
        author.seen[number] = true;
        made.push(updates(&mut author.document));
    }
    let all = |mut author: Author| {
        author.see(txns, &made, (0..txns.len()).collect());
        author.document.text(&main)
    };
    authors.into_iter().map(all).collect()
}

/// What one person's history leads to, without any CRDT.
fn replay_plainly(history: &History) -> String {
    let mut text: Vec<char> = Vec::new();
    for txn in history.txns.iter().take(TXNS_MAX) {
        for (at, delete, insert) in &txn.patches {
            text.splice(*at as usize..(at + delete) as usize, insert.chars());
        }
    }
    text.into_iter().collect()
}

#[test]
fn one_persons_history_ends_as_it_did() {
    // ASCII, so its positions in characters are UTF-16 offsets, too.
    let history = load("sequential_traces/sveltecomponent", || seeded(1));
    let texts = replay(&history);
    assert_eq!(texts, [replay_plainly(&history)]);
    if history.txns.len() <= TXNS_MAX {
        assert_eq!(texts[0], history.end_content);
    }
}

#[test]
fn two_peoples_history_ends_alike_for_both() {
    let history = load("concurrent_traces/friendsforever", || seeded(2));
    let texts = replay(&history);
    assert_eq!(texts[0], texts[1]);
    assert!(!texts[0].is_empty());
    if history.txns.len() <= TXNS_MAX && !history.end_content.is_empty() {
        assert_eq!(texts[0], history.end_content);
    }
}
