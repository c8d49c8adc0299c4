//! The list of a room's files: the root map `files`, one register per property.
//!
//! Keys are `{id}.name`, `{id}.language`, `{id}.order`, `{id}.deleted`, so that concurrent changes
//! of different properties both survive. What other clients write there is never trusted: values
//! of a wrong type are as good as absent, unfit names are made fit.

use std::collections::BTreeMap;
use std::sync::Arc;

use yrs::{Any, Map, MapRef, Number, Observable, Out, ReadTxn, TransactionMut};

use super::file::{NAME_MAX_CHARS, checked_name};
use super::observed::{Change, Observed};
use super::{DocumentError, FileId, FileInfo};
use crate::sorting::sort_unstable_by;

/// The root map's name.
pub(super) const FILES: &str = "files";

/// Language of a file of which nobody said one.
const PLAIN_TEXT: &str = "plaintext";

/// Shown for a name of which nothing printable is left.
const UNTITLED: &str = "untitled";

/// The root map, as a list.
pub(super) struct Listing {
    map: MapRef,
}

/// What the map says of one file.
#[derive(Clone, Debug, Default)]
struct Entry {
    name: Option<String>,
    language: Option<String>,
    order: Option<f64>,
    deleted: bool,
}

/// A change of one property.
pub(super) enum Property<'a> {
    Name(&'a str),
    Language(&'a str),
    Order(f64),
    Deleted(bool),
}

impl Listing {
    pub(super) fn new(map: MapRef, observed: Observed) -> Self {
        map.observe(FILES, move |_, _| observed.note(Change::Files));
        Self { map }
    }

    /// Files in their order; the deleted ones if `deleted`, else all others.
    pub(super) fn files(
        &self,
        txn: &impl ReadTxn,
        deleted: bool,
        default_language: Option<&str>,
    ) -> Vec<FileInfo> {
        let mut files: Vec<FileInfo> = self
            .entries(txn)
            .into_iter()
            .filter(|(_, entry)| entry.deleted == deleted)
            .filter_map(|(id, entry)| entry.into_info(id, default_language))
            .collect();
        sort_unstable_by(&mut files, |a, b| {
            a.order.total_cmp(&b.order).then_with(|| a.id.cmp(&b.id))
        });
        files
    }

    /// Whether the file was created, deleted or not.
    pub(super) fn knows(&self, txn: &impl ReadTxn, id: &FileId) -> bool {
        id.is_main() || read_string(&self.map, txn, &key(id, "name")).is_some()
    }

    /// Lists a new file after all others.
    pub(super) fn create(
        &self,
        txn: &mut TransactionMut<'_>,
        id: &FileId,
        name: &str,
        language: &str,
    ) -> Result<(), DocumentError> {
        let (name, language) = (checked_name(name)?, checked_name(language)?);
        if self.knows(txn, id) {
            return Err(DocumentError::FileExists(id.clone()));
        }
        let last = self.entries(txn).values().filter_map(|entry| entry.order).fold(0.0, f64::max);
        self.write(txn, id, "name", name.into());
        self.write(txn, id, "language", language.into());
        self.write(txn, id, "order", (last + 1.0).into());
        Ok(())
    }

    /// Changes one property of a file that exists.
    pub(super) fn set(
        &self,
        txn: &mut TransactionMut<'_>,
        id: &FileId,
        property: &Property<'_>,
    ) -> Result<(), DocumentError> {
        let (name, value) = match *property {
            Property::Name(name) => ("name", Any::from(checked_name(name)?)),
            Property::Language(language) => ("language", Any::from(checked_name(language)?)),
            Property::Order(order) if !order.is_finite() => {
                return Err(DocumentError::InvalidOrder);
            }
            Property::Order(order) => ("order", Any::from(order)),
            Property::Deleted(deleted) => ("deleted", Any::from(deleted)),
        };
        if !self.knows(txn, id) {
            return Err(DocumentError::UnknownFile(id.clone()));
        }
        self.write(txn, id, name, value);
        Ok(())
    }

    /// Writes a register, unless it says so already.
    fn write(&self, txn: &mut TransactionMut<'_>, id: &FileId, property: &str, value: Any) {
        self.map.try_update(txn, key(id, property), value);
    }

    fn entries(&self, txn: &impl ReadTxn) -> BTreeMap<FileId, Entry> {
        // `BTreeMap::from` would bring a sort of its own into the WASM.
        let mut entries = BTreeMap::new();
        entries.insert(FileId::main(), Entry::default());
        for (key, value) in self.map.iter(txn) {
            let Some((id, property)) = key.split_once('.') else {
                continue;
            };
            let (Ok(id), Out::Any(value)) = (FileId::parse(id), value) else {
                continue;
            };
            entries.entry(id).or_default().read(property, value);
        }
        entries
    }
}

impl Entry {
    fn read(&mut self, property: &str, value: Any) {
        match (property, value) {
            ("name", Any::String(name)) => self.name = Some(fit_name(&name)),
            ("language", Any::String(language)) => self.language = Some(fit_name(&language)),
            ("order", Any::Number(order)) => self.order = finite(order),
            ("deleted", Any::Bool(deleted)) => self.deleted = deleted,
            _ => {}
        }
    }

    /// `None` if nobody created the file (its properties may arrive before its name).
    fn into_info(self, id: FileId, default_language: Option<&str>) -> Option<FileInfo> {
        let name = match self.name {
            Some(name) => name,
            None if id.is_main() => id.as_str().to_owned(),
            None => return None,
        };
        let language =
            self.language.unwrap_or_else(|| default_language.unwrap_or(PLAIN_TEXT).to_owned());
        Some(FileInfo { id, name, language, order: self.order.unwrap_or(0.0) })
    }
}

fn key(id: &FileId, property: &str) -> Arc<str> {
    format!("{id}.{property}").into()
}

fn read_string(map: &MapRef, txn: &impl ReadTxn, key: &str) -> Option<Arc<str>> {
    match map.get(txn, key) {
        Some(Out::Any(Any::String(text))) => Some(text),
        _ => None,
    }
}

/// What another client called something, without control characters and cut to length.
fn fit_name(name: &str) -> String {
    let printable: String =
        name.trim().chars().filter(|c| !c.is_control()).take(NAME_MAX_CHARS).collect();
    if printable.is_empty() { UNTITLED.to_owned() } else { printable }
}

#[allow(clippy::cast_precision_loss, reason = "an order beyond 2^53 may lose its last digits")]
fn finite(order: Number) -> Option<f64> {
    let order = match order {
        Number::Int(order) => order as f64,
        Number::Float(order) => order,
    };
    order.is_finite().then_some(order)
}
