//! The reference: which edits were made, and which of them must never be lost.

use bytes::Bytes;
use collab_core::log::{Checked, check};

use super::store::Contents;

/// One edit of one client.
struct Edit {
    client: usize,
    checked: Checked,
    fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Its author lives, or has it in offline storage: must be there in the end.
    Kept,
    /// Its author was told that it is durable: must be in the store from then on.
    Durable,
    /// Its author crashed and had no storage: may be there.
    Forgettable,
}

#[derive(Default)]
pub(crate) struct Model {
    edits: Vec<Edit>,
}

impl Model {
    pub(crate) fn edited(&mut self, client: usize, update: &Bytes) {
        let checked = check(update, usize::MAX).expect("own edits pass the check");
        self.edits.push(Edit { client, checked, fate: Fate::Kept });
    }

    /// A client was told that all its edits are durable. `stored` reads what is in the store.
    pub(crate) fn saved(&mut self, client: usize, stored: impl FnOnce() -> Contents) {
        let mut told = self.kept_of(client).peekable();
        if told.peek().is_none() {
            return;
        }
        let stored = stored();
        for edit in told {
            let checked = &edit.checked;
            assert!(stored.has(checked), "client {client} was told a lie: {checked:?}");
            edit.fate = Fate::Durable;
        }
    }

    /// A client lost its memory.
    pub(crate) fn crashed(&mut self, client: usize) {
        self.kept_of(client).for_each(|edit| edit.fate = Fate::Forgettable);
    }

    fn kept_of(&mut self, client: usize) -> impl Iterator<Item = &mut Edit> {
        let kept = move |edit: &&mut Edit| edit.client == client && edit.fate == Fate::Kept;
        self.edits.iter_mut().filter(kept)
    }

    /// Nothing that was durable is missing in the store.
    pub(crate) fn check_store(&self, stored: &Contents) {
        let durable = self.edits.iter().filter(|edit| edit.fate == Fate::Durable);
        for edit in durable {
            assert!(stored.has(&edit.checked), "the store lost {:?}", edit.checked);
        }
    }

    /// Nothing is missing that must be there in the end.
    pub(crate) fn check_end(&self, what: &str, contents: &Contents) {
        for edit in self.edits.iter().filter(|edit| edit.fate != Fate::Forgettable) {
            assert!(
                contents.has(&edit.checked),
                "{what} lacks an edit of client {} ({:?}): {:?}",
                edit.client,
                edit.fate,
                edit.checked
            );
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.edits.len()
    }
}
