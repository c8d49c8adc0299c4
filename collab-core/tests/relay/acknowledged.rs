//! What writers are told of their pushes, and when: as little as possible, as soon as it matters.

use std::time::Duration;

use crate::relay_kit::{Relay, doc, type_in};
use collab_core::relay::{Input, PeerId, RoomConfig};
use collab_core::wire::Message;
use yrs::Doc;

/// Two who write, each into a document of their own.
struct Pair {
    relay: Relay,
    peers: [PeerId; 2],
    docs: [Doc; 2],
    seqs: [u64; 2],
}

const A: usize = 0;
const B: usize = 1;

impl Pair {
    fn new() -> Self {
        let mut relay = Relay::new(RoomConfig::default());
        let peers = [relay.v1(1), relay.v1(2)];
        relay.inbox.clear();
        Self { relay, peers, docs: [doc(7, ""), doc(8, "")], seqs: [0; 2] }
    }

    fn types(&mut self, who: usize) {
        self.seqs[who] += 1;
        let (seq, update) = (self.seqs[who], type_in(&self.docs[who], "x"));
        self.relay.say(self.peers[who], 1, &Message::Push { seq, update: &update });
    }

    fn hears(&mut self, who: usize) -> Vec<String> {
        self.relay.heard(self.peers[who])
    }

    fn waits(&mut self, time: Duration) {
        self.relay.now = self.relay.now + time;
        self.relay.input(Input::Tick);
    }
}

fn ride_max() -> Duration {
    RoomConfig::default().durable_ride_max
}

#[test]
fn who_writes_alone_hears_durable_at_once() {
    let mut pair = Pair::new();
    for seq in 1..=3 {
        pair.types(A);
        assert_eq!(pair.hears(A), [format!("durable {seq}")]);
    }
}

#[test]
fn where_both_write_durable_rides_with_the_next_update() {
    let mut pair = Pair::new();
    pair.types(A);
    pair.types(B);
    assert_eq!(pair.hears(B), ["update"]);
    pair.types(A);
    assert_eq!(pair.hears(B), ["update", "durable 1"]);
    pair.types(A);
    pair.types(B);
    assert_eq!(pair.hears(A), ["durable 1", "update", "update", "durable 3"]);
}

#[test]
fn durable_that_nothing_came_to_ride_with_goes_alone() {
    let mut pair = Pair::new();
    pair.types(A);
    pair.types(B);
    assert_eq!(pair.relay.room.deadline(), Some(pair.relay.now + ride_max()));
    pair.waits(ride_max().saturating_sub(Duration::from_millis(1)));
    assert_eq!(pair.hears(B), ["update"]);
    pair.types(B);
    pair.waits(Duration::from_millis(1));
    assert_eq!(pair.hears(B), ["durable 2"], "the first one's time counts");
    assert_eq!(pair.relay.room.deadline(), None);
    pair.types(B);
    assert_eq!(pair.hears(B), ["durable 3"], "nobody else has written for a while");
}

#[test]
fn durable_waits_for_nothing_when_the_relay_goes_away() {
    let mut pair = Pair::new();
    pair.types(A);
    pair.types(B);
    pair.hears(B);
    pair.relay.input(Input::GoingAway { retry_after_ms: 0 });
    pair.types(B);
    assert_eq!(pair.hears(B), ["durable 1", "event 1", "durable 2"]);
}

#[test]
fn received_is_said_once_where_the_store_is_late_and_at_once_where_it_fails() {
    let mut pair = Pair::new();
    pair.relay.auto_store = false;
    pair.types(A);
    pair.types(A);
    pair.relay.input(Input::StoreLate);
    pair.relay.input(Input::StoreLate);
    assert_eq!(pair.hears(A), ["received 2"]);
    assert_eq!(pair.hears(B), ["update", "update"], "who wrote nothing hears nothing");
    pair.types(A);
    pair.relay.input(Input::StoreHealth { ok: false });
    pair.types(A);
    assert_eq!(pair.hears(A), ["event 2", "received 3", "received 4"]);
    pair.relay.make_durable();
    pair.relay.input(Input::StoreLate);
    assert_eq!(pair.hears(A).last().map(String::as_str), Some("durable 4"));
}
