//! What the document tests share.

use bytes::Bytes;
use collab_core::document::{Document, Event, FileId, Splice};

/// A splice, briefly.
pub(crate) fn splice(at: u32, delete: u32, insert: &str) -> Splice<'_> {
    Splice { at, delete, insert }
}

/// Inserts `text`; must succeed.
pub(crate) fn insert(document: &mut Document, file: &FileId, at: u32, text: &str) {
    document.edit(file, &[splice(at, 0, text)]).expect("a valid edit");
}

/// Polls all events and keeps the updates among them.
pub(crate) fn updates(document: &mut Document) -> Vec<Bytes> {
    std::iter::from_fn(|| document.poll_event())
        .filter_map(|event| match event {
            Event::LocalUpdate(update) => Some(update),
            _ => None,
        })
        .collect()
}
