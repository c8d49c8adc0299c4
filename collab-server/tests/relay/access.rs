//! Who may enter and who may write.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use collab_core::wire::{Access, Dialect, ErrorCode, Grant, Message};
use collab_server::auth::{AuthRequest, Authorizer, Refusal};
use collab_server::{Relay, RoomName};
use futures_util::future::BoxFuture;

use crate::kit::{Client, Connect, Server};

/// `writer`, `viewer`, `brief` (a writer for two seconds) or nobody; stock clients say it in the query.
struct ByToken;

impl Authorizer for ByToken {
    fn authorize<'a>(
        &'a self,
        request: &'a AuthRequest<'a>,
    ) -> BoxFuture<'a, Result<Grant, Refusal>> {
        let token = request.token.or_else(|| request.head.uri.query()?.strip_prefix("token="));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let soon = (now + Duration::from_secs(2)).as_millis() as u64;
        let grant = |access, expires_at_ms| {
            let user = token.unwrap_or_default().into();
            Ok(Grant { user, access, expires_at_ms, ..Grant::open() })
        };
        let result = match token {
            Some("writer") => grant(Access::Write, 0),
            Some("viewer") => grant(Access::Read, 0),
            Some("brief") => grant(Access::Write, soon),
            Some("stranger") => Err(Refusal::Forbidden),
            _ => Err(Refusal::Unauthorized),
        };
        Box::pin(async { result })
    }
}

async fn server() -> Server {
    Server::start(Relay::builder().authorizer(ByToken)).await
}

fn connect(server: &Server, dialect: Dialect, token: &str) -> Connect {
    let mut connect = Connect::new(server.address, "room", dialect);
    match dialect {
        Dialect::V1 => connect.token = token.into(),
        Dialect::Plain => connect.room = format!("room?token={token}"),
    }
    connect
}

#[tokio::test]
async fn a_viewer_sees_everything_and_writes_nothing() {
    let server = server().await;
    let mut writer = connect(&server, Dialect::V1, "writer").join().await;
    let mut viewer = connect(&server, Dialect::V1, "viewer").join().await;
    let mut stock = connect(&server, Dialect::Plain, "viewer").join().await;
    writer.type_text("hello").await;
    for reader in [&mut viewer, &mut stock] {
        reader.until("the text", |client| client.text() == "hello").await;
    }
    viewer.type_text(" from a viewer").await;
    viewer.until("the refusal", |client| client.errors == [ErrorCode::ReadOnly as u64]).await;
    stock.type_text(" from a stock viewer").await;
    assert_eq!(stock.until_closed().await, 4403);
    assert_eq!(connect(&server, Dialect::V1, "writer").join().await.text(), "hello");
    assert!(server.metric("collab_refused_updates_total{code=\"read_only\"}") >= 2.0);
}

#[tokio::test]
async fn nobody_enters_without_a_token() {
    let server = server().await;
    for dialect in [Dialect::Plain, Dialect::V1] {
        for (token, code) in [("", 4401), ("wrong", 4401), ("stranger", 4403)] {
            let mut client = connect(&server, dialect, token).greet().await;
            assert_eq!(client.until_closed().await, code, "{dialect:?} with {token:?}");
        }
    }
    server.metric_becomes("collab_connections", 0.0).await;
    assert!(server.metric("collab_rooms") < 1.0, "no room was created for them");
}

#[tokio::test]
async fn an_expired_grant_closes_and_a_refreshed_one_does_not() {
    let server = server().await;
    let mut lazy = connect(&server, Dialect::V1, "brief").join().await;
    let mut diligent = connect(&server, Dialect::V1, "brief").join().await;
    diligent.say(0, &Message::Token { token: "writer" }).await;
    assert_eq!(lazy.until_closed().await, 4401);
    diligent.type_text("still here").await;
    diligent.until_received().await;
}

#[tokio::test]
async fn a_wrong_token_leaves_the_grant_as_it_was() {
    let server = server().await;
    let mut client = connect(&server, Dialect::V1, "writer").join().await;
    client.say(0, &Message::Token { token: "wrong" }).await;
    client.until("the error", |client| client.errors == [ErrorCode::Unauthorized as u64]).await;
    client.type_text("still here").await;
    client.until_received().await;
}

#[tokio::test]
async fn an_authorizer_can_lower_and_revoke_at_any_time() {
    let server = server().await;
    let room = RoomName::new("room").unwrap();
    let mut client = connect(&server, Dialect::V1, "writer").join().await;
    let lowered = Grant { user: "writer".into(), access: Access::Read, ..Grant::open() };
    server.relay.regrant(&room, "writer", Some(&lowered));
    client.type_text("too late").await;
    client.until("the refusal", |client| client.errors == [ErrorCode::ReadOnly as u64]).await;
    server.relay.regrant(&room, "somebody else", None);
    server.relay.regrant(&room, "writer", None);
    assert_eq!(client.until_closed().await, 4403);
}

#[tokio::test]
async fn an_open_relay_lets_everybody_write() {
    let server = Server::ephemeral().await;
    let mut client = Client::v1(server.address, "room").await;
    client.type_text("open").await;
    client.until_received().await;
}
