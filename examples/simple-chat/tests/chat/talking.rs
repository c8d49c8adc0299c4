//! Who hears what.

use crate::kit::Server;

#[test]
fn everybody_but_the_sender_hears_a_message_once() {
    let server = Server::anywhere();
    let [mut ada, mut bob, mut eve] = ["ada", "bob", "eve"].map(|name| server.join(name));
    ada.type_line("send hello");
    bob.hear("ada: hello");
    eve.hear("ada: hello");
    bob.type_line("send bye");
    ada.hear("bob: bye");
    eve.hear("bob: bye");
    for (process, own) in [(ada, "ada: "), (bob, "bob: "), (eve, "eve: ")] {
        let said = process.leave();
        let count = |text: &str| said.iter().filter(|line| line.contains(text)).count();
        assert_eq!(count(own), 0, "nobody hears themselves: {said:#?}");
        assert!(count("hello") <= 1 && count("bye") <= 1, "{said:#?}");
    }
}

#[test]
fn joins_and_leaves_are_told_to_all_others() {
    let server = Server::anywhere();
    let mut ada = server.join("ada");
    let bob = server.join("bob");
    assert!(bob.heard.iter().any(|line| line == "* here: ada"), "{:?}", bob.heard);
    ada.hear("* bob joined");
    assert!(!bob.leave().iter().any(|line| line.contains("bob ")), "not to oneself");
    ada.hear("* bob left");
}

#[test]
fn many_messages_arrive_in_order() {
    let server = Server::anywhere();
    let (mut ada, mut bob) = (server.join("ada"), server.join("bob"));
    for number in 0..150 {
        ada.type_line(&format!("send message {number}"));
    }
    bob.hear("message 149");
    let texts = bob.heard.iter().filter_map(|line| line.strip_prefix("ada: message "));
    assert!(texts.map(|number| number.parse::<u32>().unwrap()).eq(0..150), "{:#?}", bob.heard);
}

#[test]
fn what_is_no_command_is_explained_and_told_to_nobody() {
    let server = Server::anywhere();
    let (mut ada, mut bob) = (server.join("ada"), server.join("bob"));
    ada.type_line("hello everybody");
    ada.hear("send hello everybody");
    ada.type_line("help");
    ada.hear("leave");
    ada.type_line("send at last");
    bob.hear("ada: at last");
    assert!(!bob.heard.iter().any(|line| line.contains("everybody")), "{:#?}", bob.heard);
}

#[test]
fn a_message_cannot_make_a_terminal_do_anything() {
    let server = Server::anywhere();
    let (mut ada, mut bob) = (server.join("ada"), server.join("bob"));
    ada.type_line("send \u{1b}]0;owned\u{7}\u{1b}[2Jred\u{9b}31m\u{202e}");
    ada.type_line("send done");
    bob.hear("ada: done");
    for line in &bob.heard {
        assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
    }
}

#[test]
fn what_is_said_to_one_is_heard_by_one() {
    let server = Server::anywhere();
    let [mut ada, mut bob, mut eve] = ["ada", "bob", "eve"].map(|name| server.join(name));
    ada.hear("* eve joined");
    ada.type_line("@bob psst");
    bob.hear("ada (to you): psst");
    ada.type_line("send done");
    eve.hear("ada: done");
    assert!(!eve.heard.iter().any(|line| line.contains("psst")), "{:#?}", eve.heard);
}

#[test]
fn history_is_there_for_who_comes_later() {
    let data = std::env::temp_dir().join(format!("simple-chat-{}", std::process::id()));
    let directory = data.to_str().unwrap();
    let server = Server::start(&["--port", "0", "--data", directory]);
    let mut ada = server.join("ada");
    ada.type_line("send kept");
    ada.leave();
    server.kill();
    let server = Server::start(&["--port", "0", "--data", directory]);
    let bob = server.join("bob");
    assert!(bob.heard.iter().any(|line| line == "ada: kept"), "{:#?}", bob.heard);
    drop((bob, server));
    std::fs::remove_dir_all(data).unwrap();
}
