//! An account in a file that nobody else may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Account, Keep, Secret};

/// A file for one account. Its folder is created where it is not there.
#[derive(Clone, Debug)]
pub struct AccountFile {
    path: PathBuf,
}

/// What lies in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// As it was when it was kept.
    pub account: Account,
    /// Buys the next tokens.
    pub refresh_token: Secret,
}

impl AccountFile {
    /// The file at `path`, which need not be there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was kept last; `None` if there is no file.
    pub fn read(&self) -> io::Result<Option<Kept>> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces what was kept, all of it or nothing.
    pub fn write(&self, kept: &Kept) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            create_folder(folder)?;
        }
        // Another process may write at the same time.
        let new = self.path.with_extension(format!("{}.new", std::process::id()));
        let mut file = create(&new)?;
        file.write_all(&serde_json::to_vec(kept)?)?;
        file.sync_data()?;
        fs::rename(new, &self.path)
    }

    /// Forgets what was kept.
    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Keep for AccountFile {
    fn recall(&mut self) -> io::Result<Option<Secret>> {
        Ok(self.read()?.map(|kept| kept.refresh_token))
    }

    fn keep(&mut self, account: &Account, refresh_token: &Secret) -> io::Result<()> {
        let (account, refresh_token) = (account.clone(), refresh_token.clone());
        self.write(&Kept { account, refresh_token })
    }
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
