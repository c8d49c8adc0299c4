//! Bad input over a real socket: a typed error or a close code, and nobody else notices.

use bytes::Bytes;
use collab_core::wire::{Dialect, ErrorCode, Message, Sync};
use collab_server::{Relay, RelayConfig};
use tokio_tungstenite::tungstenite::Message as Data;

use crate::kit::{Client, Connect, Server};

/// SplitMix64: a seed that is printed makes a run repeatable.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }
}

/// A room in which two people go on editing while others misbehave.
struct Bystanders {
    alice: Client,
    bob: Client,
}

impl Bystanders {
    async fn new(server: &Server) -> Self {
        let alice = Client::v1(server.address, "bystanders").await;
        Self { alice, bob: Client::plain(server.address, "bystanders").await }
    }

    async fn edit(&mut self) {
        self.alice.type_text("a").await;
        self.alice.until_received().await;
        let text = self.alice.text();
        self.bob.until("Alice's text", |client| client.text() == text).await;
    }
}

fn valid_frames(dialect: Dialect, update: &[u8]) -> Vec<Bytes> {
    let entry = collab_core::wire::AwarenessEntry { client: 5, clock: 1, json: "{}" };
    let awareness = collab_core::wire::write_awareness([entry].into_iter());
    let mut messages = vec![
        Message::Sync(Sync::Step1(&[1, 7, 3])),
        Message::Awareness(&awareness),
        Message::QueryAwareness,
    ];
    match dialect {
        Dialect::Plain => messages.push(Message::Sync(Sync::Update(update))),
        Dialect::V1 => messages.extend([
            Message::Push { seq: 1, update },
            Message::Open { name: "chat" },
            Message::Close,
            Message::Signal { peer: 1, payload: b"sdp" },
            Message::Token { token: "t" },
            Message::Ping { nonce: 1 },
        ]),
    }
    messages.iter().map(|message| message.frame(dialect, 1)).collect()
}

fn mutate(random: &mut Random, frame: &[u8]) -> Vec<u8> {
    let mut bytes = frame.to_vec();
    match random.below(4) {
        0 => bytes.truncate(random.below(frame.len().max(1))),
        1 => {
            for _ in 0..=random.below(4) {
                let at = random.below(bytes.len());
                bytes[at] ^= 1 << random.below(8);
            }
        }
        2 => {
            let len = random.below(64);
            bytes = random.bytes(len);
        }
        _ => {
            let extra = random.bytes(8);
            let at = random.below(bytes.len());
            bytes.splice(at..at, extra);
        }
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn mutated_frames_hurt_only_their_sender() {
    const ROUNDS: u64 = 300;
    let server = Server::ephemeral().await;
    let mut bystanders = Bystanders::new(&server).await;
    let update = bystanders.alice.edit("seed");
    bystanders.alice.push(&update).await;
    for seed in 0..ROUNDS {
        let mut random = Random(seed);
        let dialect = if seed % 2 == 0 { Dialect::Plain } else { Dialect::V1 };
        let mut attacker = Connect::new(server.address, "attacked", dialect).greet().await;
        for frame in valid_frames(dialect, &update) {
            attacker.send(Data::Binary(mutate(&mut random, &frame).into())).await;
        }
        // Whatever the relay thinks of it, it answers a proper goodbye.
        attacker.send(Data::Close(None)).await;
        let code = attacker.hears_until_closed().await;
        assert!(matches!(code, 1005 | 1000 | 1009 | 4400..=4499), "seed {seed}: {code}");
        if seed % 50 == 0 {
            bystanders.edit().await;
        }
    }
    bystanders.edit().await;
    assert!(server.metric("collab_room_panics_total") < 0.5);
    // The attacked room itself is usable, and its content can be read.
    let mut visitor = Client::v1(server.address, "attacked").await;
    visitor.type_text("fine").await;
    visitor.until_received().await;
}

#[tokio::test]
async fn text_frames_close_with_4400() {
    let server = Server::ephemeral().await;
    for dialect in [Dialect::Plain, Dialect::V1] {
        let mut client = Connect::new(server.address, "room", dialect).join().await;
        client.send(Data::Text("hello".into())).await;
        assert_eq!(client.until_closed().await, 4400);
    }
}

#[tokio::test]
async fn a_frame_beyond_the_limit_closes_with_1009() {
    let server = Server::ephemeral().await;
    let len = RelayConfig::default().room.limits.frame_max_bytes as usize + 1;
    for dialect in [Dialect::Plain, Dialect::V1] {
        let mut client = Connect::new(server.address, "room", dialect).join().await;
        client.send(Data::Binary(vec![0; len].into())).await;
        assert_eq!(client.until_closed().await, 1009);
    }
}

#[tokio::test]
async fn an_update_beyond_the_limit_is_refused() {
    let mut config = RelayConfig::default();
    config.room.limits.update_max_bytes = 1_000;
    let server = Server::start(Relay::builder().limits(config)).await;
    let mut ours = Client::v1(server.address, "room").await;
    ours.type_text(&"x".repeat(2_000)).await;
    ours.until("the refusal", |client| client.errors == [ErrorCode::UpdateTooLarge as u64]).await;
    let mut stock = Client::plain(server.address, "room").await;
    stock.type_text(&"x".repeat(2_000)).await;
    assert_eq!(stock.until_closed().await, 1009);
}

#[tokio::test]
async fn messages_of_the_wrong_kind_close_with_4400() {
    let server = Server::ephemeral().await;
    let wrong = [
        Message::Welcome {
            version: 1,
            peer: 1,
            grant: collab_core::wire::Grant::open(),
            limits: RelayConfig::default().room.limits,
            keeps: true,
            digests: true,
            lists: true,
        },
        Message::Received { seq: 1 },
        Message::Hello { version: 1, token: "again" },
        Message::Push { seq: 9, update: &[0, 0] },
        Message::Sync(Sync::Update(&[0, 0])),
    ];
    for message in wrong {
        let mut client = Client::v1(server.address, "room").await;
        let channel = match message {
            Message::Push { .. } | Message::Sync(_) => client.channel,
            _ => 0,
        };
        client.say(channel, &message).await;
        assert_eq!(client.until_closed().await, 4400, "{message:?}");
        assert_eq!(client.errors, [ErrorCode::Unexpected as u64]);
    }
}

#[tokio::test]
async fn the_first_frame_must_be_hello() {
    let server = Server::ephemeral().await;
    let connect = Connect::new(server.address, "room", Dialect::V1);
    let hello = |version| Message::Hello { version, token: "" }.frame(Dialect::V1, 0);
    let open = Message::Open { name: "doc" }.frame(Dialect::V1, 0);
    for (frame, code) in [(open, 4401), (Bytes::new(), 4401), (hello(2), 4400), (hello(0), 4400)] {
        let socket = connect.socket().await.unwrap();
        assert_eq!(Client::said(socket, frame).await, code);
    }
}
