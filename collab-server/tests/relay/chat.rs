//! Chats against a hand-made client: whatever it says, others see nothing of it and are served on.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use collab_core::chat::{Unit, UnitId, UserId};
use collab_core::wire::{Dialect, ErrorCode, Message};
use yrs::{Array, Transact};

use crate::chat_kit::{deletes, id, run, says, update};
use crate::kit::{Client, Connect, Server};

/// The user whom the open relay makes of a token.
fn user(token: &str) -> UserId {
    UserId::of_guest(token).unwrap()
}

fn iam(token: &str) -> Vec<u8> {
    Unit::Iam { user: user(token).as_str(), name: token }.write()
}

fn msg(text: &str) -> Vec<u8> {
    Unit::Message { at: now_ms(), text, re: None }.write()
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

fn connect(address: SocketAddr, token: &str, channel: &str) -> Connect {
    let mut connect = Connect::new(address, "room", Dialect::V1);
    (connect.token, connect.channel) = (token.into(), channel.into());
    connect
}

async fn join(address: SocketAddr, token: &str) -> Client {
    connect(address, token, "chat/0").join().await
}

/// How many units a reader sees that were not deleted.
fn seen(client: &Client) -> u32 {
    client.doc.get_or_insert_array("chat").len(&client.doc.transact())
}

/// Says something that must be refused; returns the code.
async fn refused(client: &mut Client, update: &[u8]) -> ErrorCode {
    let before = client.errors.len();
    client.push(update).await;
    client.until("an error", |client| client.errors.len() > before).await;
    ErrorCode::from_u64(client.errors[before]).unwrap()
}

/// Ada says one more thing, and bob hears it as the next one.
async fn goes_on(ada: &mut Client, bob: &mut Client, clock: u32) {
    let before = seen(bob);
    ada.push(&says(10, clock, &[msg("on")])).await;
    bob.until("the next message", |bob| seen(bob) > before).await;
    assert_eq!(seen(bob), before + 1);
}

#[tokio::test]
async fn nobody_writes_changes_or_deletes_in_anothers_name_not_even_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Server::durable(directory.path()).await;
    let mut ada = join(server.address, "ada").await;
    ada.push(&says(10, 0, &[iam("ada"), msg("one"), msg("two")])).await;
    ada.until_durable().await;
    let edit = Unit::Edit { at: 1, of: UnitId { client: 10, clock: 1 }, text: "x" }.write();
    let late = Unit::Message { at: now_ms() + 120_000, text: "x", re: None }.write();
    let large = Unit::Message { at: 1, text: &"x".repeat(1 << 20), re: None }.write();
    let ansi = Unit::Iam { user: user("eve").as_str(), name: "\u{1b}]0;eve\u{7}" }.write();
    let deleted = [vec![0x81], id(10, 98), vec![1]].concat();
    let gone = update(&[(30, 0, vec![run(30, 0, &[iam("eve")]), vec![0, 2]])], &[]);
    let crimes = [
        (says(30, 0, &[iam("ada")]), ErrorCode::NotAuthor),
        (says(10, 99, &[msg("x")]), ErrorCode::NotAuthor),
        (says(30, 0, &[iam("eve"), edit]), ErrorCode::NotAuthor),
        (deletes(&[(10, 1, 1)]), ErrorCode::NotAuthor),
        (update(&[(10, 99, vec![deleted])], &[]), ErrorCode::NotAuthor),
        (gone, ErrorCode::ChatRefused),
        (says(30, 0, &[iam("eve"), late]), ErrorCode::ChatRefused),
        (says(30, 0, &[iam("eve"), large]), ErrorCode::ChatRefused),
        (says(30, 0, &[ansi]), ErrorCode::ChatRefused),
    ];
    for restarts in 0..2u32 {
        let mut bob = join(server.address, "bob").await;
        let mut ada = join(server.address, "ada").await;
        for (clock, (crime, code)) in (3 + restarts * 9..).zip(&crimes) {
            let mut eve = join(server.address, "eve").await;
            assert_eq!(refused(&mut eve, crime).await, *code);
            goes_on(&mut ada, &mut bob, clock).await;
        }
        ada.until_durable().await;
        assert!(server.stop().await);
        server = Server::durable(directory.path()).await;
    }
    assert_eq!(seen(&join(server.address, "eve").await), 3 + 18);
}

#[tokio::test]
async fn a_conversation_of_two_does_not_exist_for_a_third() {
    let server = Server::ephemeral().await;
    let mut users = [user("ada"), user("bob")];
    users.sort();
    let name = format!("dm/{}/{}/0", users[0], users[1]);
    let third = connect(server.address, "eve", &name);
    let mut eve = third.greet().await;
    eve.until("an error", |eve| !eve.errors.is_empty()).await;
    let mut ada = connect(server.address, "ada", &name).join().await;
    ada.push(&says(10, 0, &[iam("ada"), msg("psst")])).await;
    ada.until_received().await;
    eve.say(0, &Message::Open { name: &name }).await;
    let push = Message::Push { seq: 1, update: &says(30, 0, &[iam("eve")]) };
    eve.say(ada.channel, &push).await;
    eve.until("three errors", |eve| eve.errors.len() == 3).await;
    let expected = [ErrorCode::Forbidden, ErrorCode::Forbidden, ErrorCode::ChannelUnknown];
    assert_eq!(eve.errors, expected.map(|code| code as u64));
    assert_eq!(eve.channel, 0);
    assert_eq!(seen(&connect(server.address, "bob", &name).join().await), 2);
}

#[tokio::test]
async fn ten_thousand_messages_in_a_second_harm_nobody() {
    let server = Server::ephemeral().await;
    let (mut ada, mut bob) = (join(server.address, "ada").await, join(server.address, "bob").await);
    ada.push(&says(10, 0, &[iam("ada")])).await;
    bob.until("ada", |bob| seen(bob) == 1).await;
    let one_push = vec![msg("spam"); 10_000];
    let mut eve = join(server.address, "eve").await;
    let spam = says(30, 0, &[&[iam("eve")], &one_push[..]].concat());
    assert_eq!(refused(&mut eve, &spam).await, ErrorCode::UpdateTooLarge);
    for connection in 0..4u32 {
        let mut eve = join(server.address, "eve").await;
        let known = u64::from(seen(&eve)) - 1;
        for clock in 0..2_500 {
            // Of what was taken on earlier connections the next one goes on.
            let clock = if connection == 0 { clock } else { clock + known as u32 };
            let unit = if clock == 0 { iam("eve") } else { msg("spam") };
            eve.push(&says(30, clock, &[unit])).await;
        }
        eve.until("an error", |eve| !eve.errors.is_empty()).await;
        assert!(eve.errors.iter().all(|code| *code == ErrorCode::RateLimited as u64));
    }
    goes_on_among_spam(&mut ada, &mut bob).await;
    // A burst, and 20 for each second that this took.
    assert!(seen(&bob) < 2_000, "{}", seen(&bob));
}

async fn goes_on_among_spam(ada: &mut Client, bob: &mut Client) {
    ada.push(&says(10, 1, &[msg("still here")])).await;
    ada.until_received().await;
    bob.until("ada's word", |bob| {
        let array = bob.doc.get_or_insert_array("chat");
        let transaction = bob.doc.transact();
        array.iter(&transaction).any(|unit| unit.to_string(&transaction).contains("still here"))
    })
    .await;
}
