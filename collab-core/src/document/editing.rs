//! A document's texts: edits, undo, positions.

use std::collections::HashMap;

use yrs::{Doc, ReadTxn, Text as _};

use super::observed::Change;
use super::text::{self, Text};
use super::undo::EditClock;
use super::{
    Assoc, Document, DocumentError, Event, FileId, LOCAL, NO_TRANSACTION, Origin, Splice,
    StickyPosition, begin, finish, read,
};

impl Document {
    /// A file's text. Empty for a file that nobody wrote into.
    pub fn text(&self, file: &FileId) -> String {
        let txn = self.read();
        txn.get_text(file.shared()).map(|root| text::read(&root, &txn)).unwrap_or_default()
    }

    /// Length of a file's text.
    pub fn len(&self, file: &FileId) -> u32 {
        let txn = self.read();
        txn.get_text(file.shared()).map_or(0, |root| root.len(&txn))
    }

    /// Begins to report changes of a file's text, and returns the text that the first delta starts
    /// from. Only watched files are observed, since each remote change of one costs a walk.
    pub fn watch(&mut self, file: &FileId) -> String {
        let observed = self.observed.clone();
        let text = open(&mut self.texts, &self.doc, &self.clock, file);
        text.watch(&read(&self.doc), &observed)
    }

    /// Stops reporting changes of a file's text.
    pub fn unwatch(&mut self, file: &FileId) {
        if let Some(text) = self.texts.get_mut(file) {
            text.unwatch();
        }
    }

    /// Changes a file's text, as one transaction. Nothing is changed if a splice is refused.
    pub fn edit(&mut self, file: &FileId, splices: &[Splice<'_>]) -> Result<(), DocumentError> {
        self.events.admit()?;
        let text = open(&mut self.texts, &self.doc, &self.clock, file);
        let watched = text.is_watched();
        let mut txn = begin(&self.doc, LOCAL);
        let delta = text.edit(&mut txn, splices)?;
        let update = finish(txn);
        self.emit(update);
        if watched && !delta.is_empty() {
            self.events.push(Event::Text { file: file.clone(), delta, origin: Origin::Local });
        }
        Ok(())
    }

    /// Undoes the last group of this replica's own edits in a file; edits of others stay. False if
    /// there was nothing to undo.
    pub fn undo(&mut self, file: &FileId) -> bool {
        self.travel(file, |text| text.history.undo())
    }

    /// Does again what was undone last. False if there was nothing.
    pub fn redo(&mut self, file: &FileId) -> bool {
        self.travel(file, |text| text.history.redo())
    }

    fn travel(&mut self, file: &FileId, step: impl FnOnce(&mut Text) -> bool) -> bool {
        let Some(text) = self.texts.get_mut(file) else {
            return false;
        };
        if self.events.admit().is_err() {
            return false;
        }
        let observed = self.observed.clone();
        // Undo makes its own transaction, so its update can only be observed. An observer that
        // stays would encode every remote update again, too.
        self.doc
            .observe_update_v1(LOCAL, move |_, event| {
                observed.note(Change::Update(event.update.clone()));
            })
            .expect(NO_TRANSACTION);
        let done = step(text);
        self.doc.unobserve_update_v1(LOCAL).expect(NO_TRANSACTION);
        text.forget_content();
        self.report(Origin::Undo);
        done
    }

    /// Whether there is something to undo in a file.
    pub fn can_undo(&self, file: &FileId) -> bool {
        self.texts.get(file).is_some_and(|text| text.history.can_undo())
    }

    /// Whether there is something to do again in a file.
    pub fn can_redo(&self, file: &FileId) -> bool {
        self.texts.get(file).is_some_and(|text| text.history.can_redo())
    }

    /// Makes the next edit of a file a group of its own for undo.
    pub fn stop_capturing(&mut self, file: &FileId) {
        if let Some(text) = self.texts.get_mut(file) {
            text.history.stop_capturing();
        }
    }

    /// A position that stays with its neighbours. `None` beyond the end of the text.
    pub fn sticky(&self, file: &FileId, offset: u32, assoc: Assoc) -> Option<StickyPosition> {
        let txn = self.read();
        match txn.get_text(file.shared()) {
            Some(root) => text::sticky(file, &root, &txn, offset, assoc),
            None => (offset == 0).then(|| StickyPosition::edge(file, assoc)),
        }
    }

    /// Where a position lies now. `None` if it names nothing that this replica has, or no file.
    pub fn offset(&self, position: &StickyPosition) -> Option<(FileId, u32)> {
        if let Some(item) = position.item {
            return StickyPosition::resolve_item(&self.read(), item, position.assoc);
        }
        let file = position.file()?;
        let offset = match position.assoc {
            Assoc::After => self.len(&file),
            Assoc::Before => 0,
        };
        Some((file, offset))
    }
}

/// The text of a file, prepared for edits.
fn open<'a>(
    texts: &'a mut HashMap<FileId, Text>,
    doc: &Doc,
    clock: &EditClock,
    file: &FileId,
) -> &'a mut Text {
    texts.entry(file.clone()).or_insert_with(|| Text::open(doc, file.clone(), clock))
}
