//! Claims about finding channels, and about who the relay says one is.

use collab_core::sync::{Input, ListPrefixError, Output};
use collab_core::wire::{Access, Grant, Message, write_names};

use crate::kit::{Client, sent, welcome, welcome_with};

fn listed(outputs: &[Output]) -> Vec<(&'static str, Vec<String>)> {
    let listed = |output: &Output| match output {
        Output::Listed { prefix, names } => {
            Some((*prefix, names.iter().map(ToString::to_string).collect()))
        }
        _ => None,
    };
    outputs.iter().filter_map(listed).collect()
}

fn lists(outputs: &[Output]) -> Vec<Message<'_>> {
    let messages = sent(outputs).into_iter().map(|frame| frame.message);
    messages.filter(|message| matches!(message, Message::List { .. })).collect()
}

#[test]
fn a_list_is_asked_for_once_and_again_after_each_reconnect() {
    let mut client = Client::live();
    client.session.list("dm/").expect("a prefix");
    client.session.list("dm/").expect("a prefix");
    assert_eq!(lists(&client.outputs()), [Message::List { prefix: "dm/" }]);
    client.session.list("chat/").expect("a prefix");
    client.outputs();
    client.input(Input::Disconnected { code: None });
    client.tick();
    client.input(Input::Connected);
    let outputs = client.hear(0, &welcome(true));
    let both = [Message::List { prefix: "dm/" }, Message::List { prefix: "chat/" }];
    assert_eq!(lists(&outputs), both);
}

#[test]
fn names_are_handed_on_as_they_come() {
    let mut client = Client::live();
    for names in [vec![], vec!["chat/0", "chat/1"]] {
        let written = write_names(names.clone().into_iter());
        let outputs = client.hear(0, &Message::Listed { prefix: "chat/", names: &written });
        let names = names.into_iter().map(String::from).collect();
        assert_eq!(listed(&outputs), [("chat/", names)]);
    }
}

#[test]
fn a_relay_that_does_not_list_is_not_asked() {
    let mut client = Client::new();
    client.session.list("chat/").expect("a prefix");
    let Message::Welcome { version, peer, grant, limits, keeps, digests, .. } = welcome(true)
    else {
        panic!("a welcome");
    };
    let old = Message::Welcome { version, peer, grant, limits, keeps, digests, lists: false };
    client.input(Input::Start);
    client.input(Input::Connected);
    assert!(lists(&client.hear(0, &old)).is_empty());
}

#[test]
fn only_chats_are_listed() {
    assert_eq!(Client::new().session.list("doc"), Err(ListPrefixError));
}

#[test]
fn the_status_says_who_one_is() {
    let mut client = Client::new();
    let grant = |name: &str| Grant { user: "u7".into(), name: name.into(), ..Grant::open() };
    client.go_live(&welcome_with(grant(""), true));
    assert_eq!(&*client.session.status().user, "u7");
    let renamed = Grant { access: Access::Read, ..grant("Ada") };
    let outputs = client.hear(0, &Message::Grant(renamed));
    assert!(outputs.iter().any(|output| matches!(output, Output::StatusChanged)));
    assert_eq!(&*client.session.status().name, "Ada");
}
