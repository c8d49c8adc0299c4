//! Diamond types: text of code points, no IDs of characters, no rich text.

use diamond_types::list::encoding::{ENCODE_FULL, ENCODE_PATCH};
use diamond_types::list::{ListCRDT, OpLog};
use histories::Patch;

use super::Library;

pub struct Diamond;

impl Library for Diamond {
    fn name(&self) -> &'static str {
        "diamond-types 1"
    }

    fn write(&self, patches: &[Patch]) -> Vec<Vec<u8>> {
        let mut doc = ListCRDT::new();
        let author = doc.get_or_create_agent_id("author");
        let mut messages = Vec::with_capacity(patches.len());
        for (at, delete, insert) in patches {
            let (at, delete) = (*at as usize, *delete as usize);
            let known = doc.oplog.local_version();
            if delete > 0 {
                doc.delete_without_content(author, at..at + delete);
            }
            if !insert.is_empty() {
                doc.insert(author, at, insert);
            }
            messages.push(doc.oplog.encode_from(ENCODE_PATCH, &known));
        }
        messages
    }

    fn follow(&self, messages: &[Vec<u8>]) -> String {
        let mut doc = ListCRDT::new();
        for message in messages {
            doc.merge_data_and_ff(message).expect("a patch");
        }
        doc.branch.content().to_string()
    }

    fn save(&self, messages: &[Vec<u8>]) -> Vec<u8> {
        let mut log = OpLog::new();
        for message in messages {
            log.decode_and_add(message).expect("a patch");
        }
        log.encode(ENCODE_FULL)
    }

    fn load(&self, stored: &[u8]) -> String {
        OpLog::load_from(stored).expect("a document").checkout_tip().content().to_string()
    }
}
