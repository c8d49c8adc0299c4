//! The binary: a relay whose people have accounts, in one directory.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use collab_core::wire::{Dialect, Frame, Message, SUBPROTOCOL};
use collab_rooms_api::Client;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::Message as WebSocketMessage;

/// The server on a free port. Dropping it kills it.
struct Process {
    child: Child,
    url: String,
    log: Option<JoinHandle<String>>,
}

impl Process {
    fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_collab-rooms"));
        let inherited = std::env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|name| name.to_string_lossy().starts_with("COLLAB_")) {
            command.env_remove(name);
        }
        command.args(["--listen", "127.0.0.1:0", "--log-filter", "trace"]).args(arguments);
        command.arg("--data").arg(data).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("collab-rooms listens on http://").unwrap();
        // Read all the time: a full pipe would stop the server.
        let mut stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).unwrap();
            log
        });
        Self { url: format!("ws://{address}/sync/lobby"), child, log: Some(log) }
    }

    /// Ends it as an operator does; returns its log.
    fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
        self.log.take().unwrap().join().unwrap()
    }

    /// Enters the lobby: the user's ID there, or the code that closed the connection.
    async fn enter(&self, token: Option<&str>) -> Result<String, u16> {
        let dialect = if token.is_some() { Dialect::V1 } else { Dialect::Plain };
        let uri = self.url.parse().unwrap();
        let (mut socket, _) = match token {
            Some(_) => connect_async(ClientRequestBuilder::new(uri).with_sub_protocol(SUBPROTOCOL)),
            None => connect_async(ClientRequestBuilder::new(uri)),
        }
        .await
        .unwrap();
        if let Some(token) = token {
            let hello = Message::Hello { version: 1, token }.frame(Dialect::V1, 0);
            socket.send(WebSocketMessage::Binary(hello)).await.unwrap();
        }
        loop {
            match socket.next().await.unwrap().unwrap() {
                WebSocketMessage::Close(close) => return Err(close.unwrap().code.into()),
                WebSocketMessage::Binary(frame) => {
                    match Frame::read(dialect, &frame).unwrap().message {
                        Message::Welcome { grant, .. } => return Ok(grant.user),
                        Message::Sync(_) if token.is_none() => return Ok(String::new()),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_relay_knows_people_by_their_accounts_also_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let process = Process::start(directory.path(), &[]);
    let client = Client::new(&process.url).unwrap();
    let guest = client.guest().await.unwrap();
    let member = client.set_password(&guest.access_token, "correct horse".into()).await.unwrap();
    let token = member.access_token.reveal();
    assert_eq!(process.enter(Some(token)).await.unwrap(), guest.account.id);
    assert_eq!(process.enter(Some(&token.replace('.', "x."))).await, Err(4401));
    assert_eq!(process.enter(None).await, Ok(String::new()), "a stock client");
    let log = process.stop();
    assert!(!log.contains("horse") && !log.contains(token), "{log}");
    for secret in ["accounts.sqlite3", "access-token.key"] {
        let mode = fs::metadata(directory.path().join(secret)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }

    let process = Process::start(directory.path(), &["--require-account"]);
    assert_eq!(process.enter(Some(token)).await.unwrap(), guest.account.id);
    assert_eq!(process.enter(Some("a-guests-secret")).await, Err(4401));
    assert_eq!(process.enter(None).await, Err(4401));
}
