//! Claims about opening a connection, syncing, and coming back after a loss.

use std::collections::BTreeSet;

use collab_core::document::{Document, FileId, Splice};
use collab_core::sync::{Cause, Input, Output, Phase, Reason, SessionConfig};
use collab_core::wire::{ErrorCode, EventKind, Message, Sync};

use crate::kit::{
    Client, N, event, pushes, sent, step1, step2, text_of, update, update_of_other, welcome,
};

#[test]
fn says_hello_first_and_opens_its_channels_once_welcome() {
    let mut client = Client::new();
    assert!(matches!(client.input(Input::Start)[0], Output::Connect));
    assert_eq!(client.phase(), Phase::Connecting);
    let outputs = client.input(Input::Connected);
    assert_eq!(sent(&outputs)[0].message, Message::Hello { version: 1, token: "secret" });
    let outputs = client.hear(0, &welcome(true));
    assert_eq!(sent(&outputs)[0].message, Message::Open { name: "doc" });
    assert_eq!(client.phase(), Phase::Syncing);
    assert_eq!(client.session.status().peer, Some(5));
}

#[test]
fn asks_with_its_own_state_vector_once_the_relay_has_told_its() {
    let mut client = Client::new();
    client.reach_opened(&welcome(true));
    let outputs = client.hear(N, &step1(&[0]));
    let frames = sent(&outputs);
    assert_eq!(frames.len(), 1, "nothing to push");
    assert_eq!(frames[0].channel, N);
    assert_eq!(frames[0].message, Message::Sync(Sync::Step1(&[0])));
}

#[test]
fn is_saved_when_the_answer_has_arrived_and_nothing_is_unsaved() {
    let mut client = Client::new();
    client.reach_opened(&welcome(true));
    client.hear(N, &step1(&[0]));
    assert_eq!(client.phase(), Phase::Syncing);
    let outputs = client.hear(N, &step2(&update_of_other("hi")));
    assert!(outputs.iter().any(|output| matches!(output, Output::StatusChanged)));
    assert_eq!(client.phase(), Phase::Saved);
    assert_eq!(client.text(), "hi");
}

#[test]
fn remote_updates_reach_the_replica() {
    let mut client = Client::live();
    client.hear(N, &update(&update_of_other("later")));
    assert_eq!(client.text(), "later");
    assert_eq!(client.phase(), Phase::Saved);
}

#[test]
fn comes_back_after_a_wait_within_bounds_that_double() {
    let mut client = Client::new();
    client.input(Input::Start);
    let mut bound_ms = 250;
    for _ in 0..12 {
        client.input(Input::Disconnected { code: Some(1006) });
        let (at, reason) = client.session.deadline().expect("a retry");
        assert_eq!(reason, Reason::Reconnect);
        assert!(at.as_millis() - client.now_ms <= bound_ms);
        assert_eq!(client.session.status().retry_at, Some(at));
        assert_eq!(client.phase(), Phase::Offline);
        assert!(matches!(client.tick()[0], Output::Connect));
        bound_ms = (bound_ms * 2).min(30_000);
    }
}

#[test]
fn waits_briefly_again_after_a_connection_that_was_stable() {
    let mut client = Client::new();
    client.input(Input::Start);
    for _ in 0..8 {
        client.input(Input::Disconnected { code: None });
        client.tick();
    }
    client.input(Input::Connected);
    client.hear(0, &welcome(true));
    client.pass(10_000);
    client.input(Input::Disconnected { code: None });
    let (at, _) = client.session.deadline().expect("a retry");
    assert!(at.as_millis() - client.now_ms <= 250);
}

#[test]
fn gives_up_a_connection_that_is_never_welcomed() {
    let mut client = Client::new();
    client.input(Input::Start);
    client.input(Input::Connected);
    let outputs = client.pass(20_000);
    let timeout = |o: &Output| matches!(o, Output::Disconnect(Cause::ConnectTimeout));
    assert!(outputs.iter().any(timeout));
}

#[test]
fn returns_no_sooner_than_a_relay_that_goes_away_asked() {
    let mut client = Client::live();
    client.input(Input::Frame(&event(EventKind::GoingAway, 7_000)));
    assert_eq!(client.phase(), Phase::Saved, "the connection lives until it is closed");
    client.input(Input::Disconnected { code: Some(1001) });
    let (at, _) = client.session.deadline().expect("a retry");
    assert!((7_000..=7_250).contains(&(at.as_millis() - client.now_ms)));
}

#[test]
fn an_absurd_wish_of_a_relay_keeps_nobody_away() {
    let mut client = Client::live();
    client.input(Input::Frame(&event(EventKind::GoingAway, 1 << 50)));
    client.input(Input::Disconnected { code: Some(1001) });
    let (at, _) = client.session.deadline().expect("a retry");
    assert!(at.as_millis() - client.now_ms <= 301_000);
}

#[test]
fn a_network_that_is_back_ends_the_wait() {
    let mut client = Client::live();
    client.input(Input::Disconnected { code: None });
    assert!(matches!(client.input(Input::NetworkBack)[0], Output::Connect));
}

#[test]
fn stopped_it_stays_away_until_started() {
    let mut client = Client::live();
    let outputs = client.input(Input::Stop);
    assert!(matches!(outputs[0], Output::Disconnect(Cause::Stopped)));
    assert_eq!(client.session.deadline(), None);
    assert_eq!(client.phase(), Phase::Offline);
    client.type_text("offline");
    client.now_ms += 3_600_000;
    assert!(client.input(Input::NetworkBack).iter().all(|o| !matches!(o, Output::Connect)));
    assert!(client.input(Input::Start).iter().any(|o| matches!(o, Output::Connect)));
}

#[test]
fn a_close_code_that_is_final_ends_the_attempts() {
    let mut client = Client::live();
    client.input(Input::Disconnected { code: Some(4403) });
    assert_eq!(client.phase(), Phase::Refused(ErrorCode::Forbidden));
    assert_eq!(client.session.deadline(), None);
    client.input(Input::Start);
    assert_eq!(client.phase(), Phase::Connecting);
}

#[test]
fn a_client_that_was_late_with_its_hello_tries_again() {
    let mut client = Client::new();
    client.input(Input::Start);
    client.input(Input::Connected);
    client.input(Input::Disconnected { code: Some(4408) });
    assert_eq!(client.phase(), Phase::Offline);
    assert!(client.session.deadline().is_some());
}

#[test]
fn a_quarantined_room_is_refused_by_name() {
    let mut client = Client::new();
    client.reach_opened(&welcome(true));
    let code = ErrorCode::Quarantined as u64;
    client.hear(N, &Message::Error { code, seq: 0, detail: "" });
    client.input(Input::Disconnected { code: Some(4423) });
    assert_eq!(client.phase(), Phase::Refused(ErrorCode::Quarantined));
}

#[test]
fn resync_asks_again_and_loses_no_push() {
    let mut client = Client::live();
    client.type_text("mine");
    let resync = Message::Event { kind: EventKind::Resync as u64, payload: &[] };
    let outputs = client.hear(N, &resync);
    assert!(matches!(sent(&outputs)[0].message, Message::Sync(Sync::Step1(_))));
    assert_eq!(client.phase(), Phase::Syncing);
    client.type_text(", too");
    client.hear(N, &step2(&update_of_other("theirs")));
    assert_eq!(client.unsaved(), 2);
    client.hear(N, &Message::Durable { seq: 2 });
    assert_eq!(client.phase(), Phase::Saved);
}

#[test]
fn heals_a_relay_that_lost_what_was_durable() {
    let mut client = Client::live();
    client.type_text("precious");
    client.hear(N, &Message::Durable { seq: 1 });
    client.reconnect();
    let outputs = client.hear(N, &step1(&[0]));
    let pushes = pushes(&outputs);
    assert_eq!(pushes.len(), 1);
    assert_eq!(text_of(pushes.iter().map(|(_, update)| update.as_slice())), "precious");
    assert_eq!(client.unsaved(), 1, "not saved until the relay has it again");
}

#[test]
fn heals_a_relay_that_lost_a_deletion_of_somebody_else() {
    let mut other = Document::new(2);
    let main = FileId::main();
    other.edit(&main, &[Splice { at: 0, delete: 0, insert: "delete me" }]).expect("valid");
    let mut client = Client::live();
    client.hear(N, &update(&other.snapshot()));
    other.edit(&main, &[Splice { at: 0, delete: 9, insert: "" }]).expect("valid");
    client.hear(N, &update(&other.snapshot()));
    let state_vector = client.documents.0.state_vector();

    client.reconnect();
    let pushed = pushes(&client.hear(N, &step1(&state_vector)));
    assert_eq!(pushed.len(), 1, "deletions do not show in a state vector");
    client.hear(N, &Message::Durable { seq: 1 });
    client.reconnect();
    assert!(pushes(&client.hear(N, &step1(&state_vector))).is_empty(), "once is enough");
}

#[test]
fn heals_a_relay_that_lost_what_could_not_be_integrated_here() {
    let mut other = Document::new(2);
    let main = FileId::main();
    other.edit(&main, &[Splice { at: 0, delete: 0, insert: "first" }]).expect("valid");
    let (first, known) = (other.snapshot(), other.state_vector());
    other.edit(&main, &[Splice { at: 5, delete: 0, insert: " second" }]).expect("valid");
    let second = other.diff(&known).expect("own state vector");

    let mut client = Client::live();
    client.hear(N, &update(&second));
    assert_eq!(client.text(), "", "the first update was dropped on its way");
    client.reconnect();
    client.hear(N, &step1(&known));
    let pushed = pushes(&client.hear(N, &step2(&first)));
    assert_eq!(client.text(), "first second");
    assert_eq!(text_of([first.as_slice(), pushed[0].1.as_slice()]), "first second");
}

#[test]
fn a_clock_that_is_set_back_does_not_delay_the_return() {
    let mut client = Client::live();
    client.input(Input::Disconnected { code: None });
    client.now_ms -= 3_600_000;
    client.input(Input::Tick);
    let (at, _) = client.session.deadline().expect("a retry");
    assert!(at.as_millis() - client.now_ms <= 250);
}

#[test]
fn seeds_spread_the_returns_of_many_clients() {
    let return_of = |seed| {
        let mut client = Client::with_config(SessionConfig::new("", seed));
        client.input(Input::Start);
        client.input(Input::Disconnected { code: None });
        client.session.deadline().expect("a retry").0.as_millis()
    };
    let returns: BTreeSet<u64> = (0..100).map(return_of).collect();
    assert!(returns.len() > 50, "{} different moments", returns.len());
}
