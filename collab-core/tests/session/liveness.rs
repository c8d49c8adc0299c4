//! Claims about silence: pings, dead connections, probes.

use collab_core::sync::{Cause, Input, Output, Phase, Reason};
use collab_core::wire::Message;

use crate::kit::{Client, N, sent, step2};

fn is_silent(outputs: &[Output]) -> bool {
    outputs.iter().any(|output| matches!(output, Output::Disconnect(Cause::Silent)))
}

fn pings(outputs: &[Output]) -> usize {
    sent(outputs).iter().filter(|f| matches!(f.message, Message::Ping { .. })).count()
}

#[test]
fn a_silent_relay_is_pinged_and_then_given_up() {
    let mut client = Client::live();
    assert_eq!(pings(&client.pass(19_999)), 0);
    assert_eq!(pings(&client.pass(1)), 1);
    assert!(!is_silent(&client.pass(24_999)));
    assert!(is_silent(&client.pass(1)));
    assert_eq!(client.phase(), Phase::Offline);
}

#[test]
fn an_answered_ping_keeps_the_connection() {
    let mut client = Client::live();
    for _ in 0..100 {
        assert!(!is_silent(&client.pass(20_000)));
        client.hear(0, &Message::Pong { nonce: 0 });
    }
}

#[test]
fn a_reader_who_only_listens_is_still_heard_by_the_relay() {
    let mut client = Client::live();
    let mut pinged = 0;
    for _ in 0..60 {
        pinged += pings(&client.pass(1_000));
        client.hear(N, &step2(&[0, 0]));
    }
    assert_eq!(pinged, 3, "PROTOCOL section 1: a client that is silent for 60 s is closed");
}

#[test]
fn a_ping_of_the_relay_is_answered() {
    let mut client = Client::live();
    let outputs = client.hear(0, &Message::Ping { nonce: 42 });
    assert_eq!(sent(&outputs)[0].message, Message::Pong { nonce: 42 });
}

#[test]
fn a_tick_after_a_long_sleep_finds_the_connection_dead() {
    let mut client = Client::live();
    client.now_ms += 3_600_000;
    assert!(is_silent(&client.input(Input::Tick)));
}

#[test]
fn a_network_that_is_back_makes_a_doubtful_connection_prove_itself() {
    let mut client = Client::live();
    assert_eq!(pings(&client.input(Input::NetworkBack)), 1);
    let (at, reason) = client.session.deadline().expect("a deadline");
    assert_eq!((at.as_millis(), reason), (client.now_ms + 5_000, Reason::Silence));
    client.hear(0, &Message::Pong { nonce: 0 });
    assert!(!is_silent(&client.pass(5_000)));
    client.input(Input::NetworkBack);
    assert!(is_silent(&client.pass(5_000)));
}
