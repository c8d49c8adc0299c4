//! What must hold, during a run and after it.

use bytes::Bytes;
use collab_core::document::{Document, FileInfo};
use collab_core::log::{Deleted, merge};
use collab_core::presence::Presence;
use collab_core::sync::Phase;

use super::client::DOC;
use super::process::Shows;
use super::store::Contents;
use super::world::World;

/// All that a person could see of a document.
type Shown = Vec<(FileInfo, String)>;

impl World {
    /// The store holds everything that anybody was told is durable.
    pub(crate) fn check_store(&self) {
        self.model.check_store(&self.store.contents(DOC));
    }

    pub(crate) fn check_end(&self) {
        assert!(self.clients.iter().all(Option::is_some), "everybody is back");
        self.check_statuses();
        self.check_contents();
        self.check_chats();
        self.check_presence();
    }

    /// Everybody sees everybody who is there, and no ghosts.
    pub(crate) fn check_presence(&self) {
        let present: Vec<&Presence> = self.editors().map(|(_, presence)| presence).collect();
        let mut there: Vec<u64> = present.iter().map(|presence| presence.client()).collect();
        there.sort_unstable();
        for presence in present {
            let seen: Vec<u64> = presence.people().iter().map(|p| p.client).collect();
            assert_eq!(seen, there, "presence as client {} sees it", presence.client());
        }
        self.check_company();
    }

    /// What a newcomer would see.
    fn stored_document(&self) -> Document {
        let mut document = Document::new(1);
        let stored = self.store.load(DOC);
        let updates = stored.tail.iter().map(|(_, update)| update);
        for update in stored.snapshot.iter().chain(updates) {
            document.apply(update).expect("stored bytes are valid");
            while document.poll_event().is_some() {}
        }
        document
    }

    /// Those who edit the document, and whom they see.
    fn editors(&self) -> impl Iterator<Item = (&Document, &Presence)> {
        self.clients.iter().flatten().filter_map(|process| match process.shows() {
            Shows::Document(document, presence) => Some((document, presence)),
            Shows::Chat(_) => None,
        })
    }

    fn check_statuses(&self) {
        let phase = if self.plan.room.keeps { Phase::Saved } else { Phase::Synced };
        for (index, client) in self.clients.iter().flatten().enumerate() {
            if let Some(status) = client.status() {
                assert_eq!(
                    (status.phase, status.unsaved),
                    (phase, 0),
                    "client {index}: {status:?}"
                );
            }
        }
    }

    fn check_contents(&self) {
        let documents: Vec<&Document> = self.editors().map(|(document, _)| document).collect();
        let first = shown(documents[0]);
        for (index, document) in documents.iter().enumerate() {
            assert_eq!(shown(document), first, "client {index} differs from client 0");
            let contents = contents(document);
            assert_eq!(digest(document), digest(documents[0]), "client {index}");
            self.model.check_end(&format!("client {index}"), &contents);
            let other = documents[(index + 1) % documents.len()].snapshot();
            assert!(contents.has_update(&other), "client {index} lacks what its neighbour has");
        }
        if self.plan.room.keeps {
            let stored = self.store.contents(DOC);
            self.model.check_end("the store", &stored);
            assert_eq!(shown(&self.stored_document()), first, "the store differs from client 0");
        }
    }
}

fn contents(document: &Document) -> Contents {
    Contents::of(Some(Bytes::from(document.snapshot())), [])
}

/// Equal for all who have the same, to the last byte.
fn digest(document: &Document) -> [u8; 32] {
    let merged = merge(&[document.snapshot()], Deleted::Drop);
    merged.expect("own snapshot").convergence_digest()
}

fn shown(document: &Document) -> Shown {
    let files = document.files().into_iter().chain(document.deleted_files());
    files.map(|file| (file.clone(), document.text(&file.id))).collect()
}
