//! What a hand-made client could write, and a careless relay let through, is not shown.

use collab_core::chat::{Segment, Unit, UnitId, UserId};

fn user(id: &str) -> UserId {
    UserId::new(id).expect("a user")
}

/// A segment in which Ada said hello, and the update that says so.
fn hello() -> (Segment, UnitId) {
    let ada = user("ada");
    let mut segment = Segment::new(0, 7, Some(ada.clone()));
    let id = segment.write(&ada, "Ada", &Unit::Message { at: 5, text: "hello", re: None });
    (segment, id)
}

/// What a client with ID 8 writes who says to be `who`.
fn written(who: &str, units: &[Unit<'_>]) -> Vec<u8> {
    let who = user(who);
    let mut forger = Segment::new(0, 8, Some(who.clone()));
    for unit in units {
        forger.write(&who, "Eve", unit);
    }
    forger.release(100).expect("units").0
}

#[test]
fn edits_of_others_messages_are_not_shown() {
    let (mut segment, of) = hello();
    segment.apply(&written("eve", &[Unit::Edit { at: 9, of, text: "owned" }])).expect("a chat");
    let message = segment.message(of).expect("there");
    assert_eq!((message.text, message.edited_at), ("hello", None));
}

#[test]
fn a_client_id_stays_whose_it_was() {
    let (mut segment, _) = hello();
    let iam = Unit::Iam { user: "ada", name: "Ada" };
    let message = Unit::Message { at: 9, text: "as Ada?", re: None };
    segment.apply(&written("eve", &[iam, message])).expect("a chat");
    let message = segment.message_at(1).expect("two messages");
    assert_eq!((message.user, message.name), ("eve", "Eve"));
}

#[test]
fn deleting_who_somebody_is_changes_nothing() {
    let (mut segment, id) = hello();
    // No structs; of one client, one range: unit 0.
    segment.apply(&[0, 1, 7, 1, 0, 1]).expect("a delete set");
    assert_eq!(segment.message(id).map(|message| message.user), Some("ada"));
}

#[test]
fn other_shapes_are_refused() {
    let (mut segment, _) = hello();
    let foreign: [(&str, &[u8]); 4] = [
        // One section of one struct of client 9 from clock 0 on, without deletions.
        ("text", &[1, 1, 9, 0, 4, 1, 4, b'c', b'h', b'a', b't', 1, b'a', 0]),
        ("another root", &[1, 1, 9, 0, 8, 1, 3, b'd', b'o', b'c', 1, 126, 0]),
        ("behind somebody else", &[1, 1, 9, 0, 0x88, 7, 0, 1, 126, 0]),
        ("before somebody else", &[1, 1, 9, 0, 0x48, 7, 0, 1, 126, 0]),
    ];
    for (what, update) in foreign {
        assert!(segment.apply(update).is_err(), "{what}");
        assert_eq!(segment.len(), 1);
    }
}

#[test]
fn a_run_of_nobody_is_not_shown() {
    let (mut segment, _) = hello();
    let said = Unit::Message { at: 9, text: "boo", re: None }.write();
    let head: &[u8] = &[1, 1, 9, 0, 8, 1, 4, b'c', b'h', b'a', b't', 1];
    segment.apply(&[head, &said, &[0]].concat()).expect("a chat");
    assert_eq!((segment.len(), segment.units()), (1, 3));
}
