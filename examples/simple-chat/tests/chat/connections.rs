//! Connections that cannot be had, are lost, and end; and what the exit code says of it.

use crate::kit::{Process, Server, command};

#[test]
fn a_client_without_a_server_says_so_and_ends_with_1() {
    let server = Server::anywhere();
    let port = server.port.to_string();
    server.kill();
    let client = Process::start(command().args(["client", "--port", &port, "--username", "ada"]));
    let (status, said) = client.ended();
    assert_eq!(status.code(), Some(1), "{said:#?}");
    assert!(said[0].contains("cannot reach the server"), "{said:#?}");
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    for arguments in [&["client", "ada"][..], &["client", "--username", "  "], &["chat"]] {
        let (status, said) = Process::start(command().args(arguments)).ended();
        assert_eq!(status.code(), Some(2), "{said:#?}");
    }
}

#[test]
fn settings_come_from_the_environment_too() {
    let server = Server::anywhere();
    let mut ada = server.join("ada");
    let mut client = command();
    client.env("CHAT_HOST", "localhost").env("CHAT_PORT", server.port.to_string());
    let mut bob = Process::start(client.env("CHAT_USERNAME", "bob").arg("client"));
    bob.hear("* here: ada");
    ada.hear("* bob joined");
}

#[test]
fn the_end_of_input_and_ctrl_c_leave_cleanly() {
    let server = Server::anywhere();
    let mut bob = server.join("bob");
    let mut ada = server.join("ada");
    ada.type_line("send last words");
    ada.end_input();
    assert_eq!(ada.ended().0.code(), Some(0));
    bob.hear("ada: last words");
    bob.hear("* ada left");
    bob.signal("INT");
    assert_eq!(bob.ended().0.code(), Some(0));
}

#[test]
fn what_is_piped_in_arrives_though_the_pipe_ends_at_once() {
    let server = Server::anywhere();
    let mut bob = server.join("bob");
    let mut ada = server.client("ada");
    ada.type_line("send quick");
    ada.end_input();
    assert_eq!(ada.ended().0.code(), Some(0));
    bob.hear("ada: quick");
}

#[test]
fn clients_return_when_the_server_does_and_nothing_is_lost_or_doubled() {
    let server = Server::anywhere();
    let port = server.port.to_string();
    let (mut ada, mut bob) = (server.join("ada"), server.join("bob"));
    ada.type_line("send before");
    bob.hear("ada: before");
    server.kill();
    ada.hear("connection lost");
    bob.hear("connection lost");
    ada.type_line("send meanwhile");
    let _server = Server::start(&["--port", &port]);
    bob.hear("ada: meanwhile");
    ada.hear("connected again");
    ada.type_line("send after");
    bob.hear("ada: after");
    let messages: Vec<_> = bob.heard.iter().filter(|line| line.starts_with("ada: ")).collect();
    assert_eq!(messages, ["ada: before", "ada: meanwhile", "ada: after"]);
}
