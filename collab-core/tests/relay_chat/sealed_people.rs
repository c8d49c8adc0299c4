//! Claims about presence among peers, where anybody brings anybody's.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use collab_core::Timestamp;
use collab_core::chat::{PublicKey, Seal, Signature, Signer, UserId, present_as};
use collab_core::relay::{Authorship, Input, PeerId, RoomConfig};
use collab_core::wire::{AwarenessEntry, ErrorCode, Message, read_awareness, write_awareness};
use sha2::{Digest, Sha256};

use crate::kit::{ADA, BOB, Chat, EVE};

const SALT: u64 = 7;
const EVERYBODY_MAX: usize = 4;

/// Signs with a hash, which whoever knows the key could do: nobody here tries.
#[derive(Debug)]
struct Toy(PublicKey);

fn toy(key: &PublicKey, message: &[u8]) -> Signature {
    let half = Sha256::new().chain_update(key).chain_update(message).finalize();
    std::array::from_fn(|at| half[at % 32])
}

thread_local! {
    static VERIFIED: Cell<usize> = const { Cell::new(0) };
}

fn verify(key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
    VERIFIED.set(VERIFIED.get() + 1);
    toy(key, message) == *signature
}

impl Signer for Toy {
    fn public_key(&self) -> PublicKey {
        self.0
    }

    fn sign(&self, message: &[u8]) -> Signature {
        toy(&self.0, message)
    }
}

/// Somebody with a key, in a room.
struct Person {
    key: PublicKey,
    room: &'static str,
}

const LOBBY: &str = "lobby";
const ADAS: Person = Person { key: [1; 32], room: LOBBY };
const EVES: Person = Person { key: [3; 32], room: LOBBY };

impl Person {
    fn client(&self) -> u64 {
        present_as(&self.key, SALT)
    }

    fn named(&self, name: &str) -> String {
        format!(r#"{{"user":{{"id":"{}","name":"{name}"}}}}"#, UserId::of_key(&self.key))
    }

    /// What they say at a time, sealed: client, clock and state.
    fn says(&self, now: Timestamp, (client, clock): (u64, u64), json: &str) -> (u64, u64, String) {
        let seal = Seal { room: self.room.into(), signer: Arc::new(Toy(self.key)) };
        let plain = write_awareness([AwarenessEntry { client, clock, json }].into_iter());
        let sealed = seal.seal_presence(now, SALT, &plain);
        let entry = read_awareness(&sealed).unwrap()[0];
        (entry.client, entry.clock, entry.json.to_owned())
    }

    fn is_here(&self, now: Timestamp, clock: u64) -> (u64, u64, String) {
        self.says(now, (self.client(), clock), &self.named("A"))
    }
}

/// A room among peers with the channel of presence open as channel 2.
fn chat() -> Chat {
    let authorship = Authorship::Sealed { room: LOBBY.into(), verify };
    let awareness_clients_max = EVERYBODY_MAX;
    let mut chat =
        Chat::with(RoomConfig { authorship, awareness_clients_max, ..RoomConfig::default() });
    for peer in [ADA, BOB, EVE] {
        chat.open(peer, "chat").unwrap();
    }
    chat.relay.inbox.clear();
    chat
}

/// Says it through a connection. What others hear, and whether it is refused.
fn bring(chat: &mut Chat, peer: u64, entries: &[(u64, u64, String)]) -> (Vec<String>, bool) {
    let entries = entries.iter();
    let update = write_awareness(entries.map(|&(client, clock, ref json)| AwarenessEntry {
        client,
        clock,
        json,
    }));
    chat.relay.inbox.clear();
    chat.relay.say(PeerId(peer), 2, &Message::Awareness(&update));
    let refused = format!("error {} seq 0", ErrorCode::AwarenessRefused as u64);
    (chat.relay.heard(PeerId(BOB)), chat.relay.heard(PeerId(peer)).contains(&refused))
}

fn pass(chat: &mut Chat, seconds: u64) {
    for _ in 0..seconds {
        chat.relay.now = chat.relay.now + Duration::from_secs(1);
        chat.relay.input(Input::Tick);
    }
}

#[test]
fn among_peers_nobody_is_present_as_another_whoever_brings_it() {
    let mut chat = chat();
    let now = chat.relay.now;
    let ada = ADAS.is_here(now, 5);
    let (heard, refused) = bring(&mut chat, EVE, std::slice::from_ref(&ada));
    assert_eq!(heard, [format!("{}@5={}", ada.0, ada.2)], "eve only passes it on");
    assert!(!refused);

    let later = now + Duration::from_secs(61);
    let earlier = Timestamp::from_millis(now.as_millis() - 61_000);
    let elsewhere = Person { room: "elsewhere", ..ADAS };
    let relabelled = |(client, _, json): (u64, u64, String)| (client, 6, json);
    let altered =
        |(client, clock, json): (u64, u64, String)| (client, clock, json.replace("\"A\"", "\"B\""));
    let crimes = [
        ("not signed", (ADAS.client(), 6, ADAS.named("A"))),
        ("a removal", (ADAS.client(), 6, "null".to_owned())),
        ("in her name", EVES.says(now, (EVES.client(), 1), &ADAS.named("A"))),
        ("in her place", EVES.says(now, (ADAS.client(), 6), &EVES.named("E"))),
        ("instead of her", EVES.says(now, (ADAS.client(), 6), "null")),
        ("in another room", elsewhere.is_here(now, 6)),
        ("an old one as new", relabelled(ADAS.is_here(now, 5))),
        ("in other words", altered(ADAS.is_here(now, 6))),
        ("long ago", ADAS.is_here(earlier, 6)),
        ("ahead of time", ADAS.is_here(later, 6)),
    ];
    for (crime, said) in crimes {
        assert_eq!(bring(&mut chat, EVE, &[said]), (vec![], true), "{crime}");
    }
    let mallorys_frame = [altered(ADAS.is_here(now, 6)), EVES.is_here(now, 1)];
    assert_eq!(bring(&mut chat, EVE, &mallorys_frame), (vec![], true), "nothing behind a forgery");
    let (heard, refused) = bring(&mut chat, BOB, &[ADAS.is_here(now, 6)]);
    assert_eq!((heard.len(), refused), (1, false), "none of it stands in her way");
}

#[test]
fn who_left_is_not_brought_back_by_what_they_said_before() {
    let mut chat = chat();
    let here = ADAS.is_here(chat.relay.now, 1);
    bring(&mut chat, EVE, std::slice::from_ref(&here));
    pass(&mut chat, 1);
    let left = ADAS.says(chat.relay.now, (ADAS.client(), 2), "null");
    let (heard, _) = bring(&mut chat, EVE, std::slice::from_ref(&left));
    assert!(heard[0].contains(r#""gone":true"#), "signed like everything else: {heard:?}");
    for second in 0..120 {
        pass(&mut chat, 1);
        let (heard, _) = bring(&mut chat, EVE, std::slice::from_ref(&here));
        assert_eq!(heard, Vec::<String>::new(), "after {second} s");
    }
}

#[test]
fn who_is_behind_a_lost_link_stays_as_long_as_they_may_be_there() {
    let mut chat = chat();
    let ada = ADAS.is_here(chat.relay.now, 1);
    bring(&mut chat, EVE, std::slice::from_ref(&ada));
    chat.relay.input(Input::Leave { peer: PeerId(EVE) });
    assert!(!chat.relay.heard(PeerId(BOB)).iter().any(|heard| heard.ends_with("=null")));
    pass(&mut chat, 20);
    // The link is back, and with it what she said meanwhile.
    let again = ADAS.is_here(chat.relay.now, 2);
    bring(&mut chat, ADA, &[again]);
    pass(&mut chat, 20);
    assert!(!chat.relay.heard(PeerId(BOB)).iter().any(|heard| heard.ends_with("=null")));
    pass(&mut chat, 15);
    let gone = format!("{}@2=null", ada.0);
    assert!(chat.relay.heard(PeerId(BOB)).contains(&gone), "nothing was heard of her for long");
}

#[test]
fn a_flood_of_people_is_bounded_and_who_is_renewed_comes_back() {
    let mut chat = chat();
    let ada = ADAS.is_here(chat.relay.now, 1);
    bring(&mut chat, ADA, &[ada]);
    for key in 10..30 {
        pass(&mut chat, 1);
        let person = Person { key: [key; 32], room: LOBBY };
        let here = person.is_here(chat.relay.now, 1);
        let (heard, refused) = bring(&mut chat, EVE, &[here]);
        assert_eq!((heard.len(), refused), (1, false));
    }
    let again = ADAS.is_here(chat.relay.now, 2);
    bring(&mut chat, ADA, &[again]);
    chat.relay.inbox.clear();
    chat.relay.say(PeerId(BOB), 2, &Message::QueryAwareness);
    let heard = chat.relay.heard(PeerId(BOB)).join(" ");
    assert_eq!(heard.matches('@').count(), EVERYBODY_MAX, "{heard}");
    assert!(heard.contains(&format!("{}@2", ADAS.client())), "{heard}");
}

#[test]
fn nobody_makes_a_relay_verify_without_end() {
    let mut chat = chat();
    let now = chat.relay.now;
    let flood: Vec<_> = (1..=100).map(|clock| EVES.is_here(now, clock)).collect();
    assert_eq!(bring(&mut chat, EVE, &flood), (vec![flood_end(&flood[7])], true));
    for said in &flood {
        bring(&mut chat, EVE, std::slice::from_ref(said));
    }
    assert_eq!(VERIFIED.get(), 2 * EVERYBODY_MAX);
    let (heard, refused) = bring(&mut chat, ADA, &[ADAS.is_here(now, 1)]);
    assert_eq!((heard.len(), refused), (1, false), "what others bring is not hers to use up");
    pass(&mut chat, 1);
    let (heard, refused) = bring(&mut chat, EVE, &[EVES.is_here(now, 101)]);
    assert_eq!((heard.len(), refused), (1, false), "after a pause");
}

fn flood_end((client, clock, json): &(u64, u64, String)) -> String {
    format!("{client}@{clock}={json}")
}
