//! In a terminal: a line that is being typed survives what arrives meanwhile.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Instant;

use crate::kit::{PATIENCE, Server};

/// A client in a pseudo-terminal, which `script` (util-linux) provides.
struct Screen {
    child: Child,
    keyboard: ChildStdin,
    bytes: Receiver<Vec<u8>>,
    shown: String,
}

impl Screen {
    fn open(server: &Server, name: &str) -> Self {
        let program = env!("CARGO_BIN_EXE_simple-chat");
        let port = server.port;
        let client =
            format!("stty cols 80 rows 24; exec {program} client --port {port} --username {name}");
        let mut child = Command::new("script")
            .args(["--quiet", "--return", "--flush", "--command", &client, "/dev/null"])
            .env("TERM", "xterm")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = child.stdout.take().unwrap();
        let (tell, bytes) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                drop(tell.send(buffer[..length].to_owned()));
            }
        });
        let keyboard = child.stdin.take().unwrap();
        Self { child, keyboard, bytes, shown: String::new() }
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits until this is shown behind what was waited for before.
    fn shows(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.shown.find(text) {
                self.shown.drain(..at + text.len());
                return;
            }
            let left = end.saturating_duration_since(Instant::now());
            let Ok(bytes) = self.bytes.recv_timeout(left) else {
                panic!("no {text:?} in {:?}", self.shown);
            };
            self.shown.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    fn ended(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

#[test]
fn a_message_does_not_tear_the_line_that_is_typed() {
    let server = Server::anywhere();
    let mut bob = server.join("bob");
    let mut ada = Screen::open(&server, "ada");
    ada.shows("* here: bob");
    ada.press("send one li");
    ada.shows("send one li");
    bob.type_line("send in between");
    ada.shows("bob: in between\n");
    // Behind the message, in a line of its own, what was typed so far.
    ada.shows("> send one li");
    ada.press("ne\r");
    bob.hear("ada: one line");
    // The last line comes back from the history, and is changed at its end.
    ada.press("\u{1b}[A again\r");
    bob.hear("ada: one line again");
    ada.press("\u{3}");
    assert_eq!(ada.ended(), Some(0));
    bob.hear("* ada left");
}

#[test]
fn who_is_refused_is_asked_for_another_name() {
    let server = Server::anywhere();
    let mut ada = server.join("ada");
    let mut second = Screen::open(&server, "Ada");
    second.shows("the name Ada is taken");
    second.shows("another name: ");
    second.press("ada\u{1b}[D\u{1b}[D\u{1b}[Dl\r");
    second.shows("as lada");
    ada.hear("* lada joined");
    second.press("leave\r");
    assert_eq!(second.ended(), Some(0));
}
