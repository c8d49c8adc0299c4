//! This project: documents with a position index, the engine for what is stored.

use benches::document::{follow, load};
use collab_core::document::{Document, Event, FileId, Splice};
use collab_core::log::{Deleted, merge};
use histories::Patch;

use super::Library;

pub struct Collab;

impl Library for Collab {
    fn name(&self) -> &'static str {
        "collab"
    }

    fn write(&self, patches: &[Patch]) -> Vec<Vec<u8>> {
        let (mut document, main) = (Document::new(1), FileId::main());
        let mut messages = Vec::with_capacity(patches.len());
        for (at, delete, insert) in patches {
            let splice = Splice { at: *at, delete: *delete, insert };
            document.edit(&main, &[splice]).expect("a patch within the text");
            while let Some(event) = document.poll_event() {
                if let Event::LocalUpdate(update) = event {
                    messages.push(update.to_vec());
                }
            }
        }
        messages
    }

    fn follow(&self, messages: &[Vec<u8>]) -> String {
        follow(messages).text(&FileId::main())
    }

    fn save(&self, messages: &[Vec<u8>]) -> Vec<u8> {
        merge(messages, Deleted::Drop).expect("updates").update.to_vec()
    }

    fn load(&self, stored: &[u8]) -> String {
        load(stored)
    }
}
