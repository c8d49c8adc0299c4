//! Claims about pushes that are refused: shown by name, kept, and tried again when it makes sense.

use bytes::Bytes;
use collab_core::document::Event;
use collab_core::sync::{Input, Output, Phase};
use collab_core::wire::{Access, ErrorCode, EventKind, Grant, Message};

use crate::kit::{
    Client, DOC, N, event, opened, pushes, sent, step1, step2, text_of, welcome, welcome_with,
};

fn error(code: ErrorCode, seq: u64) -> Message<'static> {
    Message::Error { code: code as u64, seq, detail: "" }
}

#[test]
fn a_refused_push_is_shown_and_stops_later_ones() {
    let mut client = Client::live();
    client.type_text("a");
    client.type_text("b");
    client.hear(N, &error(ErrorCode::RoomFull, 1));
    client.hear(N, &error(ErrorCode::RoomFull, 2));
    assert_eq!(client.phase(), Phase::Refused(ErrorCode::RoomFull));
    assert!(pushes(&client.type_text("c")).is_empty());
    assert_eq!(client.unsaved(), 3);
}

#[test]
fn what_was_sent_before_a_refused_push_still_becomes_durable() {
    let mut client = Client::live();
    client.type_text("a");
    client.type_text("b");
    client.hear(N, &error(ErrorCode::UpdateUnsafe, 2));
    client.hear(N, &Message::Durable { seq: 1 });
    assert_eq!(client.unsaved(), 1);
    assert_eq!(client.phase(), Phase::Refused(ErrorCode::UpdateUnsafe));
}

#[test]
fn start_tries_a_refused_channel_again_with_everything() {
    let mut client = Client::live();
    client.type_text("a");
    client.hear(N, &error(ErrorCode::RoomFull, 1));
    client.type_text("b");
    let outputs = client.input(Input::Start);
    let frames = sent(&outputs);
    assert_eq!((frames[0].channel, &frames[0].message), (N, &Message::Close));
    assert_eq!(frames[1].message, Message::Open { name: DOC });
    client.hear(N, &error(ErrorCode::RoomFull, 2));
    client.hear(N, &opened());
    let pushed = pushes(&client.hear(N, &step1(&[0])));
    assert_eq!(pushed[0].0, 1);
    assert_eq!(text_of([pushed[0].1.as_slice()]), "ab");
    client.hear(N, &step2(&[0, 0]));
    client.hear(N, &Message::Durable { seq: 1 });
    assert_eq!(client.phase(), Phase::Saved);
}

/// The relay lacks what it builds on: it came to this client another way.
#[test]
fn a_push_that_came_early_is_repeated_with_all_that_the_relay_lacks() {
    let mut client = Client::live();
    client.type_text("a");
    client.hear(N, &error(ErrorCode::UpdateEarly, 1));
    client.type_text("b");
    assert!(!matches!(client.phase(), Phase::Refused(_)));
    let outputs = client.tick();
    assert_eq!(sent(&outputs).last().unwrap().message, Message::Open { name: DOC });
    client.hear(N, &opened());
    let pushed = pushes(&client.hear(N, &step1(&[0])));
    assert_eq!(text_of([pushed[0].1.as_slice()]), "ab");
    client.hear(N, &step2(&[0, 0]));
    client.hear(N, &Message::Durable { seq: 1 });
    assert_eq!(client.phase(), Phase::Saved);
}

#[test]
fn an_edit_beyond_the_limit_is_pushed_in_parts() {
    let mut client = Client::live();
    let pushed = pushes(&client.type_text(&"x".repeat(2000)));
    assert_eq!(pushed.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(pushed.iter().all(|(_, update)| update.len() <= 1024));
    assert_eq!(text_of(pushed.iter().map(|(_, update)| &update[..])), "x".repeat(2000));
    client.hear(N, &Message::Durable { seq: 2 });
    assert_eq!(client.unsaved(), 1, "its last part");
    client.hear(N, &Message::Durable { seq: 3 });
    assert_eq!(client.phase(), Phase::Saved);
}

#[test]
fn an_offline_diff_beyond_the_limit_is_pushed_in_parts() {
    let mut client = Client::new();
    for _ in 0..200 {
        client.type_text("written offline, ");
    }
    client.reach_opened(&welcome(true));
    let pushed = pushes(&client.hear(N, &step1(&[0])));
    assert!(pushed.len() > 3 && pushed.iter().all(|(_, update)| update.len() <= 1024));
    assert_eq!(text_of(pushed.iter().map(|(_, update)| &update[..])), client.text());
    assert_eq!(client.unsaved(), 200);
    client.hear(N, &step2(&[0, 0]));
    client.hear(N, &Message::Durable { seq: pushed.len() as u64 });
    assert_eq!(client.phase(), Phase::Saved);
}

/// A map entry of one value, which cannot be cut.
fn set_large_setting(client: &mut Client) -> Bytes {
    let document = &mut client.documents.0;
    document.set_setting("motto", &"x".repeat(2000).into()).expect("a valid setting");
    let update = std::iter::from_fn(|| document.poll_event()).find_map(|event| match event {
        Event::LocalUpdate(update) => Some(update),
        _ => None,
    });
    update.expect("one update")
}

#[test]
fn an_update_that_cannot_be_cut_to_the_limit_is_refused_here_and_kept() {
    let mut client = Client::live();
    let update = set_large_setting(&mut client);
    assert!(pushes(&client.input(Input::Edited { channel: DOC, update })).is_empty());
    assert_eq!(client.phase(), Phase::Refused(ErrorCode::UpdateTooLarge));
    assert_eq!(client.unsaved(), 1);
    assert!(client.documents.0.setting("motto").is_some());
}

#[test]
fn an_offline_diff_that_cannot_be_cut_to_the_limit_is_refused_here_and_kept() {
    let mut client = Client::new();
    let update = set_large_setting(&mut client);
    client.input(Input::Edited { channel: DOC, update });
    client.reach_opened(&welcome(true));
    assert!(pushes(&client.hear(N, &step1(&[0]))).is_empty());
    assert_eq!(client.phase(), Phase::Refused(ErrorCode::UpdateTooLarge));
    assert_eq!(client.unsaved(), 1);
}

#[test]
fn a_reader_sees_that_edits_cannot_be_saved() {
    let mut client = Client::new();
    let grant = Grant { access: Access::Read, ..Grant::open() };
    client.go_live(&welcome_with(grant, true));
    assert_eq!(client.phase(), Phase::Saved);
    assert_eq!(client.session.status().access, Access::Read);
    assert!(pushes(&client.type_text("a")).is_empty());
    assert_eq!(client.phase(), Phase::Refused(ErrorCode::ReadOnly));
}

#[test]
fn a_raised_grant_saves_what_a_reader_wrote() {
    let mut client = Client::new();
    let grant = Grant { access: Access::Read, ..Grant::open() };
    client.go_live(&welcome_with(grant, true));
    client.type_text("a");
    let outputs = client.hear(0, &Message::Grant(Grant::open()));
    assert_eq!(sent(&outputs).last().expect("open").message, Message::Open { name: DOC });
    client.hear(N, &opened());
    assert_eq!(pushes(&client.hear(N, &step1(&[0]))).len(), 1);
    client.hear(N, &step2(&[0, 0]));
    client.hear(N, &Message::Durable { seq: 1 });
    assert_eq!(client.phase(), Phase::Saved);
}

#[test]
fn a_store_that_does_not_keep_up_is_tried_again_without_alarm() {
    let mut client = Client::live();
    client.type_text("a");
    client.hear(N, &error(ErrorCode::StoreUnavailable, 1));
    assert_eq!((client.phase(), client.unsaved()), (Phase::Synced, 1));
    let outputs = client.tick();
    assert_eq!(sent(&outputs).last().expect("open").message, Message::Open { name: DOC });
}

#[test]
fn a_store_that_recovers_is_tried_at_once() {
    let mut client = Client::live();
    client.type_text("a");
    client.hear(N, &error(ErrorCode::StoreUnavailable, 1));
    let outputs = client.input(Input::Frame(&event(EventKind::Store, 1)));
    assert_eq!(sent(&outputs).last().expect("open").message, Message::Open { name: DOC });
}

#[test]
fn a_new_connection_tries_again() {
    let mut client = Client::live();
    client.type_text("a");
    client.hear(N, &error(ErrorCode::RoomFull, 1));
    client.input(Input::Disconnected { code: None });
    assert_eq!(client.phase(), Phase::Offline);
    client.tick();
    client.input(Input::Connected);
    client.hear(0, &welcome(true));
    client.hear(N, &opened());
    assert_eq!(pushes(&client.hear(N, &step1(&[0]))).len(), 1);
}

#[test]
fn signals_that_cannot_go_out_are_reported() {
    let mut client = Client::live();
    let refused = |outputs: &[Output]| {
        let is = |o: &Output| {
            matches!(o, Output::Refused { channel: None, code: ErrorCode::SignalRefused })
        };
        outputs.iter().any(is)
    };
    let signal = |len: usize| Input::Signal { peer: 9, payload: vec![0; len].into() };
    assert!(!refused(&client.input(signal(16))));
    assert!(refused(&client.input(signal(17))));
    client.input(Input::Stop);
    assert!(refused(&client.input(signal(1))));
}

#[test]
fn a_limited_channel_is_opened_again_after_the_told_wait_with_everything() {
    let mut client = Client::live();
    client.type_text("a");
    client.type_text("b");
    let code = ErrorCode::RateLimited as u64;
    client.hear(N, &Message::Error { code, seq: 2, detail: "2500" });
    client.hear(N, &Message::Durable { seq: 1 });
    assert_eq!(client.phase(), Phase::Synced, "it passes by itself");
    assert!(pushes(&client.type_text("c")).is_empty());
    assert!(sent(&client.pass(2499)).is_empty());
    let outputs = client.pass(1);
    assert_eq!(sent(&outputs)[1].message, Message::Open { name: DOC });
    client.hear(N, &opened());
    let pushed = pushes(&client.hear(N, &step1(&[0])));
    assert_eq!(text_of([pushed[0].1.as_slice()]), "abc");
    assert_eq!(client.unsaved(), 2);
    client.hear(N, &step2(&[0, 0]));
    client.hear(N, &Message::Durable { seq: 1 });
    assert_eq!(client.phase(), Phase::Saved);
}

#[test]
fn the_store_coming_back_does_not_shorten_a_told_wait() {
    let mut client = Client::live();
    client.type_text("a");
    let code = ErrorCode::RateLimited as u64;
    client.hear(N, &Message::Error { code, seq: 1, detail: "2500" });
    let back = event(EventKind::Store, 1);
    assert!(sent(&client.input(Input::Frame(&back))).is_empty());
}
