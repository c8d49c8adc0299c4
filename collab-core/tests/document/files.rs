//! Claims about the list of files.

use collab_core::document::{Document, DocumentError, Event, FileId};
use yrs::updates::decoder::Decode;
use yrs::{Any, Doc, Map, Options, ReadTxn, StateVector, Transact, Update};

use crate::support::{events, insert, send, updates};

fn names(document: &Document) -> Vec<String> {
    document.files().into_iter().map(|file| file.name).collect()
}

/// A replica that knows what `document` knows, and `change`s it as any other client might.
fn change_behind_our_back(document: &mut Document, change: impl FnOnce(&Doc)) {
    let doc =
        Doc::with_options(Options::with_guid_and_client_id("x".into(), yrs::ClientID::new(9)));
    let update = Update::decode_v1(&document.snapshot()).unwrap();
    doc.try_transact_mut().unwrap().apply_update(update).unwrap();
    change(&doc);
    let update = doc.try_transact().unwrap().encode_state_as_update_v1(&StateVector::default());
    document.apply(&update).unwrap();
}

#[test]
fn every_room_has_the_file_main() {
    let document = Document::new(1);
    let files = document.files();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].id, FileId::main());
    assert_eq!((files[0].name.as_str(), files[0].language.as_str()), ("main", "plaintext"));
}

#[test]
fn files_created_at_the_same_moment_are_both_there() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let (a, b) = (FileId::from_random(1 << 70), FileId::from_random(1 << 71));
    alice.create_file(&a, "test.py", "python").unwrap();
    bob.create_file(&b, "test.py", "python").unwrap();
    insert(&mut alice, &a, 0, "by alice");
    insert(&mut bob, &b, 0, "by bob");
    send(&mut alice, &mut bob);
    send(&mut bob, &mut alice);
    assert_eq!(alice.files(), bob.files());
    assert_eq!(names(&alice), ["main", "test.py", "test.py"]);
    assert_eq!((bob.text(&a).as_str(), alice.text(&b).as_str()), ("by alice", "by bob"));
}

#[test]
fn concurrent_changes_of_different_properties_both_survive() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let id = FileId::from_random(7);
    alice.create_file(&id, "a.txt", "plaintext").unwrap();
    send(&mut alice, &mut bob);
    alice.rename_file(&id, "a.rs").unwrap();
    bob.set_language(&id, "rust").unwrap();
    bob.move_file(&id, -1.0).unwrap();
    send(&mut alice, &mut bob);
    send(&mut bob, &mut alice);
    assert_eq!(alice.files(), bob.files());
    let file = &alice.files()[0];
    assert_eq!((file.name.as_str(), file.language.as_str(), file.order), ("a.rs", "rust", -1.0));
}

#[test]
fn what_others_type_into_a_deleted_file_is_there_when_it_is_restored() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let id = FileId::from_random(7);
    alice.create_file(&id, "a.txt", "plaintext").unwrap();
    insert(&mut alice, &id, 0, "one");
    send(&mut alice, &mut bob);
    alice.delete_file(&id).unwrap();
    insert(&mut bob, &id, 3, " two");
    send(&mut bob, &mut alice);
    assert_eq!(names(&alice), ["main"]);
    assert_eq!(alice.deleted_files()[0].name, "a.txt");
    alice.restore_file(&id).unwrap();
    assert_eq!(names(&alice), ["main", "a.txt"]);
    assert_eq!(alice.text(&id), "one two");
}

#[test]
fn new_file_comes_last() {
    let mut document = Document::new(1);
    let ids = [1, 2, 3].map(FileId::from_random);
    for (id, name) in ids.iter().zip(["a", "b", "c"]) {
        document.create_file(id, name, "plaintext").unwrap();
    }
    document.move_file(&ids[2], 1.5).unwrap();
    assert_eq!(names(&document), ["main", "a", "c", "b"]);
}

#[test]
fn names_are_trimmed_and_checked() {
    let mut document = Document::new(1);
    let id = FileId::from_random(7);
    document.create_file(&id, "  a.txt\n", "plaintext").unwrap();
    assert_eq!(names(&document), ["main", "a.txt"]);
    for bad in ["", " ", "a\u{7}b", &"x".repeat(65)] {
        assert!(matches!(document.rename_file(&id, bad), Err(DocumentError::InvalidName)), "{bad}");
    }
    document.rename_file(&id, &"é".repeat(64)).unwrap();
}

#[test]
fn files_that_do_not_exist_cannot_be_changed() {
    let mut document = Document::new(1);
    let id = FileId::from_random(7);
    assert!(matches!(document.rename_file(&id, "x"), Err(DocumentError::UnknownFile(_))));
    assert!(matches!(document.delete_file(&id), Err(DocumentError::UnknownFile(_))));
    assert!(matches!(document.move_file(&id, f64::NAN), Err(DocumentError::InvalidOrder)));
    document.create_file(&id, "a", "plaintext").unwrap();
    let again = document.create_file(&id, "b", "plaintext");
    assert!(matches!(again, Err(DocumentError::FileExists(_))));
    let main = document.create_file(&FileId::main(), "b", "plaintext");
    assert!(matches!(main, Err(DocumentError::FileExists(_))));
}

#[test]
fn what_other_clients_write_wrongly_is_ignored_or_made_fit() {
    let mut document = Document::new(1);
    let id = FileId::from_random(7);
    document.create_file(&id, "a.txt", "plaintext").unwrap();
    change_behind_our_back(&mut document, |doc| {
        let files = doc.get_or_insert_map("files");
        let mut txn = doc.try_transact_mut().unwrap();
        for (key, value) in [
            ("main.name", Any::from(format!("\u{0}{}", "x".repeat(100)))),
            ("main.order", Any::from(f64::NAN)),
            ("nonsense", Any::from(1)),
            ("..name", Any::from("x")),
            ("f.name", Any::from("x")),
            ("files.name", Any::from("x")),
        ] {
            files.insert(&mut txn, key, value);
        }
        files.insert(&mut txn, format!("{id}.language"), 12);
        files.insert(&mut txn, format!("{id}.deleted"), "yes");
        files.insert(&mut txn, format!("{id}.order"), yrs::TextPrelim::new("1"));
        files.insert(&mut txn, format!("{}.order", FileId::from_random(8)), 1);
    });
    let files = document.files();
    assert_eq!(names(&document), ["a.txt", &"x".repeat(64)]);
    assert_eq!((files[0].language.as_str(), files[0].order), ("plaintext", 0.0));
}

#[test]
fn one_event_tells_of_a_change_whoever_made_it() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    alice.create_file(&FileId::from_random(7), "a", "plaintext").unwrap();
    let mut seen = events(&mut alice);
    assert_eq!(seen.pop(), Some(Event::Files));
    let Some(Event::LocalUpdate(update)) = seen.pop() else { panic!("no update") };
    assert!(seen.is_empty());
    bob.apply(&update).unwrap();
    assert_eq!(events(&mut bob), [Event::Files]);
}

#[test]
fn saying_the_same_again_is_no_change() {
    let mut document = Document::new(1);
    let id = FileId::from_random(7);
    document.create_file(&id, "a", "plaintext").unwrap();
    events(&mut document);
    document.rename_file(&id, "a").unwrap();
    assert!(updates(&mut document).is_empty());
}

#[test]
fn file_ids_are_main_or_generated() {
    let id = FileId::from_random(u128::MAX);
    assert_eq!(FileId::parse(id.as_str()).unwrap(), id);
    assert_ne!(FileId::from_random(0), FileId::from_random(1));
    for bad in ["", "files", "settings", "f", "fABCDEFGHIJKLMNO", "g00000000000000"] {
        assert!(FileId::parse(bad).is_err(), "{bad}");
    }
}
