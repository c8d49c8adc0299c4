//! The file format of the histories: `https://github.com/josephg/editing-traces`.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use serde::Deserialize;

/// One document's history.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// The text after everything.
    pub end_content: String,
    /// Authors; a sequential history has one.
    #[serde(default = "one")]
    pub num_agents: usize,
    /// In an order in which each comes after its parents.
    pub txns: Vec<Edit>,
}

/// What one author did at one moment.
#[derive(Debug, Deserialize)]
pub struct Edit {
    /// Who, from 0.
    #[serde(default)]
    pub agent: usize,
    /// What they had seen, as indexes; absent in a sequential history.
    pub parents: Option<Vec<usize>>,
    /// Applied one after the other.
    pub patches: Vec<Patch>,
}

/// Position and number of deleted characters, in Unicode code points, and inserted text.
pub type Patch = (u32, u32, String);

fn one() -> usize {
    1
}

impl History {
    /// Reads a history by its name in [`crate::HISTORIES`].
    pub fn read(name: &str) -> Result<Self> {
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/traces");
        let folder = std::env::var_os("COLLAB_TRACES").map_or(beside, PathBuf::from);
        let path = folder.join(name).with_extension("json.gz");
        let file = File::open(&path).with_context(|| format!("no history {}", path.display()))?;
        Ok(serde_json::from_reader(std::io::BufReader::new(GzDecoder::new(file)))?)
    }

    /// What an edit's author had seen before it.
    pub fn parents(&self, edit: usize) -> Vec<usize> {
        match &self.txns[edit].parents {
            Some(parents) => parents.clone(),
            None => edit.checked_sub(1).into_iter().collect(),
        }
    }
}
