//! Real editing histories, for tests and benches.
//!
//! They lie in `$COLLAB_TRACES`, by default `../shared/traces` beside the workspace, and are not
//! part of the project; their format is that of <https://github.com/josephg/editing-traces>. Where
//! one is missing, [`History::load`] gives a seeded one of the same shape and says so.

mod seeded;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::PathBuf;

use flate2::read::GzDecoder;
use serde::Deserialize;

/// Histories of one author, by the names of their files.
pub const SEQUENTIAL: [&str; 6] = [
    "sequential_traces/sveltecomponent",
    "sequential_traces/rustcode",
    "sequential_traces/json-crdt-blog-post",
    "sequential_traces/friendsforever_flat",
    "sequential_traces/clownschool_flat",
    "sequential_traces/automerge-paper",
];

/// Histories of several authors. In the first two nobody inserts at the same place as somebody else
/// at the same time, so that every CRDT ends with `end_content`; in the last they do.
pub const CONCURRENT: [&str; 3] = [
    "concurrent_traces/friendsforever",
    "concurrent_traces/clownschool",
    "concurrent_traces/node_nodecc",
];

/// One document's history, as a graph of transactions.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// The text after the last transaction; empty where that is not known.
    pub end_content: String,
    /// Authors; a sequential history has one.
    #[serde(default = "one")]
    pub num_agents: usize,
    /// In an order in which each comes after its parents.
    pub txns: Vec<Txn>,
    /// Whether transactions at the end were left out.
    #[serde(skip)]
    pub is_cut: bool,
}

/// What one author did at one moment.
#[derive(Debug, Deserialize)]
pub struct Txn {
    /// Who, from 0.
    #[serde(default)]
    pub agent: usize,
    /// What they had seen, as indexes; a sequential history has none, since it is a line.
    pub parents: Option<Vec<usize>>,
    /// Applied one after the other.
    pub patches: Vec<Patch>,
}

/// Position and number of deleted characters, and inserted text. Characters are UTF-16 units here:
/// no history has characters beyond the basic plane.
pub type Patch = (u32, u32, String);

fn one() -> usize {
    1
}

impl History {
    /// Reads a history by its name.
    pub fn read(name: &str) -> io::Result<Self> {
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/traces");
        let folder = std::env::var_os("COLLAB_TRACES").map_or(beside, PathBuf::from);
        let file = File::open(folder.join(name).with_extension("json.gz"))?;
        Ok(serde_json::from_reader(BufReader::new(GzDecoder::new(file)))?)
    }

    /// The history of this name, or a seeded one of so many agents; at most so many patches of it.
    ///
    /// # Panics
    ///
    /// If the file is there and cannot be read.
    pub fn load(name: &str, agents: usize, patches_max: usize) -> Self {
        let mut history = match Self::read(name) {
            Ok(history) => history,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                println!("{name} is missing: a seeded history takes its place");
                Self::seeded(agents)
            }
            Err(error) => panic!("{name}: {error}"),
        };
        history.cut(patches_max);
        history
    }

    fn cut(&mut self, patches_max: usize) {
        let mut patches = 0;
        let fits = |txn: &&Txn| {
            patches += txn.patches.len();
            patches <= patches_max
        };
        let kept = self.txns.iter().take_while(fits).count();
        self.is_cut = kept < self.txns.len();
        self.txns.truncate(kept);
    }

    /// The text that the file promises: nothing if the history was cut.
    pub fn promised(&self) -> Option<&str> {
        (!self.is_cut && !self.end_content.is_empty()).then_some(&self.end_content)
    }

    /// What the author of transaction `number` had seen before it.
    pub fn parents(&self, number: usize) -> Vec<usize> {
        match &self.txns[number].parents {
            Some(parents) => parents.clone(),
            None => number.checked_sub(1).into_iter().collect(),
        }
    }

    /// The transactions that somebody who has `seen` some must see to know `wanted`, in an order in
    /// which each comes after its parents. Marks them as seen.
    pub fn lacking(&self, seen: &mut [bool], wanted: Vec<usize>) -> Vec<usize> {
        let (mut lacking, mut to_visit) = (Vec::new(), wanted);
        while let Some(number) = to_visit.pop() {
            if !std::mem::replace(&mut seen[number], true) {
                lacking.push(number);
                to_visit.extend(self.parents(number));
            }
        }
        lacking.sort_unstable();
        lacking
    }

    /// What a history without branches leads to, without any CRDT.
    pub fn replayed_plainly(&self) -> String {
        let mut text: Vec<char> = Vec::new();
        for (at, delete, insert) in self.txns.iter().flat_map(|txn| &txn.patches) {
            text.splice(*at as usize..(at + delete) as usize, insert.chars());
        }
        text.into_iter().collect()
    }
}
