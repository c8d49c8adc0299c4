//! Presence comes, is bounded, and leaves no ghost.

use std::time::Duration;

use collab_core::relay::{Input, PeerId};
use collab_core::wire::{Dialect, ErrorCode, Grant, Message};

use crate::{presence, relay};

#[test]
fn presence_is_echoed_removed_at_the_same_clock_and_leaves_no_ghost() {
    let mut relay = relay();
    let (a, b) = (relay.plain(100), relay.plain(101));
    relay.inbox.clear();
    relay.say(a, 0, &Message::Awareness(&presence(7, 3, "{\"x\":1}")));
    assert_eq!(relay.heard(a), ["7@3={\"x\":1}"], "y-websocket counts on the echo");
    assert_eq!(relay.heard(b), ["7@3={\"x\":1}"]);
    relay.input(Input::Leave { peer: a });
    assert_eq!(relay.heard(b), ["7@3=null"]);
    // y-websocket clients send back what they received, perhaps too late.
    relay.say(b, 0, &Message::Awareness(&presence(7, 3, "{\"x\":1}")));
    assert!(relay.heard(b).is_empty(), "a late echo is no news");
    let returned = relay.plain(102);
    relay.say(returned, 0, &Message::Awareness(&presence(7, 3, "{\"x\":1}")));
    assert_eq!(relay.heard(b), ["7@3={\"x\":1}"], "the client itself may come back at its clock");
    relay.say(b, 0, &Message::Awareness(&presence(7, 3, "null")));
    assert!(relay.heard(returned).len() <= 2, "only its owner removes it");
    let newcomer = relay.plain(103);
    assert!(relay.heard(newcomer).contains(&"7@3={\"x\":1}".to_owned()));
}

#[test]
fn presence_that_is_not_renewed_disappears() {
    let mut relay = relay();
    let (a, b) = (relay.v1(1), relay.v1(2));
    relay.say(a, 1, &Message::Awareness(&presence(7, 1, "{}")));
    relay.heard(b);
    for _ in 0..7 {
        relay.now = relay.room.deadline().unwrap();
        relay.input(Input::Tick);
    }
    assert_eq!(relay.heard(b), ["7@1=null"]);
}

#[test]
fn presence_in_a_chat_lasts_as_long_as_its_connection() {
    let mut relay = relay();
    let [ada, bob] = [(1, "ada"), (2, "bob")].map(|(peer, user)| {
        let (peer, grant) = (PeerId(peer), Grant { user: user.into(), ..Grant::open() });
        relay.input(Input::Join { peer, dialect: Dialect::V1, grant });
        relay.say(peer, 0, &Message::Open { name: "chat" });
        peer
    });
    let state = r#"{"user":{"id":"ada"}}"#;
    relay.say(ada, 1, &Message::Awareness(&presence(7, 1, state)));
    assert!(relay.heard(bob).contains(&format!("7@1={state}")));
    for _ in 0..20 {
        relay.now = relay.now + Duration::from_secs(30);
        relay.input(Input::Tick);
    }
    assert!(relay.heard(bob).is_empty());
    assert_eq!(relay.room.deadline(), None, "an idle chat needs no timer");
    relay.input(Input::Leave { peer: ada });
    assert_eq!(relay.heard(bob), ["7@1=null"]);
}

#[test]
fn presence_is_bounded_and_must_be_json() {
    let mut relay = relay();
    let a = relay.v1(1);
    relay.heard(a);
    let refused = format!("error {} seq 0", ErrorCode::AwarenessRefused as u64);
    relay.say(a, 1, &Message::Awareness(&presence(7, 1, "{not json")));
    assert_eq!(relay.heard(a), std::slice::from_ref(&refused));
    let long = format!("\"{}\"", "x".repeat(20_000));
    relay.say(a, 1, &Message::Awareness(&presence(7, 1, &long)));
    assert_eq!(relay.heard(a), std::slice::from_ref(&refused));
    for client in 1..=17 {
        relay.say(a, 1, &Message::Awareness(&presence(client, 1, "{}")));
    }
    assert_eq!(relay.heard(a).last(), Some(&refused));
}

#[test]
fn ten_thousand_joins_and_leaves_leave_nothing_behind() {
    let mut relay = relay();
    let stays = relay.plain(100);
    for peer in 101..10_101 {
        let peer = relay.plain(peer);
        relay.say(peer, 0, &Message::Awareness(&presence(peer.0, 1, "{}")));
        relay.input(Input::Leave { peer });
        relay.inbox.clear();
    }
    relay.now = relay.now + std::time::Duration::from_secs(60);
    relay.input(Input::Tick);
    relay.heard(stays);
    relay.say(stays, 0, &Message::QueryAwareness);
    assert!(relay.heard(stays).is_empty());
    assert!(format!("{:?}", relay.room).len() < 2_000, "{:?}", relay.room);
}
