//! A client's calls that read and change files, texts and settings.

use collab_core::document::{Document, DocumentError, FileId, FileInfo, Splice};
use collab_core::wire::Access;
use js_sys::Array;
use serde_json::Value;
use wasm_bindgen::prelude::*;

use crate::client::Client;
use crate::error::Code;
use crate::time::timestamp;

type Done = Result<(), JsValue>;

/// One file's text. `file` is what [`Client::open`] gave.
#[wasm_bindgen]
impl Client {
    /// A number for the file, to speak of its text with.
    pub fn open(&mut self, file: &str) -> Result<u32, JsValue> {
        let id = parse(file)?;
        let known = self.files.iter().position(|known| *known == id);
        Ok(known.unwrap_or_else(|| {
            self.document.open(&id);
            self.files.push(id);
            self.files.len() - 1
        }) as u32)
    }

    /// Applies `splices`: `(at, delete, insertLength)*`, all inserted texts end to end in `text`.
    pub fn edit(&mut self, now: f64, file: u32, splices: &[u32], text: &str) -> Done {
        let splices = read_splices(splices, text)?;
        self.change_text(now, file, |document, file| document.edit(file, &splices))
    }

    /// [`Client::edit`] with a single splice, as most edits are.
    pub fn splice(&mut self, now: f64, file: u32, at: u32, delete: u32, insert: &str) -> Done {
        let splice = Splice { at, delete, insert };
        self.change_text(now, file, |document, file| document.edit(file, &[splice]))
    }

    /// Takes back this client's last edits of a file; false if there are none.
    pub fn undo(&mut self, now: f64, file: u32) -> Result<bool, JsValue> {
        self.change_text(now, file, |document, file| Ok(document.undo(file)))
    }

    /// Does again what was undone last; false if there is nothing.
    pub fn redo(&mut self, now: f64, file: u32) -> Result<bool, JsValue> {
        self.change_text(now, file, |document, file| Ok(document.redo(file)))
    }

    /// Whether [`Client::undo`] would do something.
    #[wasm_bindgen(js_name = canUndo)]
    pub fn can_undo(&self, file: u32) -> Result<bool, JsValue> {
        Ok(self.document.can_undo(self.file(file)?))
    }

    /// Whether [`Client::redo`] would do something.
    #[wasm_bindgen(js_name = canRedo)]
    pub fn can_redo(&self, file: u32) -> Result<bool, JsValue> {
        Ok(self.document.can_redo(self.file(file)?))
    }

    /// The next edit starts a new undo step.
    #[wasm_bindgen(js_name = stopCapturing)]
    pub fn stop_capturing(&mut self, file: u32) -> Done {
        let file = self.file(file)?.clone();
        self.document.stop_capturing(&file);
        Ok(())
    }

    /// A file's text.
    pub fn text(&self, file: u32) -> Result<String, JsValue> {
        Ok(self.document.text(self.file(file)?))
    }

    /// Its length in UTF-16 code units.
    pub fn length(&self, file: u32) -> Result<u32, JsValue> {
        Ok(self.document.len(self.file(file)?))
    }

    /// Changes of this file are reported from now on.
    pub fn watch(&mut self, file: u32) -> Done {
        let file = self.file(file)?.clone();
        drop(self.document.watch(&file));
        Ok(())
    }

    /// Changes of this file are reported no more.
    pub fn unwatch(&mut self, file: u32) -> Done {
        let file = self.file(file)?.clone();
        self.document.unwatch(&file);
        Ok(())
    }
}

/// The list of files, and settings.
#[wasm_bindgen]
impl Client {
    /// `(id, name, language, order)*`, without deleted ones, in order.
    pub fn files(&self) -> Array {
        to_js(&self.document.files())
    }

    /// The same of deleted files.
    #[wasm_bindgen(js_name = deletedFiles)]
    pub fn deleted_files(&self) -> Array {
        to_js(&self.document.deleted_files())
    }

    /// Appends a file and returns its ID, which is made from 16 random bytes. `language` defaults
    /// to the room's.
    #[wasm_bindgen(js_name = createFile)]
    pub fn create_file(
        &mut self,
        now: f64,
        random: &[u8],
        name: &str,
        language: Option<String>,
    ) -> Result<String, JsValue> {
        let random = random.try_into().map_err(|_| Code::OUT_OF_RANGE)?;
        let id = FileId::from_random(u128::from_le_bytes(random));
        let language = language.unwrap_or_else(|| self.default_language());
        self.change(now, |client| client.document.create_file(&id, name, &language))?;
        Ok(id.as_str().to_owned())
    }

    /// Gives a file another name.
    #[wasm_bindgen(js_name = renameFile)]
    pub fn rename_file(&mut self, now: f64, file: &str, name: &str) -> Done {
        let file = parse(file)?;
        self.change(now, |client| client.document.rename_file(&file, name))
    }

    /// Gives a file another language.
    #[wasm_bindgen(js_name = setFileLanguage)]
    pub fn set_file_language(&mut self, now: f64, file: &str, language: &str) -> Done {
        let file = parse(file)?;
        self.change(now, |client| client.document.set_language(&file, language))
    }

    /// Gives a file another place in the list.
    #[wasm_bindgen(js_name = moveFile)]
    pub fn move_file(&mut self, now: f64, file: &str, order: f64) -> Done {
        let file = parse(file)?;
        self.change(now, |client| client.document.move_file(&file, order))
    }

    /// Hides a file; its text stays.
    #[wasm_bindgen(js_name = removeFile)]
    pub fn remove_file(&mut self, now: f64, file: &str) -> Done {
        let file = parse(file)?;
        self.change(now, |client| client.document.delete_file(&file))
    }

    /// Shows a file again.
    #[wasm_bindgen(js_name = restoreFile)]
    pub fn restore_file(&mut self, now: f64, file: &str) -> Done {
        let file = parse(file)?;
        self.change(now, |client| client.document.restore_file(&file))
    }

    /// A shared setting as JSON.
    pub fn setting(&self, key: &str) -> Option<String> {
        serde_json::to_string(&self.document.setting(key)?).ok()
    }

    /// Changes a shared setting; `json` is its new value.
    #[wasm_bindgen(js_name = setSetting)]
    pub fn set_setting(&mut self, now: f64, key: &str, json: &str) -> Done {
        let value = serde_json::from_str(json).map_err(|_| Code::SETTING_INVALID)?;
        self.change(now, |client| client.document.set_setting(key, &value))
    }
}

impl Client {
    fn file(&self, number: u32) -> Result<&FileId, Code> {
        self.files.get(number as usize).ok_or(Code::FILE_UNKNOWN)
    }

    fn change_text<T>(
        &mut self,
        now: f64,
        file: u32,
        run: impl FnOnce(&mut Document, &FileId) -> Result<T, DocumentError>,
    ) -> Result<T, JsValue> {
        let file = self.file(file)?.clone();
        self.change(now, |client| run(&mut client.document, &file))
    }

    fn default_language(&self) -> String {
        let shared = self.document.setting("language");
        shared.as_ref().and_then(Value::as_str).unwrap_or("plaintext").to_owned()
    }

    /// Runs a change of the document, unless the grant forbids it, and passes on what follows.
    fn change<T>(
        &mut self,
        now: f64,
        run: impl FnOnce(&mut Self) -> Result<T, DocumentError>,
    ) -> Result<T, JsValue> {
        if self.session.status().access != Access::Write {
            return Err(Code::READ_ONLY.into());
        }
        let now = timestamp(now);
        self.document.set_now(now);
        let result = run(self).map_err(Code::from)?;
        self.settle(now);
        Ok(result)
    }
}

fn parse(file: &str) -> Result<FileId, Code> {
    FileId::parse(file).map_err(Code::from)
}

/// Cuts `text` by UTF-16 lengths.
fn read_splices<'a>(numbers: &[u32], text: &'a str) -> Result<Vec<Splice<'a>>, Code> {
    let mut rest = text;
    let (triples, excess) = numbers.as_chunks::<3>();
    if !excess.is_empty() {
        return Err(Code::OUT_OF_RANGE);
    }
    let mut splices = Vec::with_capacity(triples.len());
    for [at, delete, length] in triples {
        let (insert, tail) = rest.split_at(utf8_len(rest, *length).ok_or(Code::OUT_OF_RANGE)?);
        splices.push(Splice { at: *at, delete: *delete, insert });
        rest = tail;
    }
    Ok(splices)
}

/// How many bytes the first `units` UTF-16 code units of `text` take; `None` if it is shorter, or
/// if a surrogate pair would be cut.
fn utf8_len(text: &str, units: u32) -> Option<usize> {
    let mut left = units;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return Some(at);
        }
        left = left.checked_sub(c.len_utf16() as u32)?;
    }
    (left == 0).then_some(text.len())
}

fn to_js(files: &[FileInfo]) -> Array {
    let values = files.iter().flat_map(|file| {
        let FileInfo { id, name, language, order } = file;
        [
            JsValue::from_str(id.as_str()),
            JsValue::from_str(name),
            JsValue::from_str(language),
            JsValue::from_f64(*order),
        ]
    });
    values.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splices_take_their_text_by_utf16_length() {
        let splices = read_splices(&[0, 1, 2, 5, 0, 3], "😀añb").map_err(|_| "refused").unwrap();
        let inserted: Vec<_> = splices.iter().map(|splice| (splice.at, splice.insert)).collect();
        assert_eq!(inserted, [(0, "😀"), (5, "añb")]);
    }

    #[test]
    fn splices_that_do_not_fit_their_text_are_refused() {
        for numbers in [&[0, 0, 1][..], &[0, 0, 3], &[0, 0]] {
            assert!(read_splices(numbers, "😀").is_err(), "{numbers:?}");
        }
    }
}
