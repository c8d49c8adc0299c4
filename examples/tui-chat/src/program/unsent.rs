//! What was written and may not have reached the relay, kept in a file until it has.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use collab_core::chat::Client;

use super::identity;
use super::who::Who;

/// The file of one room on one server, for one person.
pub(super) struct Unsent {
    url: String,
    path: Option<PathBuf>,
    kept: Vec<u8>,
}

impl Unsent {
    /// The file for `url` in a folder; without one nothing is kept.
    pub(super) fn new(folder: Option<PathBuf>, url: String, who: &Who) -> Result<Self> {
        if let Some(folder) = &folder {
            identity::create(folder).with_context(|| format!("cannot use {}", folder.display()))?;
        }
        let path = folder.map(|folder| folder.join(file_name(&url, who)));
        Ok(Self { url, path, kept: Vec::new() })
    }

    /// One is somebody else now, and what waits is sent as them.
    pub(super) fn belongs_to(&mut self, who: &Who) -> Result<()> {
        let Some(path) = &mut self.path else { return Ok(()) };
        let new = path.with_file_name(file_name(&self.url, who));
        match fs::rename(&*path, &new) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot move {}", path.display()));
            }
            _ => *path = new,
        }
        Ok(())
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

/// What waits under one account cannot be sent by another. Guests of a device are one person.
fn file_name(url: &str, who: &Who) -> String {
    let account = who.user.as_ref().filter(|_| who.is_account);
    identity::file_name(&account.map_or_else(|| url.to_owned(), |user| format!("{url} {user}")))
}
