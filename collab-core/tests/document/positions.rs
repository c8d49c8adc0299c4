//! Claims about sticky positions. That they are those of Yjs is shown in `document_vectors.rs`.

use collab_core::document::{Assoc, Document, FileId, ItemId, StickyPosition};
use serde_json::json;

use crate::support::{insert, splice};

#[test]
fn positions_follow_their_neighbours() {
    let mut document = Document::new(1);
    let main = FileId::main();
    insert(&mut document, &main, 0, "hello world");
    let after = document.sticky(&main, 6, Assoc::After).unwrap();
    let before = document.sticky(&main, 6, Assoc::Before).unwrap();
    insert(&mut document, &main, 6, "big ");
    insert(&mut document, &main, 0, "😀");
    assert_eq!(document.offset(&after), Some((main.clone(), 12)));
    assert_eq!(document.offset(&before), Some((main.clone(), 8)));
    document.edit(&main, &[splice(4, 9, "")]).unwrap();
    assert_eq!(document.offset(&after).unwrap().1, 4);
}

#[test]
fn an_undone_deletion_brings_positions_back() {
    let mut document = Document::new(1);
    let main = FileId::main();
    insert(&mut document, &main, 0, "hello world");
    document.stop_capturing(&main);
    let position = document.sticky(&main, 8, Assoc::After).unwrap();
    document.edit(&main, &[splice(6, 5, "")]).unwrap();
    assert_eq!(document.offset(&position).unwrap().1, 6);
    document.undo(&main);
    assert_eq!(document.offset(&position).unwrap().1, 8);
}

#[test]
fn there_is_no_position_beyond_the_end() {
    let mut document = Document::new(1);
    let main = FileId::main();
    assert!(document.sticky(&main, 0, Assoc::After).is_some());
    assert!(document.sticky(&main, 1, Assoc::After).is_none());
    insert(&mut document, &main, 0, "ab");
    for assoc in [Assoc::After, Assoc::Before] {
        assert!(document.sticky(&main, 2, assoc).is_some());
        assert!(document.sticky(&main, 3, assoc).is_none());
        assert!(document.sticky(&main, u32::MAX, assoc).is_none());
    }
}

#[test]
fn positions_from_anywhere_resolve_to_nothing_or_to_an_offset() {
    let mut document = Document::new(1);
    let main = FileId::main();
    insert(&mut document, &main, 0, "ab");
    let position = |item, tname: &str| StickyPosition {
        nested: None,
        tname: Some(tname.to_owned()),
        item,
        assoc: Assoc::After,
    };
    for (client, clock) in [(1, 2), (1, u32::MAX), (2, 0), (u64::MAX, 0), (1 << 53, 0)] {
        assert_eq!(document.offset(&position(Some(ItemId { client, clock }), "main")), None);
    }
    assert_eq!(document.offset(&position(None, "files")), None);
    assert_eq!(document.offset(&position(None, "main")), Some((main, 2)));
    let bare = StickyPosition::from_json(&json!({})).unwrap();
    assert_eq!(document.offset(&bare), None);
}
