//! Settings that everybody in a room shares: the root map `settings`.
//!
//! What is a matter of taste (a theme, a font size) does not belong here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use yrs::{Any, Map, MapRef, Observable, Out, ReadTxn, TransactionMut};

use super::DocumentError;
use super::file::checked_name;
use super::observed::{Change, Observed};

/// The root map's name.
pub(super) const SETTINGS: &str = "settings";

/// Largest value of a setting, as JSON text.
const VALUE_MAX_BYTES: usize = 16 << 10;

/// The setting that says the language of files of which nobody said one.
pub(super) const LANGUAGE: &str = "language";

/// The root map, as JSON values.
pub(super) struct Settings {
    map: MapRef,
    /// What the owner was told of, to find what changed: Yrs' own account of the changed keys
    /// panics on some entries that another client may write.
    told: BTreeMap<String, Value>,
}

impl Settings {
    pub(super) fn new(map: MapRef, observed: Observed) -> Self {
        map.observe(SETTINGS, move |_, _| observed.note(Change::Settings));
        Self { map, told: BTreeMap::new() }
    }

    /// Keys whose values differ from those at the last call, ascending.
    pub(super) fn changed_keys(&mut self, txn: &impl ReadTxn) -> Vec<String> {
        let now = self.all(txn);
        let before = std::mem::replace(&mut self.told, now);
        let gone = before.keys().filter(|key| !self.told.contains_key(*key));
        let new = self.told.iter().filter(|(key, value)| before.get(*key) != Some(*value));
        // Extended and not collected, which would bring a sort of its own into the WASM.
        let mut changed = BTreeSet::new();
        changed.extend(gone.chain(new.map(|(key, _)| key)));
        changed.into_iter().cloned().collect()
    }

    pub(super) fn get(&self, txn: &impl ReadTxn, key: &str) -> Option<Value> {
        to_json(&self.map.get(txn, key)?)
    }

    pub(super) fn all(&self, txn: &impl ReadTxn) -> BTreeMap<String, Value> {
        let mut all = BTreeMap::new();
        let settings = self.map.iter(txn);
        all.extend(settings.filter_map(|(key, value)| Some((key.to_owned(), to_json(&value)?))));
        all
    }

    pub(super) fn set(
        &self,
        txn: &mut TransactionMut<'_>,
        key: &str,
        value: &Value,
    ) -> Result<(), DocumentError> {
        let key = checked_name(key)?;
        let json = value.to_string();
        if json.len() > VALUE_MAX_BYTES || !crate::log::is_portable_json(&json) {
            return Err(DocumentError::InvalidSetting);
        }
        let value = Any::from_json(&json).map_err(|_| DocumentError::InvalidSetting)?;
        self.map.try_update(txn, key, value);
        Ok(())
    }
}

/// `None` for what JSON cannot say: shared types, bytes, NaN.
fn to_json(value: &Out) -> Option<Value> {
    match value {
        Out::Any(Any::Undefined | Any::Buffer(_)) => None,
        // By way of text: a reader and a writer of it are there anyway.
        Out::Any(value) => {
            let mut json = String::new();
            value.to_json(&mut json);
            serde_json::from_str(&json).ok()
        }
        _ => None,
    }
}
