//! The room, who is in it, and what each of them heard.

use std::collections::BTreeMap;
use std::time::Duration;

use collab_core::Timestamp;
use collab_core::log::{self, Deleted};
use collab_core::relay::{ChannelName, Input, Output, PeerId, Position, Room, RoomConfig, Stored};
use collab_core::wire::{Dialect, Frame, Grant, Message, Sync};
use yrs::Update;
use yrs::updates::decoder::Decode;

use super::saying::{CLIENTS, Speaker};

/// Eve has no business in the direct chat of the others.
pub(crate) const USERS: [&str; 3] = ["ada", "bob", "eve"];
const CHATS: [&str; 2] = ["chat/0", "dm/ada/bob/0"];
const NEWCOMER: &str = "bob";

pub(super) struct Chatting {
    room: Room,
    now: Timestamp,
    /// The users' peers, anew after each restart; behind them the newcomer.
    first_peer: u64,
    /// The number of each chat, and the pushes of each user in it.
    numbers: BTreeMap<(PeerId, usize), u64>,
    seqs: BTreeMap<(PeerId, usize), u64>,
    /// Updates by who heard them, in which chat.
    heard: BTreeMap<(PeerId, u64), Vec<Vec<u8>>>,
    /// What bob and ada heard of each other, and they and eve, by chat, over all restarts.
    said: [Vec<Vec<u8>>; 2],
    /// Who first spoke under a client ID, by chat.
    authors: BTreeMap<(usize, u64), usize>,
    /// The next clock of each client ID from 1 on, by chat.
    next: [[u32; CLIENTS as usize]; 2],
    refused: bool,
    store: BTreeMap<ChannelName, Stored>,
    position: u64,
}

impl Chatting {
    pub(super) fn new() -> Self {
        let mut chatting = Self {
            room: Room::new(RoomConfig::default()),
            now: Timestamp::from_millis(1_000_000),
            first_peer: 1,
            numbers: BTreeMap::new(),
            seqs: BTreeMap::new(),
            heard: BTreeMap::new(),
            said: [Vec::new(), Vec::new()],
            authors: BTreeMap::new(),
            next: [[0; CLIENTS as usize]; 2],
            refused: false,
            store: BTreeMap::new(),
            position: 0,
        };
        chatting.enter();
        chatting
    }

    fn enter(&mut self) {
        for (at, user) in USERS.into_iter().enumerate() {
            self.join(self.peer(at), user);
        }
    }

    fn join(&mut self, peer: PeerId, user: &str) {
        let grant = Grant { user: user.into(), ..Grant::open() };
        self.input(Input::Join { peer, dialect: Dialect::V1, grant });
        for chat in 0..CHATS.len() {
            self.open(peer, chat);
        }
    }

    const fn peer(&self, user: usize) -> PeerId {
        PeerId(self.first_peer + user as u64)
    }

    fn open(&mut self, peer: PeerId, chat: usize) {
        self.seqs.insert((peer, chat), 0);
        self.say(peer, 0, &Message::Open { name: CHATS[chat] });
        if let Some(&number) = self.numbers.get(&(peer, chat)) {
            self.say(peer, number, &Message::Sync(Sync::Step1(&[0])));
        }
    }

    pub(super) fn reopen(&mut self, user: usize) {
        (0..CHATS.len()).for_each(|chat| self.open(self.peer(user), chat));
    }

    /// The relay stops and starts with what it stored.
    pub(super) fn restart(&mut self) {
        self.room = Room::new(RoomConfig::default());
        self.first_peer += USERS.len() as u64;
        self.enter();
    }

    pub(super) fn pass(&mut self, ms: u64) {
        self.now = self.now + Duration::from_millis(ms);
        self.input(Input::Tick);
    }

    pub(super) fn speaker(&self, user: usize, direct: bool) -> Speaker {
        Speaker { user, next: self.next[usize::from(direct)] }
    }

    /// Somebody pushes; the others hear only what is theirs to say.
    pub(super) fn push(&mut self, user: usize, direct: bool, update: &[u8]) {
        let (peer, chat) = (self.peer(user), usize::from(direct));
        let Some(&number) = self.numbers.get(&(peer, chat)) else { return };
        self.heard.clear();
        self.refused = false;
        let seq = self.seqs.entry((peer, chat)).or_default();
        *seq += 1;
        let push = Message::Push { seq: *seq, update };
        self.say(peer, number, &push);
        // Of ada and bob one at least listens.
        let listener = self.peer(usize::from(user == 0));
        for update in self.heard.remove(&(listener, number)).unwrap_or_default() {
            self.is_by(user, chat, &update);
            self.said[chat].push(update);
        }
        if self.refused {
            self.open(peer, chat);
        }
    }

    fn is_by(&mut self, user: usize, chat: usize, update: &[u8]) {
        let checked = log::check(update, usize::MAX).expect("an update that others accept");
        for (client, clocks) in checked.inserts() {
            let author = self.authors.entry((chat, client)).or_insert_with(|| {
                assert_eq!(clocks.start, 0, "a client ID begins in the middle");
                let names = |part: &[u8]| part == USERS[user].as_bytes();
                assert!(update.windows(3).any(names), "a client ID of nobody");
                user
            });
            assert_eq!(*author, user, "client {client} speaks for somebody else");
            if let Some(next) = self.next[chat].get_mut((client as usize).wrapping_sub(1)) {
                *next = clocks.end;
            }
        }
        let update = Update::decode_v1(update).expect("what the check accepts, Yrs reads");
        for (client, _) in update.delete_set().iter() {
            assert_eq!(
                self.authors.get(&(chat, client.get())),
                Some(&user),
                "another's is deleted"
            );
        }
    }

    /// Who comes later, before and after a restart, is told what was heard.
    pub(super) fn everybody_holds_the_same(&mut self) {
        let merged = |updates: &[Vec<u8>]| {
            log::merge(updates, Deleted::Drop).expect("what a relay sends can be merged").update
        };
        for restarts in [false, true] {
            if restarts {
                self.restart();
            }
            self.heard.clear();
            let peer = PeerId(self.first_peer + 100);
            self.join(peer, NEWCOMER);
            for chat in 0..CHATS.len() {
                let told = self.heard.remove(&(peer, self.numbers[&(peer, chat)]));
                let told = merged(&told.unwrap_or_default());
                assert_eq!(told, merged(&self.said[chat]), "a newcomer is told something else");
            }
        }
    }

    fn say(&mut self, peer: PeerId, channel: u64, message: &Message<'_>) {
        self.input(Input::Frame { peer, frame: message.frame(Dialect::V1, channel) });
    }

    fn input(&mut self, input: Input) {
        self.room.handle(self.now, input);
        self.carry_out();
        self.room.handle(self.now, Input::Tick);
        self.carry_out();
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.room.poll_output() {
            match output {
                Output::Send { peer, frame, .. } => self.hear(peer, &frame),
                Output::Load { channel } => {
                    let stored = Ok(self.store.get(&channel).cloned().unwrap_or_default());
                    self.room.handle(self.now, Input::Loaded { channel, stored });
                }
                Output::Append { channel, entry, update } => {
                    self.position += 1;
                    let position = Position(self.position);
                    let stored = self.store.entry(channel.clone()).or_default();
                    stored.tail.push((position, update));
                    self.room.handle(self.now, Input::Durable { channel, entry, position });
                }
                Output::Work(job) => self.room.handle(self.now, Input::Finished(job.run())),
                Output::Close { .. } => panic!("a push ends a connection"),
                _ => {}
            }
        }
    }

    fn hear(&mut self, peer: PeerId, frame: &[u8]) {
        let frame = Frame::read(Dialect::V1, frame).expect("a frame that its receiver reads");
        match frame.message {
            Message::Opened { name, .. } => {
                let chat = CHATS.iter().position(|chat| *chat == name).expect("a chat");
                let is_eve = peer == self.peer(2);
                assert!(chat == 0 || !is_eve, "a third may open a direct chat");
                self.numbers.insert((peer, chat), frame.channel);
            }
            Message::Error { .. } => self.refused = true,
            Message::Sync(Sync::Update(update) | Sync::Step2(update)) => {
                self.heard.entry((peer, frame.channel)).or_default().push(update.to_vec());
            }
            _ => {}
        }
    }
}
