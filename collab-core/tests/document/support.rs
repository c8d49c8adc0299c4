//! What the document tests share.

use bytes::Bytes;
use collab_core::document::{Delta, Document, Event, FileId, Splice};

/// A splice, briefly.
pub(crate) fn splice(at: u32, delete: u32, insert: &str) -> Splice<'_> {
    Splice { at, delete, insert }
}

/// Inserts `text`; must succeed.
pub(crate) fn insert(document: &mut Document, file: &FileId, at: u32, text: &str) {
    document.edit(file, &[splice(at, 0, text)]).expect("a valid edit");
}

/// Polls all events.
pub(crate) fn events(document: &mut Document) -> Vec<Event> {
    std::iter::from_fn(|| document.poll_event()).collect()
}

/// Polls all events and keeps the updates among them.
pub(crate) fn updates(document: &mut Document) -> Vec<Bytes> {
    let updates = events(document).into_iter().filter_map(|event| match event {
        Event::LocalUpdate(update) => Some(update),
        _ => None,
    });
    updates.collect()
}

/// Brings what `from` did since the last call to `to`.
pub(crate) fn send(from: &mut Document, to: &mut Document) {
    for update in updates(from) {
        to.apply(&update).expect("an update of ours");
    }
}

/// Carries out a delta on a text of its own.
pub(crate) fn replay(text: &mut Vec<u16>, delta: &[Delta]) {
    let mut position = 0;
    for op in delta {
        match op {
            Delta::Retain(units) => position += *units as usize,
            Delta::Delete(units) => drop(text.drain(position..position + *units as usize)),
            Delta::Insert(inserted) => {
                let units: Vec<u16> = inserted.encode_utf16().collect();
                let end = position + units.len();
                text.splice(position..position, units);
                position = end;
            }
        }
    }
}
