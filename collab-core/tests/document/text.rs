//! Claims about a document's texts: edits, deltas, offsets.

use crate::support::{events, insert, send, splice, updates};
use collab_core::document::{Delta, Document, DocumentError, Event, FileId, Origin, Splice};

#[test]
fn edit_emits_one_update_that_gives_others_the_same_text() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    insert(&mut alice, &main, 0, "let x = 1;");
    alice.edit(&main, &[splice(4, 1, "name"), splice(8, 1, "2"), splice(10, 0, "\n")]).unwrap();
    let updates = updates(&mut alice);
    assert_eq!(updates.len(), 2);
    for update in updates {
        bob.apply(&update).unwrap();
    }
    assert_eq!(bob.text(&main), "let name = 2;\n");
    assert_eq!(bob.len(&main), 14);
}

#[test]
fn edit_that_changes_nothing_emits_nothing() {
    let mut document = Document::new(1);
    document.edit(&FileId::main(), &[splice(0, 0, "")]).unwrap();
    assert_eq!(document.poll_event(), None);
}

#[test]
fn refused_edit_changes_nothing() {
    let mut document = Document::new(1);
    let main = FileId::main();
    insert(&mut document, &main, 0, "abc");
    let refused = document.edit(&main, &[splice(0, 1, "x"), splice(2, 2, "")]);
    assert!(matches!(refused, Err(DocumentError::OutOfRange { offset: 4, len: 3 })));
    let refused = document.edit(&main, &[splice(1, 2, ""), splice(2, 0, "x")]);
    assert!(matches!(refused, Err(DocumentError::Overlap { index: 1 })));
    let refused = document.edit(&main, &[splice(u32::MAX, u32::MAX, "")]);
    assert!(matches!(refused, Err(DocumentError::OutOfRange { .. })));
    assert_eq!(document.text(&main), "abc");
    assert_eq!(updates(&mut document).len(), 1);
}

#[test]
fn line_endings_become_lf() {
    let mut document = Document::new(1);
    insert(&mut document, &FileId::main(), 0, "a\r\nb\rc\n");
    assert_eq!(document.text(&FileId::main()), "a\nb\nc\n");
}

#[test]
fn edits_never_split_a_surrogate_pair() {
    let main = FileId::main();
    for (splices, expected) in [
        (vec![splice(2, 0, "x")], "ax😀b"),
        (vec![splice(2, 1, "")], "ab"),
        (vec![splice(1, 1, "")], "ab"),
        (vec![splice(1, 1, "x"), splice(2, 1, "y")], "axyb"),
        (vec![splice(0, 2, "")], "b"),
    ] {
        let mut document = Document::new(1);
        insert(&mut document, &main, 0, "a😀b");
        document.edit(&main, &splices).unwrap();
        assert_eq!(document.text(&main), expected, "{splices:?}");
    }
}

#[test]
fn pairs_that_others_typed_are_not_split_either() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    insert(&mut bob, &main, 0, "ab");
    insert(&mut alice, &main, 0, "😀");
    send(&mut alice, &mut bob);
    assert_eq!(bob.text(&main), "😀ab");
    insert(&mut bob, &main, 1, "x");
    assert_eq!(bob.text(&main), "x😀ab");
}

#[test]
fn watched_file_reports_local_and_remote_deltas() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    insert(&mut alice, &main, 0, "hello");
    let first = updates(&mut alice);
    assert_eq!(bob.watch(&main), "");
    bob.apply(&first[0]).unwrap();
    let event = bob.poll_event().unwrap();
    let delta = vec![Delta::Insert("hello".into())];
    assert_eq!(event, Event::Text { file: main.clone(), delta, origin: Origin::Remote });

    bob.edit(&main, &[splice(4, 1, "\r\np")]).unwrap();
    assert!(matches!(bob.poll_event(), Some(Event::LocalUpdate(_))));
    let delta = vec![Delta::Retain(4), Delta::Insert("\np".into()), Delta::Delete(1)];
    let expected = Event::Text { file: main.clone(), delta, origin: Origin::Local };
    assert_eq!(bob.poll_event(), Some(expected));
    assert_eq!(bob.poll_event(), None);
}

#[test]
fn unwatched_files_report_nothing() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    bob.watch(&main);
    bob.unwatch(&main);
    insert(&mut alice, &main, 0, "hello");
    send(&mut alice, &mut bob);
    assert_eq!(bob.poll_event(), None);
    assert_eq!(bob.text(&main), "hello");
}

#[test]
fn a_file_watched_again_reports_each_change_once() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    insert(&mut alice, &main, 0, "one");
    send(&mut alice, &mut bob);
    for _ in 0..3 {
        bob.unwatch(&main);
        assert_eq!(bob.watch(&main), "one");
        assert_eq!(bob.watch(&main), "one");
    }
    insert(&mut alice, &main, 3, " two");
    send(&mut alice, &mut bob);
    let delta = vec![Delta::Retain(3), Delta::Insert(" two".into())];
    assert_eq!(events(&mut bob), [Event::Text { file: main, delta, origin: Origin::Remote }]);
}

#[test]
fn document_may_move_between_threads() {
    fn assert_send<T: Send>(_: &T) {}
    assert_send(&Document::new(1));
    let _: Splice<'_> = splice(0, 0, "");
}
