//! What comes from others may be anything.

use collab_core::document::{Document, DocumentError, EVENTS_MAX, Event, FileId};
use proptest::prelude::*;
use yrs::{
    Any, Array, ClientID, Doc, Map, OffsetKind, Options, ReadTxn, StateVector, Text, Transact,
};

use collab_core::log::check;
use collab_core::sync::Replica;
use collab_core::wire::Writer;

use crate::support::{events, insert, replay, splice, updates};

/// A document of some other client, which may put anything anywhere.
fn stranger(fill: impl FnOnce(&Doc)) -> Vec<u8> {
    let doc = Doc::with_options(Options {
        offset_kind: OffsetKind::Utf16,
        ..Options::with_guid_and_client_id("x".into(), ClientID::new(9))
    });
    fill(&doc);
    doc.try_transact().unwrap().encode_state_as_update_v1(&StateVector::default())
}

fn sample() -> Vec<u8> {
    let mut document = Document::new(77);
    let main = FileId::main();
    insert(&mut document, &main, 0, "fn main() { println!(\"hello 😀\"); }");
    document.edit(&main, &[splice(3, 4, "start"), splice(12, 0, "\n    ")]).unwrap();
    document.create_file(&FileId::from_random(5), "lib.rs", "rust").unwrap();
    document.undo(&main);
    document.snapshot()
}

#[test]
fn refused_update_changes_nothing() {
    let mut document = Document::new(1);
    insert(&mut document, &FileId::main(), 0, "mine");
    updates(&mut document);
    let before = document.snapshot();
    let good = sample();
    for bad in [&[][..], &[1], &[0xff; 40], &good[..good.len() - 1]] {
        assert!(matches!(document.apply(bad), Err(DocumentError::Refused(_))));
        assert!(document.apply_all([&good[..], bad]).is_err());
    }
    assert_eq!(document.snapshot(), before);
    assert_eq!(document.poll_event(), None);
}

/// Each author's only letter stands behind that of the next section's.
#[test]
fn twenty_thousand_sections_that_wait_for_each_other_take_their_places() {
    const AUTHORS: u64 = 20_000;
    let mut update = Writer::default();
    update.var_uint(AUTHORS);
    for author in (1..=AUTHORS).rev() {
        for number in [1, author, 0] {
            update.var_uint(number);
        }
        if author > 1 {
            update.bytes(&[0x84]);
            update.var_uint(author - 1);
            update.bytes(&[0, 1, b'x']);
        } else {
            update.bytes(&[0x04, 1, 4, b'm', b'a', b'i', b'n', 1, b'x']);
        }
    }
    update.bytes(&[0]);
    let mut document = Document::new(AUTHORS + 1);
    document.apply(&update.into_vec()).unwrap();
    assert_eq!(document.text(&FileId::main()), "x".repeat(AUTHORS as usize));
}

#[test]
fn embeds_of_rich_text_count_as_one_unit() {
    let update = stranger(|doc| {
        let text = doc.get_or_insert_text("main");
        let mut txn = doc.try_transact_mut().unwrap();
        text.insert(&mut txn, 0, "ab");
        text.insert_embed(&mut txn, 1, Any::from(12));
    });
    let mut document = Document::new(1);
    let main = FileId::main();
    let mut shadow: Vec<u16> = document.watch(&main).encode_utf16().collect();
    document.apply(&update).unwrap();
    for event in events(&mut document) {
        let Event::Text { delta, .. } = event else { panic!("{event:?}") };
        replay(&mut shadow, &delta);
    }
    assert_eq!(document.text(&main), "a\u{FFFC}b");
    assert_eq!(String::from_utf16(&shadow).unwrap(), "a\u{FFFC}b");
    document.edit(&main, &[splice(1, 2, "c")]).unwrap();
    assert_eq!(document.text(&main), "ac");
}

#[test]
fn text_with_something_else_in_it_can_be_read_but_not_edited() {
    let update = stranger(|doc| {
        let text = doc.get_or_insert_array("main");
        let mut txn = doc.try_transact_mut().unwrap();
        text.insert_range(&mut txn, 0, [1, 2, 3]);
    });
    let mut document = Document::new(1);
    let main = FileId::main();
    insert(&mut document, &main, 0, "mine");
    document.watch(&main);
    updates(&mut document);
    document.apply(&update).unwrap();
    let refused = document.edit(&main, &[splice(0, 4, "")]);
    assert!(matches!(refused, Err(DocumentError::ForeignContent(_))));
    assert_eq!(document.text(&main), "mine");
}

#[test]
fn roots_used_as_other_types_do_no_harm() {
    let update = stranger(|doc| {
        let files = doc.get_or_insert_text("files");
        let settings = doc.get_or_insert_array("settings");
        let main = doc.get_or_insert_map("main");
        let mut txn = doc.try_transact_mut().unwrap();
        files.insert(&mut txn, 0, "not a map");
        settings.insert_range(&mut txn, 0, ["a", "b"]);
        main.insert(&mut txn, "key", "value");
    });
    let mut document = Document::new(1);
    let main = FileId::main();
    document.watch(&main);
    document.apply(&update).unwrap();
    events(&mut document);
    assert_eq!(document.files().len(), 1);
    assert!(document.settings().is_empty());
    insert(&mut document, &main, 0, "text");
    assert_eq!(document.text(&main), "text");
}

#[test]
fn formatting_where_a_setting_belongs_is_ignored() {
    // Client 9, clock 0: ContentFormat with parent `settings` and key `k`.
    let update = [1, 1, 9, 0, 0x26, 1, 8, b's', b'e', b't', b't', b'i', b'n', b'g', b's']
        .into_iter()
        .chain([1, b'k', 1, b'b', 4, b't', b'r', b'u', b'e', 0]);
    let mut document = Document::new(1);
    document.set_setting("language", &serde_json::json!("rust")).unwrap();
    events(&mut document);
    document.apply(&update.collect::<Vec<_>>()).unwrap();
    assert_eq!(document.settings().len(), 1);
    assert_eq!(document.poll_event(), None);
}

/// Client 8 claims the unit `parent` as the parent of a value; then it types "zz" into `main`.
fn child_of(parent: (u8, u8)) -> Vec<u8> {
    let orphan = [0x28, 0, parent.0, parent.1, 1, b'k', 1, 125, 1];
    let text = [4, 1, 4, b'm', b'a', b'i', b'n', 2, b'z', b'z'];
    [&[1, 2, 8, 0][..], &orphan, &text, &[0]].concat()
}

#[test]
fn children_of_a_letter_spoil_nothing() {
    let mut document = Document::new(1);
    let main = FileId::main();
    insert(&mut document, &main, 0, "ab");
    document.apply(&child_of((1, 0))).unwrap();
    assert_eq!(document.len(&main), 4);
    let mut newcomer = Document::new(2);
    newcomer.apply(&document.snapshot()).unwrap();
    assert_eq!(newcomer.text(&main), document.text(&main));
}

#[test]
fn children_of_a_letter_that_is_yet_to_be_typed_spoil_nothing() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    alice.apply(&child_of((1, 2))).unwrap();
    bob.apply(&child_of((1, 2))).unwrap();
    insert(&mut alice, &main, 0, "abcd");
    let typed = updates(&mut alice);
    let early = alice.snapshot();
    // Bob has something else waiting for what is missing: it must not be lost.
    insert(&mut alice, &main, 4, "e");
    bob.apply(&updates(&mut alice)[0]).unwrap();
    bob.apply(&typed[0]).unwrap();
    insert(&mut bob, &main, 0, "!");
    alice.apply(&updates(&mut bob)[0]).unwrap();
    let mut newcomer = Document::new(3);
    newcomer.apply(&early).unwrap();
    newcomer.apply(&bob.snapshot()).unwrap();
    assert_eq!(alice.len(&main), 8);
    assert_eq!(alice.text(&main), bob.text(&main));
    assert_eq!(alice.text(&main), newcomer.text(&main));
}

/// Client 8 types `text` into `main` at clock `from`, behind nothing: clocks before it are left out.
fn typed_at(from: u8, text: &str) -> Vec<u8> {
    let head = [1, 1, 8, from, 4, 1, 4, b'm', b'a', b'i', b'n', text.len() as u8];
    [&head, text.as_bytes(), &[0]].concat()
}

/// Yrs 0.28 would use memory here that it has freed.
#[test]
fn an_update_that_fills_a_gap_and_overlaps_what_lay_behind_it_harms_nothing() {
    let mut document = Document::new(1);
    let main = FileId::main();
    document.watch(&main);
    document.apply(&typed_at(3, "de")).unwrap();
    assert!(document.has_gaps() && document.text(&main).is_empty(), "shown once all is there");
    document.apply(&typed_at(0, "abcdefgh")).unwrap();
    assert_eq!(document.len(&main), 8);
    assert!(!document.has_gaps());
    let mut newcomer = Document::new(2);
    newcomer.apply(&document.snapshot()).unwrap();
    assert_eq!(newcomer.text(&main), document.text(&main));
}

#[test]
fn what_waits_for_something_is_in_the_snapshot() {
    let (mut document, mut newcomer) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    document.apply(&typed_at(3, "de")).unwrap();
    newcomer.apply(&document.snapshot()).unwrap();
    newcomer.apply(&typed_at(0, "abc")).unwrap();
    assert_eq!(newcomer.len(&main), 5);
}

/// A relay takes nothing before what it builds on.
#[test]
fn what_waits_for_something_is_not_pushed() {
    let mut document = Document::new(1);
    document.apply(&typed_at(0, "abc")).unwrap();
    document.apply(&typed_at(4, "de")).unwrap();
    let pushed = Replica::diff(&document, &[0]).unwrap();
    let checked = check(&pushed, usize::MAX).unwrap();
    assert_eq!(checked.inserts().collect::<Vec<_>>(), [(8, 0..3)]);
    let told = check(&document.diff(&[0]).unwrap(), usize::MAX).unwrap();
    assert_eq!(told.inserts().collect::<Vec<_>>(), [(8, 0..3), (8, 4..6)]);
}

#[test]
fn events_that_nobody_polls_end_in_a_refusal_not_in_a_loss() {
    let mut document = Document::new(1);
    let main = FileId::main();
    let mut made = 0;
    let refused = loop {
        match document.edit(&main, &[splice(0, u32::from(made > 0), "x")]) {
            Ok(()) => made += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, DocumentError::EventsPending));
    assert!(!document.undo(&main));
    assert_eq!(updates(&mut document).len(), made);
    assert_eq!(made, EVENTS_MAX);
    document.edit(&main, &[splice(0, 0, "y")]).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// What passes the check is applied, and leaves a document that still works.
    #[test]
    fn mutated_updates_are_refused_or_harmless(
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut update = sample();
        for (place, byte) in &mutations {
            let place = place.index(update.len());
            update[place] = *byte;
        }
        let mut document = Document::new(1);
        let main = FileId::main();
        document.watch(&main);
        insert(&mut document, &main, 0, "mine");
        let _ = document.apply(&update);
        let _ = document.edit(&main, &[splice(0, document.len(&main).min(2), "x")]);
        document.undo(&main);
        let _ = (document.files(), document.settings(), document.text(&main));
        let mut other = Document::new(2);
        let _ = other.apply(&document.snapshot());
    }
}
