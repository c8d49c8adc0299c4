//! What was written and may not have reached the relay, kept in a file until it has.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use collab_core::chat::Client;

use super::identity;

/// The file of one room on one server.
pub(super) struct Unsent {
    path: Option<PathBuf>,
    kept: Vec<u8>,
}

impl Unsent {
    /// The file for `url` in a folder; without one nothing is kept.
    pub(super) fn new(folder: Option<PathBuf>, url: &str) -> Result<Self> {
        if let Some(folder) = &folder {
            identity::create(folder).with_context(|| format!("cannot use {}", folder.display()))?;
        }
        // The URL of a room, made a file's name.
        let name = percent_encoding::utf8_percent_encode(url, percent_encoding::NON_ALPHANUMERIC);
        Ok(Self { path: folder.map(|folder| folder.join(name.to_string())), kept: Vec::new() })
    }

    /// Gives a client what an earlier process kept.
    pub(super) fn restore(&mut self, client: &mut Client) -> Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        match fs::read(path) {
            Ok(bytes) => {
                client.import(&bytes).with_context(|| format!("cannot use {}", path.display()))?;
                self.kept = bytes;
                Ok(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Keeps what [`Client::export`] says, if that differs.
    pub(super) fn keep(&mut self, exported: Vec<u8>) -> Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        if exported != self.kept {
            identity::write_private(path, &exported)?;
            self.kept = exported;
        }
        Ok(())
    }
}
