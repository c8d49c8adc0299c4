//! The hostile suite of chats against the relay itself.

#![allow(clippy::unwrap_used, reason = "test code")]

#[path = "../kit/mod.rs"]
mod kit;
mod suite;

use collab_core::chat::UserId;

use kit::Server;
use suite::{Person, Stage, seen};

/// A stage on an open relay, which makes users of tokens.
fn stage(server: &Server) -> Stage {
    let person = |token: &str| Person {
        token: token.into(),
        user: UserId::of_guest(token).unwrap().to_string(),
        name: token.into(),
    };
    let [ada, bob, eve] = ["ada", "bob", "eve"].map(person);
    Stage { address: server.address, room: "room", ada, bob, eve, gives_names: false }
}

#[tokio::test]
async fn what_a_hostile_client_tries_harms_nobody_before_and_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Server::durable(directory.path()).await;
    let mut units = 0;
    for _ in 0..2 {
        let stage = stage(&server);
        suite::forging_is_refused(&stage).await;
        units = seen(&stage.enter(&stage.bob).await);
        assert!(server.stop().await);
        server = Server::durable(directory.path()).await;
    }
    let stage = stage(&server);
    assert_eq!(seen(&stage.enter(&stage.bob).await), units);
    suite::all(&stage).await;
}
