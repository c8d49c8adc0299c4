//! What a room does with updates that build on what it lacks, or lie too deep in types.

use collab_core::log::{Deleted, EMPTY_UPDATE, merge};
use collab_core::wire::{CloseCode, ErrorCode, Message, Sync};
use yrs::updates::decoder::Decode;
use yrs::{Transact, Update};

use crate::chains::{Place, chain};
use crate::relay_kit::{doc, state, text, type_in};
use crate::{NOBODY, push, relay};

/// A tab that hears another one past the relay may type behind what the relay has yet to hear.
#[test]
fn a_stock_client_that_is_ahead_of_the_relay_is_asked_again_and_loses_nothing() {
    let mut relay = relay();
    let (a, stock) = (relay.v1(1), relay.plain(100));
    relay.say(stock, 1, &Message::Sync(Sync::Step2(EMPTY_UPDATE)));
    relay.inbox.clear();
    let (near, writer) = (state(&doc(7, "from another tab")), doc(8, ""));
    writer.transact_mut().apply_update(Update::decode_v1(&near).unwrap()).unwrap();
    for text in [" and", " behind it"] {
        let typed = type_in(&writer, text);
        relay.say(stock, 1, &Message::Sync(Sync::Update(&typed)));
    }
    assert_eq!(relay.heard(stock), ["step1"], "once");
    assert!(relay.heard(a).is_empty() && relay.store.is_empty());
    relay.say(stock, 1, &Message::Sync(Sync::Step2(&state(&writer))));
    assert_eq!(relay.heard(a), ["update"]);
    assert!(!relay.closed.contains_key(&stock));
    let typed = type_in(&writer, ".");
    relay.say(stock, 1, &Message::Sync(Sync::Update(&typed)));
    assert_eq!(relay.heard(a), ["update"]);
}

#[test]
fn of_a_step_2_with_gaps_the_rest_is_taken() {
    let mut relay = relay();
    let (a, stock) = (relay.v1(1), relay.plain(100));
    relay.inbox.clear();
    let (writer, reader) = (doc(7, "whole"), doc(8, ""));
    let lost = type_in(&writer, " lost");
    let behind = type_in(&writer, " behind");
    let step2 = merge(&[state(&doc(9, "mine")), behind.clone()], Deleted::Keep).unwrap().update;
    relay.say(stock, 1, &Message::Sync(Sync::Step2(&step2)));
    relay.deliver(a, &reader);
    assert_eq!(text(&reader), "mine");
    let whole = [state(&doc(7, "whole")), lost, behind];
    for (seq, update) in (1..).zip(whole) {
        relay.say(a, 1, &push(seq, &update));
    }
    let late = relay.plain(101);
    relay.say(late, 1, &Message::Sync(Sync::Step1(NOBODY)));
    relay.deliver(late, &reader);
    assert!(text(&reader).contains("whole lost behind"));
}

#[test]
fn a_push_that_builds_on_what_is_missing_is_refused_as_early() {
    let mut relay = relay();
    let a = relay.v1(1);
    let writer = doc(7, "before");
    let behind = type_in(&writer, "behind");
    relay.heard(a);
    relay.say(a, 1, &push(1, &behind));
    let expected = format!("error {} seq 1", ErrorCode::UpdateEarly as u64);
    assert_eq!(relay.heard(a), [expected]);
    assert!(relay.store.is_empty());
}

#[test]
fn types_nested_too_deeply_over_several_updates_reach_nobody() {
    let mut relay = relay();
    let (listener, a, stock) = (relay.v1(1), relay.v1(2), relay.plain(100));
    relay.inbox.clear();
    relay.say(a, 1, &push(1, &chain(7, 0, 64, Place::Root)));
    relay.say(a, 1, &push(2, &chain(8, 0, 1, Place::In((7, 63)))));
    assert_eq!(relay.heard(listener).len(), 2);
    let deeper = chain(9, 0, 1, Place::In((8, 0)));
    relay.say(stock, 1, &Message::Sync(Sync::Step2(&deeper)));
    assert_eq!(relay.closed[&stock], CloseCode::PROTOCOL);
    relay.heard(a);
    relay.say(a, 1, &push(3, &deeper));
    assert_eq!(relay.heard(a), [format!("error {} seq 3", ErrorCode::UpdateUnsafe as u64)]);
    assert!(relay.heard(listener).is_empty());
}
