//! A document's files and settings. None of it can be undone: it is everybody's.
//!
//! To read them needs no flush: only text waits, everything else Yrs hears of at once.

use std::collections::BTreeMap;

use serde_json::Value;
use yrs::TransactionMut;

use super::listing::Property;
use super::{
    Document, DocumentError, FileId, FileInfo, METADATA, Origin, begin, finish, read, settings,
};

impl Document {
    /// All files but the deleted ones, in their order.
    pub fn files(&self) -> Vec<FileInfo> {
        self.list(false)
    }

    /// The deleted files. Their texts are kept, so they can be restored.
    pub fn deleted_files(&self) -> Vec<FileInfo> {
        self.list(true)
    }

    fn list(&self, deleted: bool) -> Vec<FileInfo> {
        let txn = read(&self.doc);
        let language = self.settings.get(&txn, settings::LANGUAGE);
        self.listing.files(&txn, deleted, language.as_ref().and_then(Value::as_str))
    }

    /// Lists a new, empty file after all others. Take `id` from [`FileId::from_random`].
    pub fn create_file(
        &mut self,
        id: &FileId,
        name: &str,
        language: &str,
    ) -> Result<(), DocumentError> {
        self.change_metadata(|this, txn| this.listing.create(txn, id, name, language))
    }

    /// Gives a file another name: 1 to 64 characters, trimmed, no control characters.
    pub fn rename_file(&mut self, id: &FileId, name: &str) -> Result<(), DocumentError> {
        self.set_property(id, &Property::Name(name))
    }

    /// Sets a file's language.
    pub fn set_language(&mut self, id: &FileId, language: &str) -> Result<(), DocumentError> {
        self.set_property(id, &Property::Language(language))
    }

    /// Moves a file in the list. Between two neighbours, take the middle of their orders.
    pub fn move_file(&mut self, id: &FileId, order: f64) -> Result<(), DocumentError> {
        self.set_property(id, &Property::Order(order))
    }

    /// Hides a file. Its text stays, and so does what others type into it meanwhile.
    pub fn delete_file(&mut self, id: &FileId) -> Result<(), DocumentError> {
        self.set_property(id, &Property::Deleted(true))
    }

    /// Brings a deleted file back.
    pub fn restore_file(&mut self, id: &FileId) -> Result<(), DocumentError> {
        self.set_property(id, &Property::Deleted(false))
    }

    fn set_property(&mut self, id: &FileId, property: &Property<'_>) -> Result<(), DocumentError> {
        self.change_metadata(|this, txn| this.listing.set(txn, id, property))
    }

    /// All shared settings.
    pub fn settings(&self) -> BTreeMap<String, Value> {
        self.settings.all(&read(&self.doc))
    }

    /// One shared setting.
    pub fn setting(&self, key: &str) -> Option<Value> {
        self.settings.get(&read(&self.doc), key)
    }

    /// Sets a shared setting, of at most 16 KiB as JSON. The setting `language` is the language of
    /// files of which nobody said one.
    pub fn set_setting(&mut self, key: &str, value: &Value) -> Result<(), DocumentError> {
        self.change_metadata(|this, txn| this.settings.set(txn, key, value))
    }

    fn change_metadata(
        &mut self,
        change: impl FnOnce(&Self, &mut TransactionMut<'_>) -> Result<(), DocumentError>,
    ) -> Result<(), DocumentError> {
        self.events.admit()?;
        self.settle();
        // Else Yrs would use the clocks of edits that wait once more.
        self.flush();
        let mut txn = begin(&self.doc, METADATA);
        change(self, &mut txn)?;
        let update = finish(txn);
        self.told_by_yrs(update, Origin::Local);
        Ok(())
    }
}
