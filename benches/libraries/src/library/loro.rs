//! Loro.

use histories::Patch;
use loro::{ExportMode, LoroDoc};

use super::Library;

pub struct Loro;

impl Library for Loro {
    fn name(&self) -> &'static str {
        "loro 1"
    }

    fn write(&self, patches: &[Patch]) -> Vec<Vec<u8>> {
        let doc = LoroDoc::new();
        doc.set_peer_id(1).expect("an empty document");
        let text = doc.get_text("main");
        let mut known = doc.oplog_vv();
        let mut messages = Vec::with_capacity(patches.len());
        for (at, delete, insert) in patches {
            text.delete_utf16(*at as usize, *delete as usize).expect("within the text");
            text.insert_utf16(*at as usize, insert).expect("within the text");
            doc.commit();
            messages.push(doc.export(ExportMode::updates(&known)).expect("an update"));
            known = doc.oplog_vv();
        }
        messages
    }

    fn follow(&self, messages: &[Vec<u8>]) -> String {
        let doc = LoroDoc::new();
        let _deltas = doc.subscribe_root(std::sync::Arc::new(|event| {
            std::hint::black_box(event.events.len());
        }));
        messages.iter().for_each(|message| drop(doc.import(message).expect("an update")));
        doc.get_text("main").to_string()
    }

    fn save(&self, messages: &[Vec<u8>]) -> Vec<u8> {
        let doc = LoroDoc::new();
        doc.import_batch(messages).expect("updates");
        doc.export(ExportMode::Snapshot).expect("a snapshot")
    }

    fn load(&self, stored: &[u8]) -> String {
        let doc = LoroDoc::new();
        doc.import(stored).expect("a snapshot");
        doc.get_text("main").to_string()
    }
}
