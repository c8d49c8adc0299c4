//! Who hears what of documents: late joiners, others, slow readers, and nobody too early.

use collab_core::log::Deletions;
use collab_core::relay::{Input, Stored};
use collab_core::wire::{Access, CloseCode, Dialect, ErrorCode, Message, Sync};

use crate::relay_kit::{Relay, doc, state, text, type_in};
use crate::{NOBODY, push, relay};

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
fn a_slow_reader_is_told_to_sync_again() {
    let mut relay = relay();
    let (v1, plain) = (relay.v1(1), relay.plain(100));
    relay.heard(v1);
    relay.input(Input::Overflowed { peer: v1 });
    assert_eq!(relay.heard(v1), ["event 0"]);
    relay.input(Input::Overflowed { peer: plain });
    assert_eq!(relay.closed[&plain], CloseCode::TRY_LATER);
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
