//! Claims about presence and signals, which a session only carries.

use bytes::Bytes;
use collab_core::sync::{Input, Output};
use collab_core::wire::{ErrorCode, Message};

use crate::kit::{Client, DOC, N, opened, sent, welcome};

fn asks_for_presence(outputs: &[Output]) -> bool {
    outputs.iter().any(|o| matches!(o, Output::SendPresence { channel, .. } if &**channel == DOC))
}

#[test]
fn own_presence_is_asked_for_after_each_connect() {
    let mut client = Client::live();
    client.input(Input::Disconnected { code: None });
    client.tick();
    client.input(Input::Connected);
    client.hear(0, &welcome(true));
    assert!(asks_for_presence(&client.hear(N, &opened())));
    assert!(asks_for_presence(&client.hear(N, &Message::QueryAwareness)));
}

#[test]
fn presence_travels_both_ways_unchanged() {
    let mut client = Client::live();
    let update = Bytes::from_static(&[1, 7, 1, 2, b'{', b'}']);
    let outputs = client.input(Input::Presence { channel: DOC, update: update.clone() });
    assert_eq!(
        (sent(&outputs)[0].channel, &sent(&outputs)[0].message),
        (N, &Message::Awareness(&update))
    );
    let outputs = client.hear(N, &Message::Awareness(&update));
    assert!(matches!(&outputs[0], Output::PresenceReceived { update: got, .. } if *got == update));
}

#[test]
fn presence_of_a_closed_connection_is_dropped_and_not_queued() {
    let mut client = Client::live();
    client.input(Input::Disconnected { code: None });
    let update = Bytes::from_static(&[0]);
    assert!(client.input(Input::Presence { channel: DOC, update }).is_empty());
}

#[test]
fn presence_beyond_the_frame_limit_is_reported_and_not_sent() {
    let mut client = Client::live();
    let update = Bytes::from(vec![0; 3000]);
    let outputs = client.input(Input::Presence { channel: DOC, update });
    let refused =
        |o: &Output| matches!(o, Output::Refused { code: ErrorCode::AwarenessRefused, .. });
    assert!(sent(&outputs).is_empty() && outputs.iter().any(refused));
}

#[test]
fn refused_presence_is_reported_and_changes_no_status() {
    let mut client = Client::live();
    let code = ErrorCode::AwarenessRefused as u64;
    let outputs = client.hear(N, &Message::Error { code, seq: 0, detail: "" });
    assert!(matches!(
        &outputs[..],
        [Output::Refused { channel: Some(_), code: ErrorCode::AwarenessRefused }]
    ));
}

#[test]
fn signals_name_their_sender() {
    let mut client = Client::live();
    let outputs = client.hear(0, &Message::Signal { peer: 8, payload: b"offer" });
    assert!(matches!(
        &outputs[0],
        Output::SignalReceived { peer: 8, payload } if &payload[..] == b"offer"
    ));
}
