//! What a hand-made client tries in the chats of a real server, and what it is told, while two
//! bystanders talk on and notice nothing. Every server that carries chats runs the same: the relay here,
//! simple-chat and collab-rooms in their tests of this name (docs/hostile.md).

use std::net::SocketAddr;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use collab_core::chat::{Unit, UnitId};
use collab_core::wire::{Dialect, ErrorCode, Message};
use tokio::sync::oneshot;
use yrs::{Array, ClientID, ReadTxn, Transact};

#[path = "../../../collab-core/tests/chat_kit/mod.rs"]
mod chat_kit;

use crate::kit::{Client, Connect};
use chat_kit::{deletes, id, run, says, update};

/// Client IDs under which ada and eve write.
const ADA: u64 = 10;
const EVE: u64 = 30;

/// What a user may write at once, and in a second after it (PROTOCOL section 7).
const BURST: f64 = 200.0;
const RATE_PER_S: f64 = 20.0;

/// Somebody whom the server lets in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) token: String,
    pub(crate) user: String,
    pub(crate) name: String,
}

/// A room of a running server, and three people: two who talk, and one who is hostile.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) address: SocketAddr,
    pub(crate) room: &'static str,
    pub(crate) ada: Person,
    pub(crate) bob: Person,
    pub(crate) eve: Person,
    /// Whether the server decides what people are called.
    pub(crate) gives_names: bool,
}

/// Ada and bob, who talk.
struct Bystanders {
    ada: Client,
    bob: Client,
}

/// Runs everything.
pub(crate) async fn all(stage: &Stage) {
    forging_is_refused(stage).await;
    a_direct_conversation_does_not_exist_for_a_third(stage).await;
    ten_thousand_messages_in_a_second_are_limited(stage).await;
}

/// Nobody writes, changes or deletes in another's name, says more than may be said, or is called
/// what a terminal would execute.
pub(crate) async fn forging_is_refused(stage: &Stage) {
    let mut bystanders = Bystanders::enter(stage).await;
    for (crime, update, code) in crimes(stage) {
        let mut eve = stage.enter(&stage.eve).await;
        assert_eq!(refused(&mut eve, &update).await, code, "{crime}");
        bystanders.talk_on(crime).await;
    }
    bystanders.ada.until_received().await;
}

fn crimes(stage: &Stage) -> Vec<(&'static str, Vec<u8>, ErrorCode)> {
    use ErrorCode::{ChatRefused, NotAuthor};
    let Stage { ada, eve, .. } = stage;
    let edit = Unit::Edit { at: 1, of: UnitId { client: ADA, clock: 1 }, text: "x" }.write();
    let late = Unit::Message { at: now_ms() + 120_000, text: "x", re: None }.write();
    let large = Unit::Message { at: 1, text: &"x".repeat(1 << 20), re: None }.write();
    let ansi = Unit::Iam { user: &eve.user, name: "\u{1b}]0;eve\u{7}" }.write();
    let as_ada = Unit::Iam { user: &eve.user, name: &ada.name }.write();
    let deleted = [vec![0x81], id(ADA, 98), vec![1]].concat();
    let gone = update(&[(EVE, 0, vec![run(EVE, 0, &[iam(eve)]), vec![0, 2]])], &[]);
    let mut crimes = vec![
        ("in ada's name", says(EVE, 0, &[iam(ada), msg("x")]), NotAuthor),
        ("under ada's client ID", says(ADA, 99, &[msg("x")]), NotAuthor),
        ("an edit of ada's message", says(EVE, 0, &[iam(eve), edit]), NotAuthor),
        ("a deletion of ada's message", deletes(&[(ADA, 1, 1)]), NotAuthor),
        ("a message of ada's, deleted", update(&[(ADA, 99, vec![deleted])], &[]), NotAuthor),
        ("what nobody can read", gone, ChatRefused),
        ("from the future", says(EVE, 0, &[iam(eve), late]), ChatRefused),
        ("1 MiB", says(EVE, 0, &[iam(eve), large]), ChatRefused),
    ];
    // A name with control characters is refused for what it is, before it is for whose it is.
    crimes.push(("an escape in a name", says(EVE, 0, &[ansi]), ChatRefused));
    if stage.gives_names {
        crimes.push(("called like ada", says(EVE, 0, &[as_ada]), NotAuthor));
    }
    crimes
}

/// Who knows its name opens, reads, lists and writes it as little as who does not.
pub(crate) async fn a_direct_conversation_does_not_exist_for_a_third(stage: &Stage) {
    let mut users = [&stage.ada.user, &stage.bob.user];
    users.sort();
    let name = format!("dm/{}/{}/0", users[0], users[1]);
    let mut eve = stage.connect(&stage.eve, &name).greet().await;
    eve.until("an error", |eve| !eve.errors.is_empty()).await;
    let mut ada = stage.connect(&stage.ada, &name).join().await;
    ada.push(&says(ADA, 0, &[iam(&stage.ada), msg("psst")])).await;
    ada.until_received().await;
    eve.say(0, &Message::Open { name: &name }).await;
    let push = Message::Push { seq: 1, update: &says(EVE, 0, &[iam(&stage.eve)]) };
    eve.say(ada.channel, &push).await;
    eve.until("three errors", |eve| eve.errors.len() == 3).await;
    let expected = [ErrorCode::Forbidden, ErrorCode::Forbidden, ErrorCode::ChannelUnknown];
    assert_eq!(eve.errors, expected.map(|code| code as u64));
    assert_eq!((eve.channel, eve.answers), (0, 0));
    eve.say(0, &Message::List { prefix: "dm/" }).await;
    eve.until("a list", |eve| !eve.listed.is_empty()).await;
    assert_eq!(eve.listed, [Vec::<String>::new()]);
    let bob = stage.connect(&stage.bob, &name).join().await;
    assert_eq!(seen(&bob), 2);
}

/// In one push, or as fast as four connections of one user take them.
pub(crate) async fn ten_thousand_messages_in_a_second_are_limited(stage: &Stage) {
    let mut bystanders = Bystanders::enter(stage).await;
    let mut eve = stage.enter(&stage.eve).await;
    let spam = says(EVE, 0, &[vec![iam(&stage.eve)], vec![msg("spam"); 10_000]].concat());
    assert_eq!(refused(&mut eve, &spam).await, ErrorCode::UpdateTooLarge);
    let started = Instant::now();
    let (tell, limited) = oneshot::channel();
    let flood = tokio::spawn(flood(stage.clone(), tell));
    limited.await.expect("eve is limited");
    for _ in 0..50 {
        bystanders.talk_on_among_spam().await;
    }
    flood.await.expect("eve was told each time");
    bystanders.talk_on_among_spam().await;
    let allowed = BURST + RATE_PER_S * (started.elapsed().as_secs_f64() + 1.0);
    let written = clock(&bystanders.bob, EVE);
    assert!(f64::from(written) <= allowed, "{written} of {allowed}");
    assert!(written >= 100, "she may say a burst: {written}");
}

/// Says 10,000 things, as fast as they are taken; tells when the first was refused.
async fn flood(stage: Stage, limited: oneshot::Sender<()>) {
    let mut limited = Some(limited);
    for _ in 0..4 {
        let mut eve = stage.enter(&stage.eve).await;
        // Of what was taken on earlier connections the next one goes on.
        let known = clock(&eve, EVE);
        for clock in known..known + 2_500 {
            let unit = if clock == 0 { iam(&stage.eve) } else { msg("spam") };
            eve.push(&says(EVE, clock, &[unit])).await;
        }
        eve.until("an error", |eve| !eve.errors.is_empty()).await;
        assert!(eve.errors.iter().all(|code| *code == ErrorCode::RateLimited as u64));
        if let Some(limited) = limited.take() {
            limited.send(()).expect("somebody waits for it");
        }
    }
}

impl Stage {
    pub(crate) fn connect(&self, person: &Person, channel: &str) -> Connect {
        let mut connect = Connect::new(self.address, self.room, Dialect::V1);
        (connect.token, connect.channel) = (person.token.clone(), channel.into());
        connect
    }

    /// A connection that has the room's chat open.
    pub(crate) async fn enter(&self, person: &Person) -> Client {
        self.connect(person, "chat/0").join().await
    }
}

impl Bystanders {
    /// Both have the chat open, and there are two messages of ada's in it.
    async fn enter(stage: &Stage) -> Self {
        let (mut ada, bob) = (stage.enter(&stage.ada).await, stage.enter(&stage.bob).await);
        if clock(&ada, ADA) == 0 {
            ada.push(&says(ADA, 0, &[iam(&stage.ada), msg("one"), msg("two")])).await;
        }
        let mut bystanders = Self { ada, bob };
        bystanders.bob.until("ada", |bob| clock(bob, ADA) >= 3).await;
        bystanders.talk_on("at first").await;
        bystanders
    }

    /// Ada says one more thing; bob hears that, and nothing else.
    async fn talk_on(&mut self, after: &str) {
        let before = seen(&self.bob);
        self.talk_on_among_spam().await;
        assert_eq!(seen(&self.bob), before + 1, "{after}");
        assert_eq!((&self.ada.errors, &self.bob.errors), (&vec![], &vec![]), "{after}");
    }

    /// Ada says one more thing, and bob hears it.
    async fn talk_on_among_spam(&mut self) {
        let next = clock(&self.bob, ADA);
        self.ada.push(&says(ADA, next, &[msg("on")])).await;
        self.bob.until("the next message", |bob| clock(bob, ADA) > next).await;
    }
}

pub(crate) fn iam(person: &Person) -> Vec<u8> {
    Unit::Iam { user: &person.user, name: &person.name }.write()
}

pub(crate) fn msg(text: &str) -> Vec<u8> {
    Unit::Message { at: now_ms(), text, re: None }.write()
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

/// How many units a reader sees that were not deleted.
pub(crate) fn seen(client: &Client) -> u32 {
    client.doc.get_or_insert_array("chat").len(&client.doc.transact())
}

/// How many units of a client ID a reader knows of.
fn clock(client: &Client, author: u64) -> u32 {
    client.doc.transact().state_vector().get(&ClientID::new(author))
}

/// Says something that must be refused; returns the code.
pub(crate) async fn refused(client: &mut Client, update: &[u8]) -> ErrorCode {
    let before = client.errors.len();
    client.push(update).await;
    client.until("an error", |client| client.errors.len() > before).await;
    ErrorCode::from_u64(client.errors[before]).unwrap()
}
