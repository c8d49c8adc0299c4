//! Claims about tokens: asked for in time, passed on, and a reason to return.

use collab_core::sync::{Input, Output, Phase, Reason};
use collab_core::wire::{ErrorCode, Grant, Message};

use crate::kit::{Client, START_MS, sent, welcome, welcome_with};

fn asks_for_token(outputs: &[Output]) -> bool {
    outputs.iter().any(|output| matches!(output, Output::TokenExpiring))
}

fn grant_for(ms: u64) -> Grant {
    Grant { expires_at_ms: START_MS + ms, ..Grant::open() }
}

/// As time passes the relay answers pings.
fn pass_with_pongs(client: &mut Client, ms: u64) -> bool {
    let mut asked = false;
    for _ in 0..ms / 1000 {
        asked |= asks_for_token(&client.pass(1000));
        client.hear(0, &Message::Pong { nonce: 0 });
    }
    asked
}

#[test]
fn a_new_token_is_asked_for_a_minute_before_the_grant_ends() {
    let mut client = Client::new();
    client.go_live(&welcome_with(grant_for(600_000), true));
    assert!(!pass_with_pongs(&mut client, 539_000));
    assert!(pass_with_pongs(&mut client, 1_000));
    assert!(!pass_with_pongs(&mut client, 60_000), "asked once");
}

#[test]
fn the_deadline_says_why() {
    let mut client = Client::new();
    client.go_live(&welcome_with(grant_for(20_000), true));
    let (at, reason) = client.session.deadline().expect("a deadline");
    assert_eq!((at.as_millis(), reason), (START_MS + 10_000, Reason::TokenExpiry));
}

#[test]
fn a_new_token_is_sent_and_its_grant_restarts_the_watch() {
    let mut client = Client::new();
    client.go_live(&welcome_with(grant_for(70_000), true));
    assert!(pass_with_pongs(&mut client, 35_000));
    let outputs = client.input(Input::Token("fresh".into()));
    assert_eq!(sent(&outputs)[0].message, Message::Token { token: "fresh" });
    client.hear(0, &Message::Grant(grant_for(600_000)));
    assert!(!pass_with_pongs(&mut client, 400_000));
    assert!(pass_with_pongs(&mut client, 200_000));
}

#[test]
fn a_token_that_arrives_during_the_greeting_follows_it() {
    let mut client = Client::new();
    client.input(Input::Start);
    client.input(Input::Connected);
    assert!(sent(&client.input(Input::Token("fresh".into()))).is_empty());
    let outputs = client.hear(0, &welcome(true));
    assert_eq!(sent(&outputs)[0].message, Message::Token { token: "fresh" });
}

#[test]
fn a_new_token_ends_a_refusal_for_the_old_one() {
    let mut client = Client::live();
    client.input(Input::Disconnected { code: Some(4401) });
    assert_eq!(client.phase(), Phase::Refused(ErrorCode::Unauthorized));
    client.input(Input::Token("fresh".into()));
    assert_eq!(client.phase(), Phase::Connecting);
    let outputs = client.input(Input::Connected);
    assert_eq!(sent(&outputs)[0].message, Message::Hello { version: 1, token: "fresh" });
}

#[test]
fn a_refused_token_is_reported_and_the_old_grant_holds() {
    let mut client = Client::live();
    let code = ErrorCode::Unauthorized as u64;
    let outputs = client.hear(0, &Message::Error { code, seq: 0, detail: "" });
    let refused = Output::Refused { channel: None, code: ErrorCode::Unauthorized };
    assert_eq!(format!("{:?}", outputs[0]), format!("{refused:?}"));
    assert_eq!(client.phase(), Phase::Saved);
}
