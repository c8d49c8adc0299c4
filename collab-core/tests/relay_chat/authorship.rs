//! Claims about who may write, change and delete what.

use collab_core::chat::Unit;
use collab_core::relay::{Input, PeerId};
use collab_core::wire::{Access, Dialect, ErrorCode, Grant, Message, Sync};

use crate::chat_kit::{self, deletes, id, says, update};
use crate::crimes::crimes;
use crate::kit::{ADA, BOB, Chat, EVE, edit, grant, iam, msg};

#[test]
fn what_breaks_a_rule_is_refused_and_nobody_hears_of_it() {
    for restarted in [false, true] {
        for (crime, update, code) in crimes() {
            let mut chat = Chat::new();
            if restarted {
                chat.restart();
            }
            assert_eq!(chat.refused(EVE, 1, &update), Some(code as u64), "{crime}");
            assert!(chat.relay.heard(PeerId(BOB)).is_empty(), "{crime}");
            assert_eq!(chat.refused(ADA, 1, &says(10, 3, &[msg("three")])), None, "{crime}");
            assert_eq!(chat.relay.heard(PeerId(BOB)), ["update"], "{crime}");
        }
    }
}

#[test]
fn authors_edit_and_delete_their_own_also_from_another_window() {
    let mut chat = Chat::new();
    assert_eq!(chat.refused(ADA, 1, &says(11, 0, &[iam("ada"), edit(10, 1)])), None);
    assert_eq!(chat.refused(ADA, 1, &deletes(&[(10, 1, 1), (11, 1, 1)])), None);
    chat.relay.heard(PeerId(BOB));
    chat.restart();
    assert_eq!(chat.refused(ADA, 1, &says(11, 2, &[edit(10, 2)])), None);
    let written_and_deleted = [vec![0x81], id(11, 2), vec![1]].concat();
    assert_eq!(chat.refused(ADA, 1, &update(&[(11, 3, vec![written_and_deleted])], &[])), None);
    assert_eq!(chat.refused(EVE, 1, &deletes(&[(10, 1, 1)])), None, "known: changes nothing");
    assert_eq!(chat.relay.heard(PeerId(BOB)), ["update", "update"]);
}

#[test]
fn what_was_said_once_cannot_be_said_again_in_other_words() {
    let mut chat = Chat::new();
    let again = says(10, 0, &[iam("ada"), msg("ONE"), msg("TWO"), msg("three")]);
    assert_eq!(chat.refused(ADA, 1, &again), None);
    let frames = chat.relay.inbox.remove(&PeerId(BOB)).unwrap();
    let new = says(10, 3, &[msg("three")]);
    let update = Message::Sync(Sync::Update(&new)).frame(Dialect::V1, 1);
    assert_eq!(frames.iter().map(|(_, frame)| frame).collect::<Vec<_>>(), [&update]);
}

#[test]
fn only_a_user_writes_and_everybody_reads() {
    let mut chat = Chat::new();
    chat.enter(4, "");
    chat.open(4, "chat/0").unwrap();
    let says = says(40, 0, &[iam(""), msg("x")]);
    assert_eq!(chat.refused(4, 1, &says), Some(ErrorCode::ReadOnly as u64));
    let reader = Grant { access: Access::Read, ..grant("rex") };
    let (peer, dialect) = (PeerId(5), Dialect::V1);
    chat.relay.input(Input::Join { peer, dialect, grant: reader });
    chat.open(5, "chat/0").unwrap();
    let says = chat_kit::says(50, 0, &[iam("rex"), msg("x")]);
    assert_eq!(chat.refused(5, 1, &says), Some(ErrorCode::ReadOnly as u64));
    assert_eq!(chat.open(4, "doc"), Ok(2));
    assert_eq!(chat.refused(4, 2, &chat_kit::says(40, 0, &[msg("x")])), None, "a document");
}

#[test]
fn a_granted_name_is_the_only_one() {
    let mut chat = Chat::new();
    let named = Grant { name: "Ada L.".into(), ..grant("ada") };
    let (peer, dialect) = (PeerId(4), Dialect::V1);
    chat.relay.input(Input::Join { peer, dialect, grant: named });
    chat.open(4, "chat/0").unwrap();
    let right = Unit::Iam { user: "ada", name: "Ada L." }.write();
    assert_eq!(chat.refused(4, 1, &says(40, 0, &[right])), None);
    let wrong = Unit::Iam { user: "ada", name: "Bob" }.write();
    assert_eq!(chat.refused(4, 1, &says(40, 1, &[wrong])), Some(ErrorCode::NotAuthor as u64));
}
