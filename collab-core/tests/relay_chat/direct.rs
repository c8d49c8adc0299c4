//! Claims about conversations of two, and about finding conversations.

use collab_core::relay::{Input, LoadFailure, PeerId, RoomConfig};
use collab_core::wire::{ErrorCode, Message, Sync};

use crate::chat_kit::says;
use crate::kit::{ADA, BOB, Chat, EVE, grant, iam, msg};
use crate::people::presence;

#[test]
fn a_direct_chat_does_not_exist_for_a_third() {
    let mut chat = Chat::new();
    let forbidden = Err(ErrorCode::Forbidden as u64);
    assert_eq!(chat.open(EVE, "dm/ada/bob/0"), forbidden);
    for peer in [BOB, EVE] {
        assert!(chat.list(peer, "dm/").is_empty());
    }
    let number = chat.open(ADA, "dm/ada/bob/0").unwrap();
    let before = chat.open(EVE, "notes-1").unwrap();
    chat.relay.inbox.clear();
    assert_eq!(chat.refused(ADA, number, &says(12, 0, &[iam("ada"), msg("psst")])), None);
    assert_eq!(chat.listed(BOB), ["dm/ada/bob/0"]);
    assert!(chat.relay.heard(PeerId(EVE)).is_empty());
    assert_eq!(chat.open(EVE, "dm/ada/bob/0"), forbidden);
    assert!(chat.list(EVE, "dm/").is_empty());
    assert_eq!(chat.open(EVE, "notes-2"), Ok(before + 1), "numbers do not count it");
    assert_eq!(chat.open(BOB, "dm/ada/bob/0"), Ok(number));
    // Guessing the number helps as little.
    let ask = Message::Sync(Sync::Step1(&[0]));
    chat.relay.inbox.clear();
    chat.relay.say(PeerId(EVE), number, &ask);
    let unknown = format!("error {} seq 0", ErrorCode::ChannelUnknown as u64);
    assert_eq!(chat.relay.heard(PeerId(EVE)), [unknown]);
}

#[test]
fn what_looks_like_a_chat_and_is_none_cannot_be_opened() {
    let mut chat = Chat::new();
    let unknown = Err(ErrorCode::ChannelUnknown as u64);
    for name in ["chat/", "chat/01", "chat/x", "dm/", "dm/bob/ada/0", "dm/ada/ada/0", "dm/ada/bob"]
    {
        assert_eq!(chat.open(ADA, name), unknown, "{name}");
    }
    assert!(chat.open(ADA, "chatter").is_ok());
}

#[test]
fn lists_come_from_the_store_and_grow() {
    let mut chat = Chat::new();
    let number = chat.open(ADA, "dm/ada/bob/0").unwrap();
    chat.say(ADA, number, &says(12, 0, &[iam("ada")]));
    chat.restart();
    assert_eq!(chat.list(BOB, "chat/"), ["chat/0"]);
    assert_eq!(chat.list(BOB, "dm/"), ["dm/ada/bob/0"]);
    assert!(chat.list(EVE, "dm/").is_empty());
    let number = chat.open(EVE, "dm/bob/eve/0").unwrap();
    assert!(chat.listed(BOB).is_empty(), "not before something is in it");
    chat.say(EVE, number, &says(32, 0, &[iam("eve")]));
    assert_eq!(chat.listed(BOB), ["dm/bob/eve/0"]);
    assert_eq!(chat.list(BOB, "dm/"), ["dm/ada/bob/0", "dm/bob/eve/0"]);
}

#[test]
fn only_chats_are_listed() {
    let mut chat = Chat::new();
    chat.relay.say(PeerId(EVE), 0, &Message::List { prefix: "d" });
    assert_eq!(chat.relay.closed[&PeerId(EVE)].0, 4400);
}

#[test]
fn somebody_who_becomes_another_loses_what_was_theirs() {
    let mut chat = Chat::new();
    let number = chat.open(ADA, "dm/ada/bob/0").unwrap();
    let people = chat.open(ADA, "chat").unwrap();
    chat.say(ADA, number, &says(12, 0, &[iam("ada")]));
    chat.list(ADA, "dm/");
    chat.relay.say(PeerId(ADA), people, &presence(9, 1, r#"{"user":{"id":"ada"}}"#));
    chat.relay.inbox.clear();
    let grant = Some(grant("mia"));
    chat.relay.input(Input::Regrant { peer: PeerId(ADA), grant });
    let words = chat.relay.heard(PeerId(ADA)).join("; ");
    let forbidden = format!("error {} seq 0", ErrorCode::Forbidden as u64);
    for expected in [forbidden.as_str(), "Close", "9@1=null", "QueryAwareness", "names: [0]"] {
        assert!(words.contains(expected), "{expected} in {words}");
    }
    let unit = says(12, 1, &[msg("x")]);
    assert_eq!(chat.refused(ADA, number, &unit), Some(ErrorCode::ChannelUnknown as u64));
}

#[test]
fn a_store_that_does_not_answer_is_asked_again() {
    let mut chat = Chat::new();
    chat.restart();
    chat.relay.load_failure = Some(LoadFailure::Unavailable);
    chat.relay.say(PeerId(BOB), 0, &Message::List { prefix: "chat/" });
    chat.relay.load_failure = None;
    assert!(chat.relay.heard(PeerId(BOB)).is_empty());
    chat.relay.now = chat.relay.room.deadline().expect("another attempt");
    chat.relay.input(Input::Tick);
    assert_eq!(chat.listed(BOB), ["chat/0"]);
}

#[test]
fn conversations_in_which_nothing_was_said_leave_nothing_behind() {
    let few = RoomConfig { keeps: false, room_channels_max: 2, ..RoomConfig::default() };
    let mut chat = Chat::with(few);
    for other in 0..1_000 {
        let number = chat.open(EVE, &format!("dm/eve/x{other}/0")).expect("opened");
        chat.relay.say(PeerId(EVE), number, &Message::Close);
    }
    assert!(chat.open(ADA, "dm/ada/bob/0").is_ok());
}
