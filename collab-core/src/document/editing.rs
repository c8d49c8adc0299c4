//! A document's texts: edits and undo.

use super::index::{Contents, Index, Known, LocalUpdate};
use super::splice;
use super::text::{Text, Told};
use super::undo::Way;
use super::{Delta, Document, DocumentError, Event, FileId, Origin, Splice};

impl Document {
    /// A file's text. Empty for a file that nobody wrote into. Takes time in proportion to the
    /// document.
    pub fn text(&self, file: &FileId) -> String {
        let everything = self.store.everything();
        self.with_index(file, |index, known| Contents::of(&everything, known).text(index))
    }

    /// Length of a file's text. Takes no time if the file was edited or watched here.
    pub fn len(&self, file: &FileId) -> u32 {
        self.with_index(file, |index, _| index.len())
    }

    /// Whether a file was opened, edited or watched here.
    pub fn is_open(&self, file: &FileId) -> bool {
        self.opened(file).is_some()
    }

    /// Begins to report changes of a file's text, and returns the text that the first delta starts
    /// from.
    pub fn watch(&mut self, file: &FileId) -> String {
        self.open(file);
        let content = self.text(file);
        if let Some(text) = opened_mut(&mut self.texts, file) {
            text.watch(&content);
        }
        content
    }

    /// Stops reporting changes of a file's text.
    pub fn unwatch(&mut self, file: &FileId) {
        if let Some(text) = opened_mut(&mut self.texts, file) {
            text.unwatch();
        }
    }

    /// Changes a file's text, as one transaction. Nothing is changed if a splice is refused.
    pub fn edit(&mut self, file: &FileId, splices: &[Splice<'_>]) -> Result<(), DocumentError> {
        self.events.admit()?;
        self.open(file);
        let client = self.known.number(self.client);
        let Some(text) = opened_mut(&mut self.texts, file) else { return Ok(()) };
        let splices = text.check(file, splices)?;
        if splices.is_empty() {
            return Ok(());
        }
        let made = text.index.edit(&self.known, client, &splices);
        text.history.edited(self.now, &made);
        let is_watched = text.told_edit();
        self.publish(made);
        if is_watched {
            let delta = splice::to_delta(&splices);
            self.events.push(Event::Text { file: file.clone(), delta, origin: Origin::Local });
        }
        Ok(())
    }

    /// Keeps and emits what was done here.
    pub(super) fn publish(&mut self, made: LocalUpdate) {
        let (unit, len) = made.inserted;
        self.known.advance(unit.client, unit.clock + len);
        self.store.push(&made.update);
        self.events.push(Event::LocalUpdate(made.update.into()));
    }

    /// Undoes the last group of this replica's own edits in a file; edits of others stay. False if
    /// there was nothing to undo.
    pub fn undo(&mut self, file: &FileId) -> bool {
        self.travel(file, Way::Undo)
    }

    /// Does again what was undone last. False if there was nothing.
    pub fn redo(&mut self, file: &FileId) -> bool {
        self.travel(file, Way::Redo)
    }

    /// Takes steps until one of them changes something.
    fn travel(&mut self, file: &FileId, way: Way) -> bool {
        if self.events.admit().is_err() {
            return false;
        }
        let client = self.known.number(self.client);
        let Some(text) = opened_mut(&mut self.texts, file) else { return false };
        while let Some(step) = text.history.pop(way) {
            let everything = self.store.everything();
            let mut contents = Contents::of(&everything, &self.known);
            let redone = &mut text.history.redone;
            let made = text.index.travel(&self.known, client, &step, redone, &mut contents);
            if made.inserted.1 > 0 || !made.deleted.is_empty() {
                text.history.travelled(way, &made);
                drop(everything);
                self.publish(made);
                self.report_texts(Origin::Undo);
                return true;
            }
        }
        false
    }

    /// Whether there is something to undo in a file.
    pub fn can_undo(&self, file: &FileId) -> bool {
        self.opened(file).is_some_and(|text| !text.history.undo.is_empty())
    }

    /// Whether there is something to do again in a file.
    pub fn can_redo(&self, file: &FileId) -> bool {
        self.opened(file).is_some_and(|text| !text.history.redo.is_empty())
    }

    /// Makes the next edit of a file a group of its own for undo.
    pub fn stop_capturing(&mut self, file: &FileId) {
        if let Some(text) = opened_mut(&mut self.texts, file) {
            text.history.stop_capturing();
        }
    }

    /// Prepares a file's text, so that to edit it and to ask for positions in it takes no time.
    pub fn open(&mut self, file: &FileId) {
        if !self.is_open(file) {
            let (index, _) = self.index_of(file);
            self.texts.push((file.clone(), Text::new(index)));
        }
    }

    /// Looks at the index of a file's text, made for the occasion if the file is not open.
    pub(super) fn with_index<T>(&self, file: &FileId, look: impl FnOnce(&Index, &Known) -> T) -> T {
        if let Some(text) = self.opened(file) {
            return look(&text.index, &self.known);
        }
        let (index, known) = self.index_of(file);
        look(&index, &known)
    }

    pub(super) fn opened(&self, file: &FileId) -> Option<&Text> {
        self.texts.iter().find(|(opened, _)| opened == file).map(|(_, text)| text)
    }

    /// A new index of a file's text. Clients have the same numbers.
    fn index_of(&self, file: &FileId) -> (Index, Known) {
        let (mut index, mut known) = (Index::new(file.shared()), self.known.emptied());
        index.load(&self.store.everything(), &mut known);
        (index, known)
    }

    /// Reports what the indexes noted.
    pub(super) fn report_texts(&mut self, origin: Origin) {
        let mut unclear = Vec::new();
        for (file, text) in &mut self.texts {
            match text.take_delta() {
                Told::Nothing => {}
                Told::Delta(delta) => {
                    self.events.push(Event::Text { file: file.clone(), delta, origin });
                }
                Told::Unclear => unclear.push(file.clone()),
            }
        }
        for file in unclear {
            let content = self.text(&file);
            let Some(text) = opened_mut(&mut self.texts, &file) else { continue };
            let delta: Vec<Delta> = text.replacement(content);
            if !delta.is_empty() {
                self.events.push(Event::Text { file, delta, origin });
            }
        }
    }
}

/// Few files are open at a time.
fn opened_mut<'t>(texts: &'t mut [(FileId, Text)], file: &FileId) -> Option<&'t mut Text> {
    texts.iter_mut().find(|(opened, _)| opened == file).map(|(_, text)| text)
}
