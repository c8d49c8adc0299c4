//! How a program uses a `Document`: watches a file, applies what arrives, takes the deltas.

use collab_core::document::{Document, Event, FileId};

/// Applies updates one by one and takes every delta; returns the document.
///
/// # Panics
///
/// If an update is refused.
pub fn follow(updates: &[Vec<u8>]) -> Document {
    let mut document = Document::new(u64::from(u32::MAX));
    document.watch(&FileId::main());
    for update in updates {
        document.apply(update).expect("an update of its own kind");
        drain(&mut document);
    }
    document
}

/// A document that was loaded from one update, with the default file watched.
///
/// # Panics
///
/// If the update is refused.
pub fn opened(snapshot: &[u8]) -> Document {
    let mut document = Document::new(u64::from(u32::MAX));
    document.watch(&FileId::main());
    document.apply(snapshot).expect("a snapshot");
    drain(&mut document);
    document
}

/// Loads one update and returns the text of the default file.
///
/// # Panics
///
/// If the update is refused.
pub fn load(snapshot: &[u8]) -> String {
    let mut document = Document::new(u64::from(u32::MAX));
    document.apply(snapshot).expect("a snapshot");
    document.text(&FileId::main())
}

/// Takes all events, as a user interface does; returns how many there were.
pub fn drain(document: &mut Document) -> usize {
    let mut events = 0;
    while let Some(event) = document.poll_event() {
        events += usize::from(matches!(event, Event::Text { .. } | Event::LocalUpdate(_)));
    }
    events
}
