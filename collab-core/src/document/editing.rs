//! A document's texts: edits and undo.

use yrs::ReadTxn;

use super::observed::Change;
use super::splice::{self, SafeSplice};
use super::text::{self, Text};
use super::{
    Document, DocumentError, Event, FileId, LOCAL, NO_TRANSACTION, Origin, Splice, begin, changes,
    read,
};

impl Document {
    /// A file's text. Empty for a file that nobody wrote into.
    pub fn text(&self, file: &FileId) -> String {
        if let Some(text) = self.loaded_text(file) {
            return text;
        }
        let txn = self.read();
        txn.get_text(file.shared()).map(|root| text::read(&root, &txn)).unwrap_or_default()
    }

    /// Length of a file's text.
    pub fn len(&self, file: &FileId) -> u32 {
        use yrs::Text as _;
        if let Some(index) = self.texts.get(file).and_then(Text::sound_index) {
            return index.len();
        }
        let txn = self.read();
        txn.get_text(file.shared()).map_or(0, |root| root.len(&txn))
    }

    /// Begins to report changes of a file's text, and returns the text that the first delta starts
    /// from.
    pub fn watch(&mut self, file: &FileId) -> String {
        self.settle();
        self.open(file);
        let content = self.text(file);
        if let Some(text) = self.texts.get_mut(file) {
            text.watch(&content);
        }
        content
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
        self.settle();
        self.open(file);
        let Some(text) = self.texts.get(file) else { return Ok(()) };
        let splices = text.check(splices, self.len(file))?;
        if splices.is_empty() {
            return Ok(());
        }
        self.begin_edit(file);
        if self.texts.get(file).is_some_and(Text::is_lazy) {
            self.edit_index(file, &splices);
        } else {
            self.edit_yrs(file, &splices)?;
        }
        Ok(())
    }

    /// Lets what was edited before reach Yrs' undo manager, if that must not be undone together.
    fn begin_edit(&mut self, file: &FileId) {
        let Some(text) = self.texts.get_mut(file) else { return };
        let begins_group = text.history.edit(self.now);
        let is_other = self.queue_mut().local_file().is_some_and(|waiting| waiting != file);
        if begins_group || is_other {
            self.flush_own();
        }
        if begins_group && let Some(text) = self.texts.get_mut(file) {
            text.history.end_group();
        }
    }

    /// Edits the index, makes the update by hand, and lets Yrs know later.
    fn edit_index(&mut self, file: &FileId, splices: &[SafeSplice<'_>]) {
        let client = self.known.number(self.client());
        let Some(text) = self.texts.get_mut(file) else { return };
        let clock = self.known.next(client);
        let made = text.index.edit(&self.known, client, splices);
        text.told_edit();
        let is_watched = text.is_watched();
        let needs_remote = self.queue_mut().holds_remote(client, &made.depends_on);
        if !self.queue_mut().admits_local(needs_remote) {
            self.flush_before();
        }
        self.known.advance(client, made.clock);
        self.queue_mut().push_local(file, clock, &made.update, needs_remote);
        self.emit(made.update);
        if is_watched {
            let delta = splice::to_delta(splices);
            self.events.push(Event::Text { file: file.clone(), delta, origin: Origin::Local });
        }
        self.flush_if_urgent();
    }

    /// Edits in Yrs, and lets the index follow.
    fn edit_yrs(&mut self, file: &FileId, splices: &[SafeSplice<'_>]) -> Result<(), DocumentError> {
        self.flush();
        let Some(text) = self.texts.get(file) else { return Ok(()) };
        if text.sound_index().is_none() && !text.is_whole(&read(&self.doc)) {
            return Err(DocumentError::ForeignContent(file.clone()));
        }
        let mut txn = begin(&self.doc, LOCAL);
        text.edit_in_yrs(&mut txn, splices);
        // Marks that the commit deletes belong to the update.
        txn.commit();
        let update = changes(&txn);
        drop(txn);
        self.told_by_yrs(update, Origin::Local);
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
        if !self.texts.contains_key(file) || self.events.admit().is_err() {
            return false;
        }
        self.settle();
        self.flush();
        let observed = self.observed.clone();
        // Undo makes its own transaction, so its update can only be observed. An observer that
        // stays would encode every remote update again, too.
        self.doc
            .observe_update_v1(LOCAL, move |_, event| {
                observed.note(Change::Update(event.update.clone()));
            })
            .expect(NO_TRANSACTION);
        let done = self.texts.get_mut(file).is_some_and(step);
        self.doc.unobserve_update_v1(LOCAL).expect(NO_TRANSACTION);
        for change in self.observed.take() {
            match change {
                Change::Update(update) => self.told_by_yrs(Some(update), Origin::Undo),
                other => self.observed.note(other),
            }
        }
        self.report();
        done
    }

    /// Whether there is something to undo in a file.
    pub fn can_undo(&self, file: &FileId) -> bool {
        self.flush_own();
        self.texts.get(file).is_some_and(|text| text.history.can_undo())
    }

    /// Whether there is something to do again in a file.
    pub fn can_redo(&self, file: &FileId) -> bool {
        self.flush_own();
        self.texts.get(file).is_some_and(|text| text.history.can_redo())
    }

    /// Makes the next edit of a file a group of its own for undo.
    pub fn stop_capturing(&mut self, file: &FileId) {
        self.flush_own();
        if let Some(text) = self.texts.get_mut(file) {
            text.history.stop_capturing();
        }
    }

    /// Prepares a file's text for edits.
    fn open(&mut self, file: &FileId) {
        if self.texts.contains_key(file) {
            return;
        }
        let mut text = Text::open(&self.doc, file.clone());
        if let Some((index, known)) = self.loaded_index(file) {
            text.adopt_index(index);
            self.known = known;
            self.texts.insert(file.clone(), text);
            return;
        }
        self.flush();
        let (mut indexes, known) = self.indexes_of_state(vec![file.clone()]);
        let txn = read(&self.doc);
        self.is_gapped |= super::feed::has_holes(&txn, &known);
        if let Some(index) = indexes.pop() {
            text.replace_index(index, &txn);
        }
        drop(txn);
        self.queue().clear(&known);
        self.known = known;
        self.texts.insert(file.clone(), text);
    }
}
