//! Claims about undo and redo.

use collab_core::Timestamp;
use collab_core::document::{Document, Event, FileId, Origin};
use proptest::prelude::*;

use crate::support::{events, insert, send, splice, updates};

fn at(document: &mut Document, ms: u64) {
    document.set_now(Timestamp::from_millis(ms));
}

#[test]
fn undo_takes_back_only_ones_own_edits() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    insert(&mut alice, &main, 0, "alice ");
    send(&mut alice, &mut bob);
    insert(&mut bob, &main, 6, "bob ");
    insert(&mut bob, &main, 3, "-B-");
    send(&mut bob, &mut alice);
    assert_eq!(alice.text(&main), "ali-B-ce bob ");
    assert!(alice.undo(&main));
    assert_eq!(alice.text(&main), "-B-bob ");
    assert!(!alice.undo(&main), "what bob wrote is not alice's to undo");
    assert!(alice.redo(&main));
    assert_eq!(alice.text(&main), "ali-B-ce bob ");
    assert!(!alice.can_redo(&main));
}

#[test]
fn undo_brings_back_what_one_deleted_of_others() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    insert(&mut bob, &main, 0, "keep this");
    send(&mut bob, &mut alice);
    alice.edit(&main, &[splice(0, 9, "")]).unwrap();
    assert!(alice.undo(&main));
    assert_eq!(alice.text(&main), "keep this");
    send(&mut alice, &mut bob);
    assert_eq!(bob.text(&main), "keep this");
}

#[test]
fn edits_half_a_second_apart_are_undone_one_by_one() {
    let mut document = Document::new(1);
    let main = FileId::main();
    for (ms, letter) in [(1_000, "a"), (1_400, "b"), (1_900, "c"), (2_399, "d")] {
        at(&mut document, ms);
        let end = document.len(&main);
        insert(&mut document, &main, end, letter);
    }
    assert!(document.undo(&main));
    assert_eq!(document.text(&main), "ab");
    assert!(document.undo(&main));
    assert_eq!(document.text(&main), "");
    assert!(!document.can_undo(&main));
}

#[test]
fn stop_capturing_ends_a_group() {
    let mut document = Document::new(1);
    let main = FileId::main();
    insert(&mut document, &main, 0, "one ");
    document.stop_capturing(&main);
    insert(&mut document, &main, 4, "two");
    assert!(document.undo(&main));
    assert_eq!(document.text(&main), "one ");
}

#[test]
fn time_that_goes_back_does_no_harm() {
    let mut document = Document::new(1);
    let main = FileId::main();
    at(&mut document, 5_000);
    insert(&mut document, &main, 0, "a");
    at(&mut document, 10);
    insert(&mut document, &main, 1, "b");
    at(&mut document, u64::MAX);
    insert(&mut document, &main, 2, "c");
    assert!(document.undo(&main));
    assert_eq!(document.text(&main), "ab");
}

#[test]
fn files_are_undone_separately() {
    let mut document = Document::new(1);
    let (main, other) = (FileId::main(), FileId::from_random(7));
    document.create_file(&other, "other", "plaintext").unwrap();
    insert(&mut document, &main, 0, "main");
    insert(&mut document, &other, 0, "other");
    assert!(document.undo(&main));
    assert_eq!((document.text(&main), document.text(&other)), (String::new(), "other".into()));
    assert_eq!(document.files().len(), 2, "the list of files is not undone");
    assert!(document.can_redo(&main) && !document.can_redo(&other));
}

#[test]
fn undo_is_one_update_and_one_delta() {
    let mut document = Document::new(1);
    let main = FileId::main();
    document.watch(&main);
    insert(&mut document, &main, 0, "ab");
    insert(&mut document, &main, 1, "c");
    events(&mut document);
    assert!(document.undo(&main));
    let events = events(&mut document);
    assert_eq!(events.len(), 2);
    assert!(events.iter().any(|event| matches!(event, Event::LocalUpdate(_))));
    assert!(events.iter().any(|event| matches!(event, Event::Text { origin: Origin::Undo, .. })));
    assert!(!document.undo(&main));
    assert_eq!(document.poll_event(), None);
}

#[test]
fn metadata_and_remote_changes_leave_nothing_to_undo() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    insert(&mut alice, &main, 0, "a");
    bob.watch(&main);
    bob.rename_file(&main, "first").unwrap();
    send(&mut alice, &mut bob);
    assert!(!bob.can_undo(&main));
    assert!(!bob.undo(&main));
    assert_eq!(updates(&mut bob).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Undoing everything gives the empty text, redoing everything the last one.
    #[test]
    fn undo_and_redo_lead_to_both_ends(
        edits in prop::collection::vec((any::<u16>(), 0u32..4, "[a-c😀]{0,3}", any::<bool>()), 1..40),
    ) {
        let mut document = Document::new(1);
        let main = FileId::main();
        for (at, delete, insert, stop) in &edits {
            let len = document.len(&main);
            let at = u32::from(*at) % (len + 1);
            document.edit(&main, &[splice(at, (*delete).min(len - at), insert)]).unwrap();
            if *stop {
                document.stop_capturing(&main);
            }
        }
        let last = document.text(&main);
        while document.undo(&main) {}
        prop_assert_eq!(document.text(&main), "");
        while document.redo(&main) {}
        prop_assert_eq!(document.text(&main), last);
    }
}
