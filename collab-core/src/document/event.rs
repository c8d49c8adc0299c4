//! What a document tells its owner, in order.

use std::collections::VecDeque;

use bytes::Bytes;

use super::{DocumentError, FileId};

/// As many events may wait to be polled. Reaching it refuses further changes with
/// [`DocumentError::EventsPending`]: an event is never dropped, since an update would be lost.
pub const EVENTS_MAX: usize = 65_536;

/// Something that happened to a [`super::Document`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// This replica changed the document: a v1 update to send and to keep. One per transaction.
    LocalUpdate(Bytes),
    /// The text of a watched file changed.
    Text {
        /// The file.
        file: FileId,
        /// From the text before to the text after.
        delta: Vec<Delta>,
        /// Who changed it.
        origin: Origin,
    },
    /// The list of files changed: a name, a language, an order, a deletion.
    Files,
    /// A shared setting changed.
    Setting {
        /// Its key.
        key: String,
    },
}

/// Who changed a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// [`super::Document::edit`].
    Local,
    /// [`super::Document::apply`].
    Remote,
    /// [`super::Document::undo`] or [`super::Document::redo`].
    Undo,
}

/// One step from an old text to a new one. Lengths are UTF-16 code units.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Delta {
    /// Keep as many units.
    Retain(u32),
    /// Insert this here.
    Insert(String),
    /// Remove as many units.
    Delete(u32),
}

/// Events that wait to be polled.
#[derive(Debug, Default)]
pub(super) struct Events {
    queue: VecDeque<Event>,
}

impl Events {
    /// Refuses a change while too many events wait.
    pub(super) fn admit(&self) -> Result<(), DocumentError> {
        if self.queue.len() < EVENTS_MAX { Ok(()) } else { Err(DocumentError::EventsPending) }
    }

    /// Queues an event. `Files` and `Setting` carry no content, so a second one in a row says
    /// nothing new.
    pub(super) fn push(&mut self, event: Event) {
        let repeats = matches!(event, Event::Files | Event::Setting { .. })
            && self.queue.back() == Some(&event);
        if !repeats {
            self.queue.push_back(event);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Event> {
        self.queue.pop_front()
    }
}
