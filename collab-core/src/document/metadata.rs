//! A document's files and settings. None of it can be undone: it is everybody's.

use std::collections::BTreeMap;

use serde_json::Value;

use super::listing::{self, Property};
use super::registers::Root;
use super::{Document, DocumentError, Event, FileId, FileInfo, settings};

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
        let language = self.setting(settings::LANGUAGE);
        listing::files(&self.registers, deleted, language.as_ref().and_then(Value::as_str))
    }

    /// Lists a new, empty file after all others. Take `id` from [`FileId::from_random`].
    pub fn create_file(
        &mut self,
        id: &FileId,
        name: &str,
        language: &str,
    ) -> Result<(), DocumentError> {
        let values = listing::created(&self.registers, id, name, language)?;
        self.set(Root::Files, &values)
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
        let value = listing::changed(&self.registers, id, property)?;
        self.set(Root::Files, &[value])
    }

    /// All shared settings.
    pub fn settings(&self) -> BTreeMap<String, Value> {
        let mut all = BTreeMap::new();
        let settings = self.registers.values(Root::Settings);
        all.extend(settings.map(|(key, value)| (key.to_owned(), value)));
        all
    }

    /// One shared setting.
    pub fn setting(&self, key: &str) -> Option<Value> {
        self.registers.get(Root::Settings, key)
    }

    /// Sets a shared setting, of at most 16 KiB as JSON. The setting `language` is the language of
    /// files of which nobody said one.
    pub fn set_setting(&mut self, key: &str, value: &Value) -> Result<(), DocumentError> {
        let key = settings::check(key, value)?;
        self.set(Root::Settings, &[(key.to_owned(), value.clone())])
    }

    fn set(&mut self, root: Root, values: &[(String, Value)]) -> Result<(), DocumentError> {
        self.events.admit()?;
        let client = self.known.number(self.client);
        if let Some(made) = self.registers.set(root, values, &self.known, client) {
            self.publish(made);
            self.report_registers();
        }
        Ok(())
    }

    /// Reports which registers changed.
    pub(super) fn report_registers(&mut self) {
        for (root, key) in self.registers.take_changed() {
            self.events.push(match root {
                Root::Files => Event::Files,
                Root::Settings => Event::Setting { key },
            });
        }
    }
}
