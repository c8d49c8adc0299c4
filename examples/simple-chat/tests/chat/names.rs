//! One name, one person.

use std::net::TcpStream;
use std::time::Instant;

use collab_core::wire::{Dialect, Message};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message as Data, WebSocket};

use crate::kit::{PATIENCE, Server};

#[test]
fn a_second_ada_is_refused_until_the_first_is_gone() {
    let server = Server::anywhere();
    let ada = server.join("ada");
    for same in ["ada", "ADA", " Ada ", "ａｄａ"] {
        let (status, said) = server.client(same).ended();
        assert_eq!(status.code(), Some(1), "{same:?}: {said:#?}");
        assert!(said.iter().any(|line| line.contains("name_taken")), "{said:#?}");
    }
    server.join("ada2").leave();
    ada.leave();
    server.join("ada").leave();
}

#[test]
fn the_name_of_a_client_that_was_killed_is_free_at_once() {
    let server = Server::anywhere();
    let mut bob = server.join("bob");
    let ada = server.join("ada");
    bob.hear("* ada joined");
    drop(ada);
    bob.hear("* ada left");
    server.join("Ada").leave();
}

#[test]
fn who_does_not_answer_any_more_is_gone_soon() {
    let server = Server::start(&["--port", "0", "--timeout-ms", "1500"]);
    let mut bob = server.join("bob");
    let silent = silent(server.port, "secret:ada");
    let (status, _) = server.client("ada").ended();
    assert_eq!(status.code(), Some(1), "the silent one has the name");
    let started = Instant::now();
    while server.client_enters("ada").is_none() {
        assert!(started.elapsed() < PATIENCE, "the name is never free");
    }
    // bob was quiet all the time, and is still there, since his client answers.
    bob.type_line("send here");
    bob.leave();
    drop(silent);
}

impl Server {
    /// A client that comes and leaves at once; `None` if it is refused.
    fn client_enters(&self, name: &str) -> Option<()> {
        let mut client = self.client(name);
        client.end_input();
        let (status, _) = client.ended();
        (status.code() == Some(0)).then_some(())
    }
}

/// Somebody who says hello and then neither reads nor says anything, as if their cable were pulled:
/// the connection stays open, but nothing comes back.
fn silent(port: u16, token: &str) -> WebSocket<TcpStream> {
    let url = format!("ws://127.0.0.1:{port}/sync/lobby");
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", "collab.v1".parse().unwrap());
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let (mut socket, _) = tungstenite::client(request, stream).unwrap();
    let hello = Message::Hello { version: 1, token }.frame(Dialect::V1, 0);
    socket.send(Data::Binary(hello)).unwrap();
    // Its name is taken once this is here.
    assert!(matches!(socket.read(), Ok(Data::Binary(_))));
    socket
}
