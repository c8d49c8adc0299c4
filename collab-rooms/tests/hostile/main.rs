//! The hostile suite of chats where accounts say who somebody is.

#![allow(clippy::unwrap_used, reason = "test code")]

mod kit;
#[path = "../../../collab-server/tests/hostile/suite.rs"]
mod suite;

use collab_rooms::accounts::AccountsConfig;
use collab_rooms_api::Client as Api;

use kit::Server;
use suite::{Person, Stage};

/// A new guest, who bears the name that they were given.
async fn guest(api: &Api) -> Person {
    let guest = api.guest().await.unwrap();
    let token = guest.access_token.reveal().to_owned();
    Person { token, user: guest.account.id, name: guest.account.name }
}

#[tokio::test]
async fn what_a_hostile_client_tries_harms_nobody() {
    let server = Server::with(AccountsConfig::default()).await;
    let api = server.client();
    let (ada, bob, eve) = (guest(&api).await, guest(&api).await, guest(&api).await);
    let address = server.address;
    suite::all(&Stage { address, room: "lobby", ada, bob, eve, gives_names: true }).await;
}
