//! The hostile suite of chats against the real program, with a bystander at its own client.

#![allow(clippy::unwrap_used, reason = "test code")]

mod kit;
#[path = "../../../../collab-server/tests/hostile/suite.rs"]
mod suite;

use std::net::Ipv4Addr;

use collab_core::chat::UserId;
use collab_core::wire::ErrorCode;

use kit::{Process, Server};
use suite::{Person, Stage};

fn person(name: &str) -> Person {
    let secret = "the secret of ";
    Person {
        token: format!("{secret}{name}:{name}"),
        user: UserId::of_guest(&format!("{secret}{name}")).unwrap().to_string(),
        name: name.to_owned(),
    }
}

fn stage(server: &Server) -> Stage {
    let address = (Ipv4Addr::LOCALHOST, server.port).into();
    let [ada, bob, eve] = ["ada", "bob", "eve"].map(person);
    Stage { address, room: "lobby", ada, bob, eve, gives_names: true }
}

/// Everything that somebody was shown until dave, who comes now, has said something.
fn shown(server: &Server, mut somebody: Process) -> Vec<String> {
    let mut dave = server.join("dave");
    dave.type_line("send done");
    somebody.hear("dave: done");
    somebody.leave()
}

#[tokio::test]
async fn what_a_hostile_client_tries_harms_nobody() {
    let server = Server::anywhere();
    let carol = server.join("carol");
    suite::all(&stage(&server)).await;
    for line in shown(&server, carol) {
        let is_known = ["ada: one", "ada: two", "ada: on", "eve: spam", "dave: done"]
            .contains(&line.as_str())
            || line.starts_with("* ")
            || line.starts_with("-- ");
        assert!(is_known, "{line:?}");
    }
}

#[tokio::test]
async fn nobody_enters_under_a_name_that_cannot_be_shown() {
    let server = Server::anywhere();
    let carol = server.join("carol");
    let stage = stage(&server);
    for name in ["\u{1b}]0;owned\u{7}", "a\nda", "\u{202e}ada", "", &"x".repeat(1 << 20)] {
        let mut eve = stage.connect(&person(name), "chat/0").greet().await;
        assert_eq!(eve.until_closed().await, 4403, "{name:?}");
        assert_eq!(eve.errors, [ErrorCode::NameRefused as u64], "{name:?}");
    }
    let shown = shown(&server, carol);
    assert_eq!(shown.iter().filter(|line| line.contains("joined")).count(), 1, "{shown:#?}");
}

#[test]
fn a_message_of_one_mebibyte_is_refused_to_its_author_and_not_sent() {
    let server = Server::anywhere();
    let (mut ada, bob) = (server.join("ada"), server.join("bob"));
    ada.type_line(&format!("send {}", "x".repeat(1 << 20)));
    ada.hear("not sent: 1048576 bytes are too long");
    ada.type_line("send short");
    let shown = shown(&server, bob);
    let of_ada: Vec<_> = shown.iter().filter(|line| line.starts_with("ada: ")).collect();
    assert_eq!(of_ada, ["ada: short"]);
}

#[test]
fn ten_thousand_lines_typed_at_once_drown_nobody_out() {
    let server = Server::anywhere();
    let [mut ada, mut bob, mut eve] = ["ada", "bob", "eve"].map(|name| server.join(name));
    eve.type_raw(&"send spam\n".repeat(10_000));
    bob.hear("eve: spam");
    ada.type_line("send hello");
    bob.hear("ada: hello");
    let spam = bob.heard.iter().filter(|line| *line == "eve: spam").count();
    assert!(spam < 1_000, "{spam}");
}
