//! Identity and metadata of a room's files.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::DocumentError;

/// Letters of a generated file ID.
const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Characters after the leading `f` of a generated ID: 77 bits, so that files which two people
/// create at the same moment never share an ID.
const SUFFIX_LEN: usize = 15;

/// Longest name or language of a file, in characters.
pub const NAME_MAX_CHARS: usize = 64;

/// A file's ID, which is also the name of its root-level Yjs text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileId(Arc<str>);

/// What a list of files shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileInfo {
    /// The file's ID.
    pub id: FileId,
    /// The name that people see; not unique.
    pub name: String,
    /// The language for highlighting, such as `python`.
    pub language: String,
    /// Place in the list, ascending; ties are broken by ID.
    pub order: f64,
}

impl FileId {
    /// The default file `main`, which every room has.
    pub fn main() -> Self {
        Self(Arc::from("main"))
    }

    /// A new file's ID, made from the caller's randomness.
    pub fn from_random(random: u128) -> Self {
        let mut id = String::with_capacity(1 + SUFFIX_LEN);
        id.push('f');
        // In halves: to divide 128 bits is a kilobyte of code in browsers.
        let halves =
            [(random as u64, SUFFIX_LEN / 2), ((random >> 64) as u64, SUFFIX_LEN.div_ceil(2))];
        for (mut half, digits) in halves {
            for _ in 0..digits {
                id.push(char::from(ALPHABET[(half % 36) as usize]));
                half /= 36;
            }
        }
        Self(id.into())
    }

    /// Reads an ID: `main`, or `f` and 15 characters of `[a-z0-9]`.
    pub fn parse(id: &str) -> Result<Self, DocumentError> {
        if id == "main" || is_generated(id) {
            Ok(Self(id.into()))
        } else {
            Err(DocumentError::InvalidFileId)
        }
    }

    /// The ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the default file, which exists without having been created.
    pub fn is_main(&self) -> bool {
        &*self.0 == "main"
    }

    /// The ID as a shared string, for the index of its text.
    pub(super) fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

fn is_generated(id: &str) -> bool {
    id.strip_prefix('f').is_some_and(|suffix| {
        suffix.len() == SUFFIX_LEN && suffix.bytes().all(|byte| ALPHABET.contains(&byte))
    })
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileId({})", self.0)
    }
}

impl TryFrom<String> for FileId {
    type Error = DocumentError;

    fn try_from(id: String) -> Result<Self, DocumentError> {
        Self::parse(&id)
    }
}

impl From<FileId> for String {
    fn from(id: FileId) -> Self {
        id.as_str().to_owned()
    }
}

/// Trims a name or language and checks it: 1 to [`NAME_MAX_CHARS`] characters, none of them a
/// control character.
pub(super) fn checked_name(name: &str) -> Result<&str, DocumentError> {
    let name = name.trim();
    let length = name.chars().take(NAME_MAX_CHARS + 1).count();
    if (1..=NAME_MAX_CHARS).contains(&length) && !name.chars().any(char::is_control) {
        Ok(name)
    } else {
        Err(DocumentError::InvalidName)
    }
}
