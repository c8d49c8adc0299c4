//! What a room promises: who hears what, what is acknowledged when, and what is refused.

mod relay_kit;

use std::time::Duration;

use bytes::Bytes;
use collab_core::log::Deletions;
use collab_core::relay::{Counter, Input, LoadFailure, PeerId, RoomConfig, Stored};
use collab_core::wire::{
    Access, CloseCode, Dialect, ErrorCode, Grant, Message, Sync, Writer, write_awareness,
};
use relay_kit::{Relay, doc, state, text, type_in};

const NOBODY: &[u8] = &[0];

fn relay() -> Relay {
    Relay::new(RoomConfig::default())
}

fn push(seq: u64, update: &[u8]) -> Message<'_> {
    Message::Push { seq, update }
}

fn presence(client: u64, clock: u64, json: &str) -> Bytes {
    let entry = collab_core::wire::AwarenessEntry { client, clock, json };
    write_awareness([entry].into_iter())
}

#[test]
fn late_joiner_receives_full_history() {
    let mut relay = relay();
    let writer = relay.v1(1);
    relay.say(writer, 1, &push(1, &state(&doc(7, "hello"))));
    for peer in [relay.plain(100), relay.v1(2)] {
        relay.heard(peer);
        relay.say(peer, 1, &Message::Sync(Sync::Step1(NOBODY)));
        let newcomer = doc(8, "");
        relay.deliver(peer, &newcomer);
        assert_eq!(text(&newcomer), "hello");
    }
}

#[test]
fn an_update_reaches_all_but_its_sender() {
    let mut relay = relay();
    let (a, b, c) = (relay.v1(1), relay.v1(2), relay.plain(100));
    relay.inbox.clear();
    relay.say(a, 1, &push(1, &state(&doc(7, "x"))));
    assert_eq!(relay.heard(a), ["durable 1"], "which implies received");
    assert_eq!(relay.heard(b), ["update"]);
    assert_eq!(relay.heard(c), ["update"]);
}

#[test]
fn a_client_that_asks_gets_only_the_deletions_that_it_lacks() {
    let mut relay = relay();
    let (writer, document) = (relay.v1(1), doc(7, "hello"));
    relay.say(writer, 1, &push(1, &state(&document)));
    relay.say(writer, 1, &push(2, &[0, 1, 7, 1, 1, 1]));
    let asks = relay.join(2, Dialect::V1, Access::Write);
    relay.say(asks, 0, &Message::Open { name: "doc" });
    let ask = |relay: &mut Relay, deleted: &[u8]| {
        relay.heard(asks);
        let digest = Deletions::read(deleted).unwrap().digest([3; 16]).write();
        relay.say(asks, 1, &Message::Ask { state_vector: &[1, 7, 5], digest: &digest });
        relay.heard(asks)
    };
    assert_eq!(ask(&mut relay, &[0]), ["differ in 0", "step2"], "beyond all buckets");
    assert_eq!(ask(&mut relay, &[1, 7, 1, 1, 1]), ["differ in 0", "step2 empty"]);
    assert_eq!(ask(&mut relay, &[1, 7, 1, 1, 2]), ["differ in 1", "step2"]);
    relay.say(asks, 1, &Message::Ask { state_vector: &[1, 7, 5], digest: &[1, 2, 3] });
    assert_eq!(relay.closed[&asks], CloseCode::PROTOCOL);
}

#[test]
fn nobody_hears_an_update_that_may_build_on_what_they_lack() {
    let mut relay = relay();
    let (writer, late) = (relay.v1(1), relay.join(2, Dialect::V1, Access::Write));
    relay.say(late, 0, &Message::Open { name: "doc" });
    let document = doc(7, "a");
    relay.say(writer, 1, &push(1, &state(&document)));
    relay.inbox.clear();
    relay.say(writer, 1, &push(2, &type_in(&document, "b")));
    assert_eq!(relay.heard(late), [""; 0], "it has not said what it has");
    relay.say(late, 1, &Message::Sync(Sync::Step1(NOBODY)));
    assert_eq!(relay.heard(late), ["step2"], "the whole tail in one frame");
    relay.input(Input::Overflowed { peer: late });
    relay.say(writer, 1, &push(3, &type_in(&document, "c")));
    assert_eq!(relay.heard(late), ["event 0"], "frames were dropped: silence until it syncs");
}

#[test]
fn nobody_hears_what_a_stock_client_types_before_its_offline_edits_arrived() {
    let mut relay = relay();
    let (a, stock) = (relay.v1(1), relay.plain(100));
    relay.say(a, 1, &Message::Sync(Sync::Step1(&[0])));
    relay.heard(a);
    let writer = doc(7, "written offline");
    let typed = type_in(&writer, ", then typed");
    relay.say(stock, 1, &Message::Sync(Sync::Update(&typed)));
    assert!(relay.heard(a).is_empty());
    relay.say(stock, 1, &Message::Sync(Sync::Step2(&state(&writer))));
    assert_eq!(relay.heard(a), ["update"]);
    let typed = type_in(&writer, ", and on");
    relay.say(stock, 1, &Message::Sync(Sync::Update(&typed)));
    assert_eq!(relay.heard(a), ["update"]);
}

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
fn nothing_is_answered_before_the_room_is_loaded() {
    let mut relay = relay();
    relay.slow_loads = Some(Vec::new());
    let stored = Stored { snapshot: Some(state(&doc(7, "stored")).into()), tail: Vec::new() };
    relay.store.insert("doc".into(), stored);
    let peer = relay.plain(100);
    relay.say(peer, 0, &Message::Sync(Sync::Step1(NOBODY)));
    assert_eq!(relay.heard(peer), Vec::<String>::new());
    for channel in relay.slow_loads.take().unwrap() {
        relay.load(channel);
    }
    relay.input(Input::Tick);
    assert_eq!(relay.heard(peer), ["step1", "update", "step2 empty"]);
}

#[test]
fn a_viewer_cannot_write_and_others_see_nothing() {
    let mut relay = relay();
    let writer = relay.v1(1);
    let viewer = relay.join(2, Dialect::V1, Access::Read);
    relay.say(viewer, 0, &Message::Open { name: "doc" });
    let plain_viewer = relay.join(100, Dialect::Plain, Access::Read);
    relay.inbox.clear();
    let update = state(&doc(7, "x"));
    relay.say(viewer, 1, &push(1, &update));
    let expected = format!("error {} seq 1", ErrorCode::ReadOnly as u64);
    assert_eq!(relay.heard(viewer), [expected]);
    relay.say(plain_viewer, 1, &Message::Sync(Sync::Update(&update)));
    assert_eq!(relay.closed[&plain_viewer], CloseCode::FORBIDDEN);
    assert!(relay.heard(writer).is_empty() && relay.pending.is_empty());
}

#[test]
fn a_viewers_answer_that_adds_nothing_is_no_attempt_to_write() {
    let mut relay = relay();
    let viewer = relay.join(100, Dialect::Plain, Access::Read);
    relay.say(viewer, 1, &Message::Sync(Sync::Step2(&[0, 0])));
    assert!(relay.closed.is_empty());
}

#[test]
fn after_a_refused_push_later_ones_are_refused_until_the_channel_is_opened_again() {
    let mut relay = relay();
    let a = relay.v1(1);
    relay.heard(a);
    relay.say(a, 1, &push(1, &[9, 9, 9]));
    relay.say(a, 1, &push(2, &state(&doc(7, "x"))));
    let code = ErrorCode::UpdateMalformed as u64;
    assert_eq!(relay.heard(a), [format!("error {code} seq 1"), format!("error {code} seq 2")]);
    relay.say(a, 0, &Message::Open { name: "doc" });
    relay.say(a, 1, &push(1, &state(&doc(7, "x"))));
    assert_eq!(relay.heard(a), ["opened doc", "step1", "durable 1"]);
}

#[test]
fn a_push_out_of_sequence_ends_the_connection() {
    let mut relay = relay();
    let a = relay.v1(1);
    relay.say(a, 1, &push(2, &state(&doc(7, "x"))));
    assert_eq!(relay.closed[&a], CloseCode::PROTOCOL);
}

#[test]
fn a_full_room_refuses_and_stays_readable() {
    let mut relay = Relay::new(RoomConfig { room_max_bytes: 60, ..RoomConfig::default() });
    let a = relay.v1(1);
    relay.say(a, 1, &push(1, &state(&doc(7, "fits"))));
    relay.heard(a);
    relay.say(a, 1, &push(2, &state(&doc(8, &"x".repeat(60)))));
    assert_eq!(relay.heard(a), [format!("error {} seq 2", ErrorCode::RoomFull as u64)]);
    let reader = relay.plain(100);
    relay.say(reader, 0, &Message::Sync(Sync::Step1(NOBODY)));
    let newcomer = doc(9, "");
    relay.deliver(reader, &newcomer);
    assert_eq!(text(&newcomer), "fits");
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

#[test]
fn a_slow_reader_is_told_to_sync_again() {
    let mut relay = relay();
    let (v1, plain) = (relay.v1(1), relay.plain(100));
    relay.heard(v1);
    relay.input(Input::Overflowed { peer: v1 });
    assert_eq!(relay.heard(v1), ["event 0"]);
    relay.input(Input::Overflowed { peer: plain });
    assert_eq!(relay.closed[&plain], CloseCode::TRY_LATER);
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

#[test]
fn a_signal_reaches_exactly_one_peer() {
    let mut relay = relay();
    let (a, b, c) = (relay.v1(1), relay.v1(2), relay.v1(3));
    relay.inbox.clear();
    relay.say(a, 0, &Message::Signal { peer: 2, payload: b"offer" });
    let expected = format!("{:?}", Message::Signal { peer: 1, payload: b"offer" });
    assert_eq!(relay.heard(b), [expected]);
    relay.say(a, 0, &Message::Signal { peer: 9, payload: b"offer" });
    assert_eq!(relay.heard(a), [format!("error {} seq 0", ErrorCode::SignalRefused as u64)]);
    assert!(relay.heard(c).is_empty());
}

#[test]
fn channels_are_separate_and_limited() {
    let mut relay = relay();
    let (a, b) = (relay.v1(1), relay.v1(2));
    relay.say(a, 0, &Message::Open { name: "chat/1" });
    relay.inbox.clear();
    relay.say(a, 2, &push(1, &state(&doc(7, "x"))));
    assert!(relay.heard(b).is_empty(), "b has not opened it");
    relay.say(b, 2, &Message::Sync(Sync::Step1(NOBODY)));
    assert_eq!(relay.heard(b), [format!("error {} seq 0", ErrorCode::ChannelUnknown as u64)]);
    relay.heard(a);
    for n in 0..20 {
        relay.say(a, 0, &Message::Open { name: &format!("c{n}") });
    }
    let too_many = format!("error {} seq 0", ErrorCode::TooManyChannels as u64);
    assert_eq!(relay.heard(a).iter().filter(|said| **said == too_many).count(), 6);
}

#[test]
fn an_expired_grant_ends_the_connection() {
    let mut relay = relay();
    let a = relay.v1(1);
    let mut grant = collab_core::wire::Grant::open();
    grant.expires_at_ms = relay.now.as_millis() + 1_000;
    relay.input(Input::Regrant { peer: a, grant: Some(grant) });
    relay.now = relay.now + std::time::Duration::from_secs(6);
    relay.input(Input::Tick);
    assert_eq!(relay.closed[&a], CloseCode::UNAUTHORIZED);
}

#[test]
fn a_refused_token_leaves_the_grant_as_it_was() {
    let mut relay = relay();
    let a = relay.v1(1);
    relay.heard(a);
    relay.input(Input::TokenRefused { peer: a });
    assert_eq!(relay.heard(a), [format!("error {} seq 0", ErrorCode::Unauthorized as u64)]);
    relay.say(a, 1, &push(1, &state(&doc(7, "x"))));
    assert_eq!(relay.heard(a), ["durable 1"]);
}

#[test]
fn hostile_frames_end_only_their_own_connection() {
    let mut relay = relay();
    let (stays, victim) = (relay.v1(1), relay.plain(100));
    let mut deep = Writer::default();
    deep.bytes(&[1, 1, 1, 0, 8, 1, 1, b't', 1]);
    (0..10_000).for_each(|_| deep.bytes(&[117, 1]));
    deep.bytes(&[126, 0]);
    relay.say(victim, 0, &Message::Sync(Sync::Update(&deep.into_vec())));
    assert_eq!(relay.closed[&victim], CloseCode::PROTOCOL);
    for (n, frame) in
        [&[][..], &[0xff; 20], &[0, 9, 1, 0], &[7], &[0, 2, 0xff, 1]].iter().enumerate()
    {
        let peer = relay.plain(200 + n as u64);
        relay.input(Input::Frame { peer, frame: Bytes::copy_from_slice(frame) });
        assert_eq!(relay.closed[&peer], CloseCode::PROTOCOL, "{frame:?}");
    }
    assert!(!relay.closed.contains_key(&stays));
}
