//! Claims about relays that break the protocol: a typed fault, a disconnect, a later attempt.

use collab_core::sync::{Cause, Fault, Input, Output, Phase};
use collab_core::wire::{Access, ErrorCode, EventKind, Message, WireError};

use crate::kit::{Client, N, opened, step1, step2, update, welcome};

fn fault(outputs: Vec<Output>) -> Fault {
    let fault = outputs.into_iter().find_map(|output| match output {
        Output::Disconnect(Cause::Fault(fault)) => Some(fault),
        _ => None,
    });
    fault.expect("a fault")
}

#[test]
fn a_malformed_frame_ends_the_connection_and_not_the_session() {
    let mut client = Client::live();
    client.type_text("kept");
    let found = fault(client.input(Input::Frame(&[200])));
    assert!(matches!(found, Fault::Malformed(WireError::Truncated)));
    assert_eq!((client.phase(), client.unsaved()), (Phase::Offline, 1));
    assert_eq!(client.session.status().error, Some(ErrorCode::Malformed));
    assert!(client.session.status().retry_at.is_some());
}

#[test]
fn an_acknowledgement_of_a_push_that_was_never_sent_is_a_fault() {
    let mut client = Client::live();
    client.type_text("a");
    let found = fault(client.hear(N, &Message::Durable { seq: 2 }));
    assert!(matches!(found, Fault::Acknowledgement { acknowledged: 2, pushed: 1 }));
    assert_eq!(client.unsaved(), 1);
    let mut client = Client::live();
    fault(client.hear(N, &Message::Received { seq: 1 }));
}

#[test]
fn an_update_that_cannot_be_read_is_a_fault() {
    let mut client = Client::live();
    assert!(matches!(fault(client.hear(N, &update(&[1, 2, 3]))), Fault::Replica(_)));
    let mut client = Client::live();
    assert!(matches!(fault(client.hear(N, &step2(&[9]))), Fault::Replica(_)));
}

#[test]
fn a_state_vector_that_cannot_be_read_is_a_fault() {
    let mut client = Client::new();
    client.reach_opened(&welcome(true));
    assert!(matches!(fault(client.hear(N, &step1(&[5, 1]))), Fault::StateVector(_)));
}

#[test]
fn messages_out_of_place_are_faults() {
    let push = Message::Push { seq: 1, update: &[0, 0] };
    let unknown = Message::Opened { name: "other", access: Access::Write };
    let strange = [
        (0, welcome(true)),
        (N, push),
        (0, Message::Hello { version: 1, token: "" }),
        (0, Message::Token { token: "" }),
        (9, unknown),
        (N, opened()),
    ];
    for (channel, message) in strange {
        let mut client = Client::live();
        assert!(matches!(fault(client.hear(channel, &message)), Fault::Unexpected));
    }
}

#[test]
fn nothing_but_welcome_answers_hello() {
    let mut client = Client::new();
    client.input(Input::Start);
    client.input(Input::Connected);
    assert!(matches!(fault(client.hear(N, &opened())), Fault::Unexpected));
}

#[test]
fn a_relay_of_another_version_is_refused() {
    let mut client = Client::new();
    client.input(Input::Start);
    client.input(Input::Connected);
    let Message::Welcome { peer, grant, limits, keeps, .. } = welcome(true) else {
        unreachable!("a welcome")
    };
    let welcome =
        Message::Welcome { version: 2, peer, grant, limits, keeps, digests: false, lists: false };
    client.hear(0, &welcome);
    assert_eq!(client.phase(), Phase::Refused(ErrorCode::UnsupportedVersion));
    assert_eq!(client.session.deadline(), None);
}

#[test]
fn unknown_events_errors_and_channels_are_tolerated() {
    let mut client = Client::live();
    client.hear(0, &Message::Event { kind: 99, payload: &[1, 2, 3] });
    client.hear(0, &Message::Error { code: 9999, seq: 0, detail: "new" });
    client.hear(77, &Message::Durable { seq: 5 });
    assert_eq!(client.phase(), Phase::Saved);
}

#[test]
fn an_event_with_a_broken_payload_is_a_fault() {
    let mut client = Client::live();
    let event = Message::Event { kind: EventKind::Store as u64, payload: &[] };
    assert!(matches!(fault(client.hear(0, &event)), Fault::Malformed(_)));
}

#[test]
fn frames_without_a_connection_are_ignored() {
    let mut client = Client::new();
    assert!(client.input(Input::Frame(&[255, 255])).is_empty());
    assert!(client.input(Input::Connected).is_empty());
    assert!(client.input(Input::Disconnected { code: Some(4400) }).is_empty());
    assert_eq!(client.phase(), Phase::Offline);
}
