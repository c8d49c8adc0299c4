//! Positions that stay with their neighbours while the text around them changes.
//!
//! A [`StickyPosition`] is exchanged as the JSON that Yjs writes for a `RelativePosition`, so
//! cursors of y-codemirror.next and y-monaco mean the same here.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yrs::{ClientID, IndexScope, IndexedSequence, ReadTxn, StickyIndex, Text as _, TextRef};

use super::FileId;
use crate::wire::VAR_UINT_MAX;

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
    fn from_yrs(file: &FileId, index: &StickyIndex) -> Self {
        let item = index.id().map(|id| ItemId { client: id.client.get(), clock: id.clock });
        Self {
            nested: None,
            tname: Some(file.as_str().to_owned()),
            item,
            assoc: index.assoc.into(),
        }
    }

    /// A position at `offset`, as Yrs finds it; `None` beyond the end.
    pub(super) fn take(
        file: &FileId,
        root: &TextRef,
        txn: &impl ReadTxn,
        offset: u32,
        assoc: Assoc,
    ) -> Option<Self> {
        if offset > root.len(txn) {
            return None;
        }
        Some(match root.sticky_index(txn, offset, assoc.into()) {
            Some(index) => Self::from_yrs(file, &index),
            // Yrs has no index after the last character; Yjs means the end of the text by it.
            None => Self::edge(file, assoc),
        })
    }

    /// The end of a text (or its start, for [`Assoc::Before`]), whatever is inserted there.
    pub(super) fn edge(file: &FileId, assoc: Assoc) -> Self {
        Self { nested: None, tname: Some(file.as_str().to_owned()), item: None, assoc }
    }

    /// The file that the position names, if it names one.
    pub fn file(&self) -> Option<FileId> {
        FileId::parse(self.tname.as_deref()?).ok()
    }

    /// The file and the offset where the character named by `item` lies now.
    pub(super) fn resolve_item(
        txn: &impl ReadTxn,
        item: ItemId,
        assoc: Assoc,
    ) -> Option<(FileId, u32)> {
        if item.client > VAR_UINT_MAX {
            return None;
        }
        let id = yrs::ID::new(ClientID::new(item.client), item.clock);
        let offset = StickyIndex::new(IndexScope::Relative(id), assoc.into()).get_offset(txn)?;
        match offset.branch.id() {
            yrs::BranchID::Root(name) => Some((FileId::parse(&name).ok()?, offset.index)),
            yrs::BranchID::Nested(_) => None,
        }
    }
}

impl From<Assoc> for yrs::Assoc {
    fn from(assoc: Assoc) -> Self {
        match assoc {
            Assoc::After => Self::After,
            Assoc::Before => Self::Before,
        }
    }
}

impl From<yrs::Assoc> for Assoc {
    fn from(assoc: yrs::Assoc) -> Self {
        match assoc {
            yrs::Assoc::After => Self::After,
            yrs::Assoc::Before => Self::Before,
        }
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
