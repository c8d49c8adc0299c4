//! The list of a room's files: the root map `files`, one register per property.
//!
//! Keys are `{id}.name`, `{id}.language`, `{id}.order`, `{id}.deleted`, so that concurrent changes
//! of different properties both survive. What other clients write there is never trusted: values
//! of a wrong type are as good as absent, unfit names are made fit.

use serde_json::Value;

use super::file::{NAME_MAX_CHARS, checked_name};
use super::registers::{Registers, Root};
use super::{DocumentError, FileId, FileInfo};
use crate::sorting::sort_unstable_by;

/// Language of a file of which nobody said one.
const PLAIN_TEXT: &str = "plaintext";

/// Shown for a name of which nothing printable is left.
const UNTITLED: &str = "untitled";

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

/// Files in their order; the deleted ones if `deleted`, else all others.
pub(super) fn files(
    registers: &Registers,
    deleted: bool,
    default_language: Option<&str>,
) -> Vec<FileInfo> {
    let mut files: Vec<FileInfo> = entries(registers)
        .into_iter()
        .filter(|(_, entry)| entry.deleted == deleted)
        .filter_map(|(id, entry)| entry.into_info(id, default_language))
        .collect();
    sort_unstable_by(&mut files, |a, b| a.order.total_cmp(&b.order).then_with(|| a.id.cmp(&b.id)));
    files
}

/// Whether the file was created, deleted or not.
fn knows(registers: &Registers, id: &FileId) -> bool {
    id.is_main() || matches!(registers.get(Root::Files, &key(id, "name")), Some(Value::String(_)))
}

/// What lists a new file after all others.
pub(super) fn created(
    registers: &Registers,
    id: &FileId,
    name: &str,
    language: &str,
) -> Result<[(String, Value); 3], DocumentError> {
    let (name, language) = (checked_name(name)?, checked_name(language)?);
    if knows(registers, id) {
        return Err(DocumentError::FileExists(id.clone()));
    }
    let orders = entries(registers).into_iter().filter_map(|(_, entry)| entry.order);
    let last = orders.fold(0.0, f64::max);
    Ok([
        (key(id, "name"), name.into()),
        (key(id, "language"), language.into()),
        (key(id, "order"), (last + 1.0).into()),
    ])
}

/// What changes one property of a file that exists.
pub(super) fn changed(
    registers: &Registers,
    id: &FileId,
    property: &Property<'_>,
) -> Result<(String, Value), DocumentError> {
    let (name, value) = match *property {
        Property::Name(name) => ("name", Value::from(checked_name(name)?)),
        Property::Language(language) => ("language", Value::from(checked_name(language)?)),
        Property::Order(order) if !order.is_finite() => {
            return Err(DocumentError::InvalidOrder);
        }
        Property::Order(order) => ("order", Value::from(order)),
        Property::Deleted(deleted) => ("deleted", Value::from(deleted)),
    };
    if !knows(registers, id) {
        return Err(DocumentError::UnknownFile(id.clone()));
    }
    Ok((key(id, name), value))
}

/// What the map says of each file that it names, and of `main`.
fn entries(registers: &Registers) -> Vec<(FileId, Entry)> {
    let mut entries = vec![(FileId::main(), Entry::default())];
    // Keys ascend, so those of one file follow each other.
    for (key, value) in registers.values(Root::Files) {
        let Some((id, property)) = key.split_once('.') else {
            continue;
        };
        let Ok(id) = FileId::parse(id) else { continue };
        if entries.last().is_none_or(|last| last.0 != id) && !id.is_main() {
            entries.push((id.clone(), Entry::default()));
        }
        let entry = if id.is_main() { entries.first_mut() } else { entries.last_mut() };
        if let Some((_, entry)) = entry {
            entry.read(property, &value);
        }
    }
    entries
}

impl Entry {
    fn read(&mut self, property: &str, value: &Value) {
        match (property, value) {
            ("name", Value::String(name)) => self.name = Some(fit_name(name)),
            ("language", Value::String(language)) => self.language = Some(fit_name(language)),
            ("order", Value::Number(order)) => self.order = order.as_f64(),
            ("deleted", Value::Bool(deleted)) => self.deleted = *deleted,
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

fn key(id: &FileId, property: &str) -> String {
    [id.as_str(), ".", property].concat()
}

/// What another client called something, without control characters and cut to length.
fn fit_name(name: &str) -> String {
    let printable: String =
        name.trim().chars().filter(|c| !c.is_control()).take(NAME_MAX_CHARS).collect();
    if printable.is_empty() { UNTITLED.to_owned() } else { printable }
}
