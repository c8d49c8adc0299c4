//! The file format of the histories (`https://github.com/josephg/editing-traces`), and seeded ones.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;

/// Patches that are replayed of each history; a release build replays all.
const PATCHES_MAX: usize = if cfg!(debug_assertions) { 5_000 } else { usize::MAX };

/// One document's history, as a graph of transactions.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct History {
    /// The text after the last transaction; empty where that is not known.
    pub(crate) end_content: String,
    #[serde(default = "one")]
    pub(crate) num_agents: usize,
    pub(crate) txns: Vec<Txn>,
    /// Whether transactions at the end were left out.
    #[serde(skip)]
    pub(crate) is_cut: bool,
}

/// What one author did at one moment.
#[derive(Deserialize)]
pub(crate) struct Txn {
    #[serde(default)]
    pub(crate) agent: usize,
    /// What they had seen; a sequential history has none, since it is a line.
    parents: Option<Vec<usize>>,
    /// Position, deleted, inserted; one after the other. In characters, which are UTF-16 units here:
    /// no history has characters beyond the basic plane.
    pub(crate) patches: Vec<(u32, u32, String)>,
}

fn one() -> usize {
    1
}

impl History {
    /// The history of this name, or a seeded one of so many agents.
    pub(crate) fn load(name: &str, agents: usize) -> Self {
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/traces");
        let folder = std::env::var_os("COLLAB_TRACES").map_or(beside, PathBuf::from);
        let Ok(file) = File::open(folder.join(name).with_extension("json.gz")) else {
            println!("{name} is missing: replaying a seeded history instead");
            return Self::seeded(agents);
        };
        let reader = BufReader::new(GzDecoder::new(file));
        let mut history: Self = serde_json::from_reader(reader).unwrap();
        let mut patches = 0;
        let fits = |txn: &&Txn| {
            patches += txn.patches.len();
            patches <= PATCHES_MAX
        };
        let kept = history.txns.iter().take_while(fits).count();
        history.is_cut = kept < history.txns.len();
        history.txns.truncate(kept);
        history
    }

    /// People who type runs and delete some; each sees the others' work every now and then.
    fn seeded(agents: usize) -> Self {
        let mut state = 42u64;
        let mut roll = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % below
        };
        let (mut lengths, mut heads) = (vec![0u32; agents], vec![Vec::new(); agents]);
        let mut txns = Vec::new();
        for number in 0..2_000 {
            let agent = number / 50 % agents;
            let at = roll(u64::from(lengths[agent]) + 1) as u32;
            let delete = (roll(3) as u32).min(lengths[agent] - at);
            let insert = ["a", "bc", "def", "\n"][roll(4) as usize];
            lengths[agent] = lengths[agent] - delete + insert.len() as u32;
            let parents = Some(std::mem::replace(&mut heads[agent], vec![number]));
            txns.push(Txn { agent, parents, patches: vec![(at, delete, insert.to_owned())] });
        }
        Self { end_content: String::new(), num_agents: agents, txns, is_cut: true }
    }

    /// What an author had seen before a transaction.
    pub(crate) fn parents(&self, number: usize) -> Vec<usize> {
        match &self.txns[number].parents {
            Some(parents) => parents.clone(),
            None => number.checked_sub(1).into_iter().collect(),
        }
    }

    /// What a history without branches leads to, without any CRDT.
    pub(crate) fn replayed_plainly(&self) -> String {
        let mut text: Vec<char> = Vec::new();
        for (at, delete, insert) in self.txns.iter().flat_map(|txn| &txn.patches) {
            text.splice(*at as usize..(at + delete) as usize, insert.chars());
        }
        text.into_iter().collect()
    }
}
