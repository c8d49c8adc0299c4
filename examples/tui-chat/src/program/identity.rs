//! Who one is on this device: a secret token, drawn once, and the name one chose last.
//!
//! Whoever can read the token can write in one's name, so only oneself may.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use collab_core::chat::{UserId, guest_token};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tui_chat::seat::guest_name;

/// The folder of what is kept on this device.
pub(super) struct Identity {
    folder: PathBuf,
    /// Makes this user who they are.
    pub(super) token: String,
    /// What to call them.
    pub(super) name: String,
    /// Held as long as this process is the one that keeps what was not sent.
    lock: Option<File>,
}

impl Identity {
    /// Reads the folder, or fills it. `name` replaces the name that is kept.
    pub(super) fn open(folder: Option<PathBuf>, name: Option<String>) -> Result<Self> {
        let folder = folder.or_else(default_folder).context("no home directory: use --config")?;
        create(&folder).with_context(|| format!("cannot use {}", folder.display()))?;
        let token = match read(&folder.join("token"))? {
            Some(token) => token,
            None => draw_token(&folder)?,
        };
        anyhow::ensure!(UserId::of_guest(&token).is_some(), "{} is empty", folder.display());
        let kept = read(&folder.join("name"))?;
        let is_new = name.is_some() || kept.is_none();
        let name = name.or(kept).map_or_else(|| random().map(guest_name), Ok)?;
        let lock = lock(&folder)?;
        let identity = Self { folder, token, name, lock };
        if is_new {
            identity.keep_name(&identity.name)?;
        }
        Ok(identity)
    }

    /// Remembers a name for the next time.
    pub(super) fn keep_name(&self, name: &str) -> Result<()> {
        write_private(&self.folder.join("name"), name.as_bytes())
    }

    /// This user's key among peers, drawn when it is needed first.
    pub(super) fn key(&self) -> Result<collab_peer::Identity> {
        let path = self.folder.join("key");
        collab_peer::Identity::load_or_create(&path)
            .with_context(|| format!("cannot use {}", path.display()))
    }

    /// Where the account at a server is kept.
    pub(super) fn account(&self, server: &str) -> PathBuf {
        self.folder.join("accounts").join(file_name(server))
    }

    /// Where it is kept who was known by which name.
    pub(super) fn known(&self) -> PathBuf {
        self.folder.join("known")
    }

    /// Where to keep what was not sent; `None` if another process of the same user does.
    pub(super) fn unsent(&self) -> Option<PathBuf> {
        self.lock.as_ref().map(|_| self.folder.join("unsent"))
    }
}

/// Any text made a file's name.
pub(super) fn file_name(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A random number.
pub(super) fn random() -> Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).context("the operating system gives no random numbers")?;
    Ok(u64::from_le_bytes(bytes))
}

/// Writes a file that nobody else may read, all of it or nothing.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = || -> std::io::Result<()> {
        let mut file = options.open(&new)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        fs::rename(&new, path)
    };
    written().with_context(|| format!("cannot write {}", path.display()))
}

/// Creates a folder that nobody else may look into.
pub(super) fn create(folder: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn default_folder() -> Option<PathBuf> {
    let base = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let base = base.filter(|path| path.is_absolute());
    Some(base.or_else(|| Some(std::env::home_dir()?.join(".config")))?.join("tui-chat"))
}

pub(super) fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn draw_token(folder: &Path) -> Result<String> {
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).context("the operating system gives no random numbers")?;
    let token = guest_token(bytes);
    write_private(&folder.join("token"), token.as_bytes())?;
    Ok(token)
}

fn lock(folder: &Path) -> Result<Option<File>> {
    let file = File::create(folder.join("lock")).context("cannot write the lock")?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock"),
    }
}
