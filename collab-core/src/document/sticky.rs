//! Positions that stay with their neighbours while the text around them changes.
//!
//! A [`StickyPosition`] is exchanged as the JSON that Yjs writes for a `RelativePosition`, so
//! cursors of y-codemirror.next and y-monaco mean the same here.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::FileId;

/// Which neighbour a position stays with when text is inserted right at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Assoc {
    /// The character after it: text inserted here moves the position (Yjs: 0).
    #[default]
    After,
    /// The character before it: text inserted here does not (Yjs: -1).
    Before,
}

/// A character or a type, by its Yjs ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ItemId {
    /// The client that inserted it.
    pub client: u64,
    /// Its number among that client's insertions.
    pub clock: u32,
}

/// A position in a text: `{"type", "tname", "item", "assoc"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StickyPosition {
    /// The nested type that holds the position. Always `None` in our files, which are root types.
    #[serde(rename = "type", default)]
    pub nested: Option<ItemId>,
    /// The root type that holds the position: a file's ID.
    #[serde(default)]
    pub tname: Option<String>,
    /// The character that it stays with; `None` for the start or the end of the text.
    #[serde(default)]
    pub item: Option<ItemId>,
    /// Which side of the character.
    #[serde(default)]
    pub assoc: Assoc,
}

impl StickyPosition {
    /// The end of a text (or its start, for [`Assoc::Before`]), whatever is inserted there.
    pub(super) fn edge(file: &FileId, assoc: Assoc) -> Self {
        Self { nested: None, tname: Some(file.as_str().to_owned()), item: None, assoc }
    }

    /// The file that the position names, if it names one.
    pub fn file(&self) -> Option<FileId> {
        FileId::parse(self.tname.as_deref()?).ok()
    }
}

impl Serialize for Assoc {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i8(match self {
            Self::After => 0,
            Self::Before => -1,
        })
    }
}

impl<'de> Deserialize<'de> for Assoc {
    /// Yjs takes any number, or none, for 0 unless it is negative.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let negative = value.as_f64().is_some_and(|number| number < 0.0);
        Ok(if negative { Self::Before } else { Self::After })
    }
}
