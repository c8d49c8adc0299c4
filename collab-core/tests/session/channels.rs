//! Claims about opening and closing channels.

use collab_core::document::Document;
use collab_core::sync::{Fault, Input, Output, Phase, Replica, Replicas, Session, SessionConfig};
use collab_core::wire::{Access, Dialect, ErrorCode, Message};

use crate::kit::{Client, N, START_MS, opened, sent, step1, welcome};

#[test]
fn names_are_checked() {
    let mut session = Session::new(SessionConfig::new("", 1));
    assert!(session.open("Not A Channel").is_err());
    assert!(session.open("dm/1-2").is_ok());
}

#[test]
fn opening_twice_opens_once() {
    let mut client = Client::live();
    client.session.open("doc").expect("a name");
    assert!(client.outputs().is_empty());
}

#[test]
fn a_channel_opened_late_is_asked_for_at_once() {
    let mut client = Client::live();
    client.session.open("chat").expect("a name");
    let outputs = client.outputs();
    assert_eq!(sent(&outputs)[0].message, Message::Open { name: "chat" });
    assert_eq!(client.phase(), Phase::Syncing);
}

#[test]
fn a_closed_channel_is_no_longer_heard() {
    let mut client = Client::live();
    client.type_text("a");
    client.session.close("doc");
    let outputs = client.outputs();
    assert_eq!((sent(&outputs)[0].channel, &sent(&outputs)[0].message), (N, &Message::Close));
    assert_eq!(client.unsaved(), 0);
    assert!(client.hear(N, &Message::Durable { seq: 9 }).is_empty());
}

#[test]
fn a_channel_closed_before_it_was_opened_is_closed_when_it_is() {
    let mut client = Client::new();
    client.input(Input::Start);
    client.input(Input::Connected);
    client.hear(0, &welcome(true));
    client.session.close("doc");
    let outputs = client.hear(N, &opened());
    assert_eq!((sent(&outputs)[0].channel, &sent(&outputs)[0].message), (N, &Message::Close));
}

#[test]
fn a_channel_that_the_caller_wants_after_all_is_kept() {
    let mut client = Client::new();
    client.input(Input::Start);
    client.input(Input::Connected);
    client.hear(0, &welcome(true));
    client.session.close("doc");
    client.session.open("doc").expect("a name");
    client.hear(N, &opened());
    assert_eq!(sent(&client.hear(N, &step1(&[0]))).len(), 1);
}

#[test]
fn a_channel_that_may_not_be_opened_is_refused_and_the_others_live() {
    let mut client = Client::live();
    client.session.open("secret").expect("a name");
    let code = ErrorCode::TooManyChannels as u64;
    client.hear(0, &Message::Error { code, seq: 0, detail: "secret" });
    assert_eq!(client.phase(), Phase::Refused(ErrorCode::TooManyChannels));
    client.session.close("secret");
    assert_eq!(client.phase(), Phase::Saved);
}

#[test]
fn a_channel_that_the_relay_closes_is_refused() {
    let mut client = Client::live();
    client.hear(N, &Message::Close);
    assert_eq!(client.phase(), Phase::Refused(ErrorCode::ChannelUnknown));
}

/// Two channels, one document each.
struct Two {
    doc: Document,
    chat: Document,
}

impl Replicas for Two {
    fn replica(&mut self, channel: &str) -> Option<&mut dyn Replica> {
        match channel {
            "doc" => Some(&mut self.doc),
            "chat" => Some(&mut self.chat),
            _ => None,
        }
    }
}

#[test]
fn channels_are_acknowledged_apart_from_each_other() {
    let mut two = Two { doc: Document::new(1), chat: Document::new(2) };
    let mut session = Session::new(SessionConfig::new("", 1));
    session.open("doc").expect("a name");
    session.open("chat").expect("a name");
    let now = collab_core::Timestamp::from_millis(START_MS);
    let mut handle = |session: &mut Session, input: Input<'_>| {
        session.handle(now, input, &mut two);
        std::iter::from_fn(|| session.poll_output()).collect::<Vec<Output>>()
    };
    handle(&mut session, Input::Start);
    handle(&mut session, Input::Connected);
    let frame = |channel, message: Message<'_>| message.frame(Dialect::V1, channel);
    handle(&mut session, Input::Frame(&frame(0, welcome(true))));
    for (number, name) in [(1, "doc"), (2, "chat")] {
        let opened = Message::Opened { name, access: Access::Write };
        handle(&mut session, Input::Frame(&frame(number, opened)));
        handle(&mut session, Input::Frame(&frame(number, step1(&[0]))));
        handle(&mut session, Input::Edited { channel: name, update: vec![0, 0].into() });
    }
    assert_eq!(session.status().unsaved, 2);
    let outputs = handle(&mut session, Input::Frame(&frame(2, Message::Durable { seq: 1 })));
    assert!(matches!(&outputs[0], Output::Durable { channel } if &**channel == "chat"));
    assert_eq!(session.status().unsaved, 1);
}

#[test]
fn a_channel_without_a_replica_is_a_fault_and_not_a_loss() {
    let mut client = Client::live();
    client.session.open("chat").expect("a name");
    client.hear(4, &Message::Opened { name: "chat", access: Access::Write });
    let outputs = client.hear(4, &step1(&[0]));
    let no_replica = |o: &Output| {
        matches!(o, Output::Disconnect(collab_core::sync::Cause::Fault(Fault::NoReplica)))
    };
    assert!(outputs.iter().any(no_replica));
}
