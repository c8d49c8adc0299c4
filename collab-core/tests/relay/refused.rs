//! What a room refuses, and that nobody else suffers.

use bytes::Bytes;
use collab_core::relay::{Input, RoomConfig};
use collab_core::wire::{Access, CloseCode, Dialect, ErrorCode, Message, Sync, Writer};

use crate::relay_kit::{Relay, doc, state, text};
use crate::{NOBODY, push, relay};

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
