//! A room's document: named text files and shared settings, compatible with Yjs.
//!
//! A [`Document`] turns edits into updates and remote updates into deltas, keeps undo to one's own
//! edits, and makes positions sticky. It never sends anything and knows no time but
//! [`Document::set_now`]: whoever drives it (the browser's binding, a native client, a simulation)
//! polls its [`Event`]s. The content's shape is the contract with stock Yjs clients:
//!
//! | root | type | content |
//! |---|---|---|
//! | a [`FileId`]: `main`, `f` + 15 characters | `Y.Text` | the file's text, LF only |
//! | `files` | `Y.Map` | `{id}.name`, `{id}.language`, `{id}.order`, `{id}.deleted` |
//! | `settings` | `Y.Map` | what everybody shares |
//!
//! Offsets and lengths are UTF-16 code units. No edit splits a surrogate pair.
//!
//! ```
//! use collab_core::document::{Document, Event, FileId, Splice};
//!
//! # fn main() -> Result<(), collab_core::document::DocumentError> {
//! let (mut alice, mut bob) = (Document::new(1), Document::new(2));
//! let main = FileId::main();
//! alice.edit(&main, &[Splice { at: 0, delete: 0, insert: "fn main() {}" }])?;
//! while let Some(event) = alice.poll_event() {
//!     if let Event::LocalUpdate(update) = event {
//!         bob.apply(&update)?; // in life: sent by a `sync::Session`
//!     }
//! }
//! assert_eq!(bob.text(&main), "fn main() {}");
//! assert!(alice.undo(&main) && alice.text(&main).is_empty());
//! # Ok(())
//! # }
//! ```

mod any;
mod editing;
mod error;
mod event;
mod file;
mod held_back;
mod index;
mod listing;
mod metadata;
mod nesting;
mod positions;
mod registers;
mod replica;
#[cfg(test)]
mod sessions;
mod settings;
mod splice;
mod sticky;
mod sticky_json;
mod store;
mod text;
mod undo;

pub use error::DocumentError;
pub use event::{Delta, EVENTS_MAX, Event, Origin};
pub use file::{FileId, FileInfo, NAME_MAX_CHARS};
pub use splice::Splice;
pub use sticky::{Assoc, ItemId, StickyPosition};

use bytes::Bytes;

use crate::Timestamp;
use event::Events;
use index::Known;
use nesting::Nesting;
use registers::Registers;
use store::Store;
use text::Text;

/// A replica of one room's content.
pub struct Document {
    client: u64,
    /// Everything that was edited here or arrived, but for what is held back.
    store: Store,
    /// What `store` holds.
    known: Known,
    registers: Registers,
    /// Only the files that were edited or watched here; the others cost nothing.
    texts: Vec<(FileId, Text)>,
    /// What builds on something that is missing, as one update.
    held_back: Option<Bytes>,
    nesting: Nesting,
    now: Timestamp,
    events: Events,
}

impl Document {
    /// An empty replica. `client` identifies it in every edit: draw 31 to 53 random bits for each
    /// replica and never use them again, since two replicas with one ID destroy each other's work.
    pub fn new(client: u64) -> Self {
        Self {
            client: client & crate::wire::VAR_UINT_MAX,
            store: Store::default(),
            known: Known::default(),
            registers: Registers::default(),
            texts: Vec::new(),
            held_back: None,
            nesting: Nesting::default(),
            now: Timestamp::default(),
            events: Events::default(),
        }
    }

    /// The ID that this replica's edits carry.
    pub const fn client(&self) -> u64 {
        self.client
    }

    /// Tells the time; edits less than 500 ms apart are undone together. Time never goes back.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    /// The next thing that happened. Poll until `None` after every call that takes `&mut self`.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop()
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("client", &self.client()).finish_non_exhaustive()
    }
}
