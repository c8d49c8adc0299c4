//! Automerge.

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ObjId, ObjType, ROOT, ReadDoc};
use histories::Patch;

use super::Library;

pub struct Automerge;

impl Library for Automerge {
    fn name(&self) -> &'static str {
        "automerge 0.12"
    }

    fn write(&self, patches: &[Patch]) -> Vec<Vec<u8>> {
        let mut doc = AutoCommit::new().with_actor(ActorId::from([1u8; 16]));
        let text = doc.put_object(ROOT, "main", ObjType::Text).expect("an empty document");
        let mut messages = Vec::with_capacity(patches.len());
        for (at, delete, insert) in patches {
            let delete = isize::try_from(*delete).expect("within the text");
            doc.splice_text(&text, *at as usize, delete, insert).expect("within the text");
            doc.commit();
            messages.push(doc.save_incremental());
        }
        messages
    }

    fn follow(&self, messages: &[Vec<u8>]) -> String {
        let mut doc = AutoCommit::new();
        for message in messages {
            doc.load_incremental(message).expect("changes");
        }
        text(&doc)
    }

    /// More than a millisecond each.
    fn follows(&self) -> usize {
        2_000
    }

    fn save(&self, messages: &[Vec<u8>]) -> Vec<u8> {
        let mut doc = AutoCommit::new();
        doc.load_incremental(&messages.concat()).expect("changes");
        doc.save()
    }

    fn load(&self, stored: &[u8]) -> String {
        text(&AutoCommit::load(stored).expect("a document"))
    }
}

fn text(doc: &AutoCommit) -> String {
    let found = doc.get(ROOT, "main").expect("the root is there");
    let id: ObjId = found.map(|(_, id)| id).expect("the text is there");
    doc.text(id).expect("it is a text")
}
