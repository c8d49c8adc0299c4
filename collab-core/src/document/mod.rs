//! A room's document: named text files and shared settings, on Yrs.
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

mod editing;
mod error;
mod event;
mod feed;
mod file;
mod held_back;
mod index;
mod integrate;
mod listing;
mod load;
mod metadata;
mod nesting;
mod observed;
mod positions;
mod queue;
mod replica;
#[cfg(test)]
mod sessions;
mod settings;
mod splice;
mod sticky;
mod sticky_json;
mod text;
mod undo;

pub use error::DocumentError;
pub use event::{Delta, EVENTS_MAX, Event, Origin};
pub use file::{FileId, FileInfo, NAME_MAX_CHARS};
pub use splice::Splice;
pub use sticky::{Assoc, ItemId, StickyPosition};

use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use yrs::{ClientID, Doc, OffsetKind, Options, Transact, Transaction, TransactionMut};

use crate::Timestamp;
use event::Events;
use index::Known;
use listing::Listing;
use nesting::Nesting;
use observed::{Change, Observed};
use queue::Queue;
use settings::Settings;
use text::Text;

/// Origin of edits that can be undone.
const LOCAL: &str = "local";
/// Origin of own changes that cannot be undone: the list of files, settings.
const METADATA: &str = "metadata";
/// Origin of everything that others did.
const REMOTE: &str = "remote";

/// A replica of one room's content.
pub struct Document {
    doc: Doc,
    listing: Listing,
    settings: Settings,
    /// Only the files that were edited or watched here; the others cost nothing.
    texts: BTreeMap<FileId, Text>,
    /// What the texts' indexes know, waiting changes included.
    known: Known,
    queue: Mutex<Queue>,
    /// Something that was sent is missing between what is there: only Yrs knows what that means.
    is_gapped: bool,
    /// Structs of others that build on something that is missing, as one update.
    held_back: Option<Bytes>,
    nesting: Nesting,
    /// Something waits that no index knows, so nobody can see it before Yrs does.
    has_foreign_changes: bool,
    now: Timestamp,
    observed: Observed,
    events: Events,
}

impl Document {
    /// An empty replica. `client` identifies it in every edit: draw 31 to 53 random bits for each
    /// replica and never use them again, since two replicas with one ID destroy each other's work.
    pub fn new(client: u64) -> Self {
        let client = client & crate::wire::VAR_UINT_MAX;
        let doc = Doc::with_options(Options {
            offset_kind: OffsetKind::Utf16,
            ..Options::with_guid_and_client_id("collab".into(), ClientID::new(client))
        });
        let observed = Observed::default();
        let listing = Listing::new(doc.get_or_insert_map(listing::FILES), observed.clone());
        let settings = Settings::new(doc.get_or_insert_map(settings::SETTINGS), observed.clone());
        Self {
            doc,
            listing,
            settings,
            texts: BTreeMap::new(),
            known: Known::default(),
            queue: Mutex::default(),
            is_gapped: false,
            held_back: None,
            nesting: Nesting::default(),
            has_foreign_changes: false,
            now: Timestamp::default(),
            observed,
            events: Events::default(),
        }
    }

    /// The ID that this replica's edits carry.
    pub fn client(&self) -> u64 {
        self.doc.client_id().get()
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

    /// A look at everything, with nothing that waits.
    fn read(&self) -> Transaction<'_> {
        self.flush();
        read(&self.doc)
    }

    fn emit(&mut self, update: Vec<u8>) {
        self.events.push(Event::LocalUpdate(Bytes::from(update)));
    }

    /// Turns what observers noted during the last transaction into events, but for updates.
    fn report(&mut self) {
        for change in self.observed.take() {
            match change {
                Change::Files => self.events.push(Event::Files),
                Change::Settings => self.report_settings(),
                Change::Update(_) => {}
            }
        }
    }

    fn report_settings(&mut self) {
        for key in self.settings.changed_keys(&read(&self.doc)) {
            self.events.push(Event::Setting { key });
        }
    }
}

/// Why a transaction is always to be had: none outlives the call that opened it.
const NO_TRANSACTION: &str = "no transaction outlives a call";

fn read(doc: &Doc) -> Transaction<'_> {
    doc.try_transact().expect(NO_TRANSACTION)
}

fn begin<'doc>(doc: &'doc Doc, origin: &str) -> TransactionMut<'doc> {
    doc.try_transact_mut_with(origin).expect(NO_TRANSACTION)
}

/// Commits; returns the update that the transaction amounts to, if it changed anything.
fn finish(mut txn: TransactionMut<'_>) -> Option<Vec<u8>> {
    // Before the commit, which joins what was typed to the text before it: to cut it off again,
    // Yrs walks all of that text (at 20,000 characters 70 us per keystroke instead of 4).
    let update = changes(&txn);
    txn.commit();
    update
}

/// The update that a transaction amounts to so far, if it changed anything.
fn changes(txn: &TransactionMut<'_>) -> Option<Vec<u8>> {
    let changed = !txn.insert_set().is_empty() || !txn.delete_set().is_empty();
    changed.then(|| txn.encode_update_v1())
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("client", &self.client()).finish_non_exhaustive()
    }
}
