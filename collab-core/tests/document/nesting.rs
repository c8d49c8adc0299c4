//! Types in types that came past a relay: a document survives them with the stack of a thread.

use std::thread;

use collab_core::document::{Document, FileId};
use collab_core::log::Log;

use crate::chains::{Kind, Place, chain, deletion, update};
use crate::support::{insert, updates};

/// A browser's stack for WASM; threads have twice as much.
const STACK_BYTES: usize = 1 << 20;

fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(STACK_BYTES).spawn(run).unwrap().join().unwrap();
}

/// A document that shows a text, so that it has an index, or not.
fn document(is_watched: bool) -> Document {
    let (mut document, main) = (Document::new(1), FileId::main());
    if is_watched {
        document.watch(&main);
    }
    insert(&mut document, &main, 0, "text");
    document
}

fn survives(hostile: &[Vec<u8>]) {
    for is_watched in [false, true] {
        let hostile = hostile.to_vec();
        on_a_small_stack(move || {
            let (mut document, main) = (document(is_watched), FileId::main());
            for update in &hostile {
                document.apply(update).unwrap();
            }
            insert(&mut document, &main, 4, "!");
            assert_eq!(document.text(&main), "text!");
            let snapshot = document.snapshot();
            assert!(Log::open(Some(snapshot.clone()), []).is_ok(), "a relay takes it");
            let mut newcomer = Document::new(9);
            newcomer.apply(&snapshot).unwrap();
            assert_eq!(newcomer.text(&main), "text!");
            let _ = updates(&mut document);
        });
    }
}

#[test]
fn a_chain_of_types_is_cut_off_and_can_be_deleted() {
    survives(&[chain(2, 0, 10_000, Place::Root), deletion((2, 0))]);
}

#[test]
fn a_chain_whose_head_arrives_last_is_cut_off_and_can_be_deleted() {
    let tail = chain(3, 0, 10_000, Place::In((2, 0)));
    survives(&[tail, chain(2, 0, 1, Place::Root), deletion((2, 0))]);
}

#[test]
fn a_chain_in_parts_that_name_neighbours_is_cut_off_and_can_be_deleted() {
    let mut hostile = vec![chain(2, 0, 1, Place::Root)];
    for link in 0..3_000_u32 {
        let clock = 1 + 2 * link;
        let outer = if link == 0 { (2, 0) } else { (2, clock - 1) };
        let structs = [(Kind::Value, Place::In(outer)), (Kind::Map, Place::Behind((2, clock)))];
        hostile.push(update(2, clock, &structs));
    }
    hostile.push(deletion((2, 0)));
    survives(&hostile);
}
