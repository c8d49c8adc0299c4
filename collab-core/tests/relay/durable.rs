//! When something counts as durable, and how the room keeps its stored bytes short.

use std::time::Duration;

use bytes::Bytes;
use collab_core::relay::{Counter, Input, LoadFailure, RoomConfig, Stored};
use collab_core::wire::{CloseCode, ErrorCode};

use crate::relay_kit::{Relay, doc, state, text, type_in};
use crate::{push, relay};

#[test]
fn durable_is_said_only_after_the_store_has_it() {
    let mut relay = relay();
    relay.auto_store = false;
    let a = relay.v1(1);
    relay.heard(a);
    let document = doc(7, "");
    for seq in 1..=3 {
        relay.say(a, 1, &push(seq, &type_in(&document, "x")));
    }
    assert!(relay.heard(a).is_empty());
    relay.make_durable();
    assert_eq!(relay.heard(a).last().unwrap(), "durable 3");
}

#[test]
fn a_repeated_push_is_acknowledged_and_not_stored_again() {
    let mut relay = relay();
    let a = relay.v1(1);
    let update = state(&doc(7, "x"));
    relay.say(a, 1, &push(1, &update));
    let b = relay.v1(2);
    relay.heard(b);
    relay.say(b, 1, &push(1, &update));
    assert_eq!(relay.heard(b), ["durable 1"]);
    assert!(relay.counted.contains(&Counter::Duplicate));
    assert_eq!(relay.store["doc"].tail.len(), 1);
}

#[test]
fn a_duplicate_of_what_is_not_durable_waits_for_it() {
    let mut relay = relay();
    relay.auto_store = false;
    let (a, b) = (relay.v1(1), relay.v1(2));
    let update = state(&doc(7, "x"));
    relay.say(a, 1, &push(1, &update));
    relay.heard(b);
    relay.say(b, 1, &push(1, &update));
    assert!(relay.heard(b).is_empty());
    relay.make_durable();
    relay.now = relay.now + RoomConfig::default().durable_ride_max;
    relay.input(Input::Tick);
    assert_eq!(relay.heard(b), ["durable 1"]);
}

#[test]
fn an_ephemeral_room_never_says_durable() {
    let mut relay = Relay::new(RoomConfig { keeps: false, ..RoomConfig::default() });
    let a = relay.v1(1);
    relay.heard(a);
    relay.say(a, 1, &push(1, &state(&doc(7, "x"))));
    assert_eq!(relay.heard(a), ["received 1"]);
    assert!(relay.store.is_empty() && relay.pending.is_empty());
    relay.input(Input::Leave { peer: a });
    assert!(relay.room.is_idle());
}

#[test]
fn a_store_that_does_not_keep_up_bounds_what_is_accepted() {
    let mut relay = Relay::new(RoomConfig { backlog_max_bytes: 400, ..RoomConfig::default() });
    relay.auto_store = false;
    let a = relay.v1(1);
    relay.heard(a);
    let document = doc(7, "");
    for seq in 1..=20 {
        relay.say(a, 1, &push(seq, &type_in(&document, "twenty bytes of text")));
    }
    let refused = format!("error {} seq", ErrorCode::StoreUnavailable as u64);
    assert!(relay.heard(a).last().unwrap().starts_with(&refused));
}

#[test]
fn a_long_tail_is_folded_into_a_snapshot() {
    let config = RoomConfig {
        compact_tail_updates: 10,
        compact_interval: Duration::ZERO,
        ..RoomConfig::default()
    };
    let mut relay = Relay::new(config);
    type_25_times(&mut relay);
    assert_eq!(relay.replaced.len(), 2);
    assert_eq!(relay.store["doc"].tail.len(), 5);
    assert_eq!(a_newcomer_reads(&mut relay), "ab".repeat(25));
}

#[test]
fn a_tail_is_folded_once_in_a_while_however_fast_it_grows() {
    let config = RoomConfig { compact_tail_updates: 2, ..RoomConfig::default() };
    let interval = config.compact_interval;
    let mut relay = Relay::new(config);
    let (writer, document) = (relay.v1(1), doc(7, ""));
    let mut folds = Vec::new();
    for seq in 1..=31 {
        relay.say(writer, 1, &push(seq, &type_in(&document, "a")));
        folds.push(relay.replaced.len());
        relay.now = relay.now + interval / 10;
    }
    assert_eq!((folds[0], folds[1], folds[10], folds[11], folds[30]), (0, 1, 1, 2, 3));
    for seq in 32..=70 {
        relay.say(writer, 1, &push(seq, &type_in(&document, "a")));
    }
    assert_eq!(relay.replaced.len(), 5, "sixteen times as long a tail does not wait");
}

#[test]
fn a_snapshot_that_the_store_does_not_take_changes_nothing() {
    let config = RoomConfig { compact_tail_updates: 10, ..RoomConfig::default() };
    let mut relay = Relay::new(config);
    relay.refuse_replace = true;
    type_25_times(&mut relay);
    assert_eq!(relay.store["doc"].tail.len(), 25);
    assert_eq!(a_newcomer_reads(&mut relay), "ab".repeat(25));
}

#[test]
fn damaged_and_unavailable_rooms_send_everybody_away_with_a_reason() {
    for (failure, code) in [
        (LoadFailure::Damaged, CloseCode::QUARANTINED),
        (LoadFailure::Unavailable, CloseCode::TRY_LATER),
    ] {
        let mut relay = relay();
        relay.load_failure = Some(failure);
        let (a, b) = (relay.v1(1), relay.plain(100));
        assert_eq!((relay.closed[&a], relay.closed[&b]), (code, code));
        assert!(relay.room.is_idle());
    }
    let mut relay = relay();
    let poisoned = Stored { snapshot: Some(Bytes::from_static(&[1, 2, 3])), tail: Vec::new() };
    relay.store.insert("doc".into(), poisoned);
    let a = relay.v1(1);
    assert_eq!(relay.closed[&a], CloseCode::QUARANTINED);
}

/// One peer types "ab" in 25 updates.
fn type_25_times(relay: &mut Relay) {
    let writer = relay.v1(1);
    let document = doc(7, "");
    for seq in 1..=25 {
        relay.say(writer, 1, &push(seq, &type_in(&document, "ab")));
    }
}

fn a_newcomer_reads(relay: &mut Relay) -> String {
    let reader = relay.v1(2);
    let newcomer = doc(8, "");
    relay.deliver(reader, &newcomer);
    text(&newcomer)
}
