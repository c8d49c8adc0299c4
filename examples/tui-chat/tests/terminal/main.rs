//! The program on real terminals (tmux) against a real server that dies and returns.

#![allow(clippy::unwrap_used, reason = "test code")]

mod accounts;
mod rooms_server;
mod stage;

use std::time::Duration;

use collab_client::Config;
use collab_core::chat::{Client, ClientConfig, Place, guest_token};
use stage::{Person, Server, Tmux};

#[test]
fn two_terminals_show_the_same_history_after_the_server_was_killed() {
    let tmux = Tmux::start();
    let mut server = Server::start();
    let (ada, bo) = (Person::new(&tmux, "Ada", &server), Person::new(&tmux, "Bo", &server));
    ada.sees(" saved");
    bo.sees("2 here");
    ada.types("before the crash, from Ada");
    bo.sees("before the crash, from Ada");
    bo.types("before the crash, from Bo");
    ada.sees("before the crash, from Bo");
    ada.sees(" saved");
    bo.sees(" saved");

    server.kill();
    ada.sees("offline");
    bo.sees("offline");
    ada.types("in the dark, from Ada");
    bo.types("in the dark, from Bo");
    ada.sees("1 unsaved");
    bo.sees("1 unsaved");

    server.restart();
    ada.sees("in the dark, from Bo");
    bo.sees("in the dark, from Ada");
    ada.sees(" saved");
    bo.sees(" saved");
    ada.types("after the crash");
    bo.sees("after the crash");

    let history = ada.agrees_with(&bo);
    for said in ["before the crash, from Ada", "before the crash, from Bo", "in the dark, from Ada"]
    {
        assert_eq!(history.matches(said).count(), 1, "{said}:\n{history}");
    }
    for said in ["in the dark, from Bo", "after the crash"] {
        assert_eq!(history.matches(said).count(), 1, "{said}:\n{history}");
    }
}

#[test]
fn what_was_written_offline_survives_a_killed_client_and_arrives_once() {
    let tmux = Tmux::start();
    let mut server = Server::start();
    let bo = Person::new(&tmux, "Bo", &server);
    let mut ada = Person::new(&tmux, "Ada", &server);
    ada.sees("2 here");
    server.kill();
    ada.sees("offline");
    ada.types("kept on this device");
    // With the first message one says who one is: that is two.
    ada.sees("2 unsaved");
    ada.kill();
    server.restart();
    ada.returns();
    bo.sees("kept on this device");
    ada.sees("kept on this device");
    ada.sees(" saved");
    ada.types("and now again online");
    bo.sees("and now again online");
    assert_eq!(ada.agrees_with(&bo).matches("kept on this device").count(), 1);
}

#[test]
fn a_direct_message_reaches_one_person_only() {
    let tmux = Tmux::start();
    let server = Server::start();
    let [ada, bo, cleo] = ["Ada", "Bo", "Cleo"].map(|name| Person::new(&tmux, name, &server));
    ada.sees("3 here");
    ada.sees("Bo");
    ada.types("@Bo between you and me");
    bo.sees("@Ada             1");
    bo.presses("M-Down");
    bo.sees("between you and me");
    bo.sees("only you two");
    ada.presses("M-Up");
    ada.types("to everybody");
    cleo.sees("to everybody");
    assert!(!cleo.screen().contains("between you and me"));
    assert!(!cleo.screen().contains("@Ada"));
}

#[test]
fn three_peers_in_a_chain_agree_after_the_middle_one_died_and_returned() {
    let tmux = Tmux::start();
    let middle = stage::free_address();
    let to_middle = format!("--peer {middle}");
    let mut bo = Person::with(&tmux, "Bo", &format!("--name Bo --listen {middle}"));
    let ada = Person::with(&tmux, "Ada", &format!("--name Ada {to_middle}"));
    let cleo = Person::with(&tmux, "Cleo", &format!("--name Cleo {to_middle}"));
    ada.sees("3 here");
    cleo.sees("3 here");
    ada.types("from one end");
    cleo.sees("from one end");
    cleo.types("from the other");
    ada.sees("from the other");
    bo.sees("from the other");

    bo.kill();
    ada.types("alone at one end");
    cleo.types("alone at the other");
    bo.returns();
    ada.sees("alone at the other");
    cleo.sees("alone at one end");
    bo.sees("alone at the other");
    let history = ada.agrees_with(&cleo);
    assert_eq!(history, bo.agrees_with(&cleo));
    for said in ["from one end", "from the other", "alone at one end", "alone at the other"] {
        assert_eq!(history.matches(said).count(), 1, "{said}:\n{history}");
    }

    ada.types("@Bo between you and me");
    ada.sees("no direct messages among peers");
    ada.presses("F1");
    ada.sees("Among peers: no direct messages");
    ada.presses("Escape");

    // Somebody else who calls himself Ada is told of, before he says anything.
    let mallory = Person::with(&tmux, "Mallory", &format!("--name Ada {to_middle}"));
    mallory.sees("4 here");
    bo.sees("CHANGED KEY");
}

#[test]
fn a_terminal_never_executes_what_others_write() {
    let tmux = Tmux::start();
    let server = Server::start();
    let ada = Person::new(&tmux, "Ada", &server);
    ada.sees(" saved");
    hostile(
        &server,
        "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[1;1Hplain \u{1b}[31mred\u{1b}[0m\r\u{9b}3J end\u{202e}",
    );
    ada.sees("plain red end");
    // The screen still stands, and its title is ours.
    ada.sees("Rooms");
    ada.sees("lobby");
    assert_eq!(ada.ask("#{pane_title}").replace(|c: char| !c.is_alphabetic(), ""), "tuichat");
}

#[test]
fn a_terminal_is_given_back_when_the_process_is_told_to_end() {
    let tmux = Tmux::start();
    let server = Server::start();
    let ada = Person::new(&tmux, "Ada", &server);
    ada.sees(" saved");
    assert_eq!(ada.ask("#{alternate_on}#{mouse_any_flag}"), "11");
    ada.terminate();
    ada.sees("the shell is back");
    assert_eq!(ada.ask("#{alternate_on}#{mouse_any_flag}#{cursor_flag}"), "001");
    ada.sees("echo is on");
}

/// Says `text` as somebody whose client does not care.
fn hostile(server: &Server, text: &str) {
    let client = Client::new(ClientConfig::guest(1 << 40, 1, "Eve", &guest_token([6; 20])));
    let url = format!("ws://127.0.0.1:{}/sync/lobby", server.port());
    let text = text.to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (handle, mut changes) = collab_client::start(Config::new(url), client);
        let said = handle.call(move |chat, now| chat.say(now, &Place::Room, &text, None)).await;
        said.unwrap().unwrap();
        let saved = async {
            while handle.call(|chat, _| chat.unsaved()).await.unwrap() > 0 {
                changes.next().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), saved).await.unwrap();
        handle.stop().await;
    });
}
