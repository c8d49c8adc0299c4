//! A tick: what arrives in one moment is checked at once, and told, stored and acknowledged once.

use std::time::Duration;

use crate::relay_kit::{Relay, doc, state, text, type_in};
use bytes::Bytes;
use collab_core::relay::{Input, PeerId, RoomConfig};
use collab_core::wire::{AwarenessEntry, Dialect, Message, Sync, write_awareness};

/// A frame that arrives while others wait to be handed in.
fn say(relay: &mut Relay, peer: PeerId, message: &Message<'_>) {
    let dialect = if peer.0 >= 100 { Dialect::Plain } else { Dialect::V1 };
    let frame = message.frame(dialect, 1);
    relay.input_within_tick(Input::Frame { peer, frame });
}

fn push(relay: &mut Relay, peer: PeerId, seq: u64, update: &[u8]) {
    say(relay, peer, &Message::Push { seq, update });
}

fn room() -> Relay {
    Relay::new(RoomConfig { durable_ride_max: Duration::ZERO, ..RoomConfig::default() })
}

#[test]
fn updates_of_one_tick_reach_a_reader_as_one() {
    let mut relay = room();
    let (a, b, reader, stock) = (relay.v1(1), relay.v1(2), relay.v1(3), relay.plain(100));
    let (docs, copy) = ([doc(7, ""), doc(8, "")], doc(9, ""));
    relay.inbox.clear();
    for seq in 1..=5 {
        push(&mut relay, a, seq, &type_in(&docs[0], "a"));
        push(&mut relay, b, seq, &type_in(&docs[1], "b"));
    }
    assert!(relay.room.is_ticking() && relay.inbox.is_empty(), "nobody is told before the end");
    assert_eq!(relay.room.deadline(), Some(relay.now), "which is due at once");
    relay.input(Input::Tick);
    assert!(!relay.room.is_ticking());
    assert_eq!(relay.inbox[&reader].len(), 1);
    assert_eq!(relay.heard(stock), ["update"]);
    relay.deliver(reader, &copy);
    assert_eq!(text(&copy).len(), 10);
    let kept = &relay.store["doc"].tail;
    assert_eq!(kept.len(), 1, "and the store too gets one");
}

#[test]
fn a_writer_hears_the_others_of_its_tick_and_never_itself() {
    let mut relay = room();
    let (a, b) = (relay.v1(1), relay.v1(2));
    let (mine, theirs) = (doc(7, ""), doc(8, ""));
    relay.inbox.clear();
    push(&mut relay, a, 1, &type_in(&mine, "a"));
    push(&mut relay, b, 1, &type_in(&theirs, "b"));
    push(&mut relay, a, 2, &type_in(&mine, "a"));
    relay.input(Input::Tick);
    assert_eq!(relay.heard(a), ["update", "durable 2"]);
    assert_eq!(relay.heard(b), ["update", "update", "durable 1"]);
}

#[test]
fn what_arrives_again_within_a_tick_is_stored_once() {
    let mut relay = room();
    let (a, b) = (relay.v1(1), relay.v1(2));
    let update = state(&doc(7, "once"));
    relay.inbox.clear();
    push(&mut relay, a, 1, &update);
    push(&mut relay, b, 1, &update);
    relay.input(Input::Tick);
    assert_eq!(relay.heard(b), ["update", "durable 1"]);
    assert_eq!(relay.store["doc"].tail, [(relay.store["doc"].tail[0].0, Bytes::from(update))]);
}

#[test]
fn a_question_ends_the_tick_so_that_its_answer_is_whole() {
    let mut relay = room();
    let (a, reader) = (relay.v1(1), relay.v1(2));
    relay.inbox.clear();
    push(&mut relay, a, 1, &state(&doc(7, "all")));
    say(&mut relay, reader, &Message::Sync(Sync::Step1(&[0])));
    let copy = doc(9, "");
    assert_eq!(relay.inbox[&a].len(), 1, "durable");
    relay.deliver(reader, &copy);
    assert_eq!(text(&copy), "all");
}

#[test]
fn a_refused_push_is_told_after_what_was_accepted_before_it() {
    let mut relay = room();
    let a = relay.v1(1);
    relay.inbox.clear();
    push(&mut relay, a, 1, &state(&doc(7, "good")));
    push(&mut relay, a, 2, b"not an update");
    assert_eq!(relay.heard(a), ["received 1", "error 20 seq 2", "durable 1"]);
}

#[test]
fn who_leaves_within_a_tick_has_written_all_the_same() {
    let mut relay = room();
    let (a, reader) = (relay.v1(1), relay.v1(2));
    relay.inbox.clear();
    push(&mut relay, a, 1, &state(&doc(7, "bye")));
    relay.input_within_tick(Input::Leave { peer: a });
    assert_eq!(relay.heard(reader), ["update"]);
    assert_eq!(relay.store["doc"].tail.len(), 1);
}

#[test]
fn presence_of_one_tick_is_told_once_and_newest() {
    let mut relay = room();
    let (a, b) = (relay.v1(1), relay.plain(100));
    relay.inbox.clear();
    for clock in 1..=3 {
        for (peer, client) in [(a, 7), (b, 8)] {
            let json = format!("{clock}");
            let entry = AwarenessEntry { client, clock, json: &json };
            say(&mut relay, peer, &Message::Awareness(&write_awareness([entry].into_iter())));
        }
    }
    relay.input(Input::Tick);
    for peer in [a, b] {
        assert_eq!(relay.heard(peer), ["7@3=3 8@3=3"], "echoed to its senders too");
    }
}

#[test]
fn a_tick_is_bounded() {
    let mut relay = room();
    let (a, reader) = (relay.v1(1), relay.v1(2));
    relay.inbox.clear();
    let document = doc(7, "");
    for seq in 1..=10 {
        push(&mut relay, a, seq, &type_in(&document, &"x".repeat(100_000)));
    }
    assert!(relay.inbox[&reader].len() >= 9, "large updates go out one by one, and soon");
}
