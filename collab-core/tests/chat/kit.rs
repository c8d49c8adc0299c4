//! A relay's room and clients that chat in it.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::time::Duration;

use collab_core::Timestamp;
use collab_core::chat::{
    Client, ClientConfig, Conversation, Event, Input, MessageId, Output, Place, UserId,
};
use collab_core::relay::{ChatLimits, Class, Input as RoomInput, PeerId, RoomConfig};
use collab_core::wire::{Access, Dialect, ErrorCode, Frame, Grant, Message};

use crate::relay_kit::Relay;

/// One client and its link.
pub(crate) struct Chatter {
    pub(crate) client: Client,
    token: String,
    /// What the relay calls them, if it decides that.
    given_name: String,
    pub(crate) peer: Option<PeerId>,
    /// How fast their clock is.
    pub(crate) skew: Duration,
    pub(crate) arrived: Vec<(Place, String)>,
    /// Refusals, and the texts that were taken back.
    pub(crate) refused: Vec<(ErrorCode, Vec<String>)>,
    pub(crate) tokens_wanted: u32,
    /// What the relay sent, per channel name: bytes of updates.
    pub(crate) received_bytes: usize,
}

/// Everybody.
pub(crate) struct World {
    pub(crate) relay: Relay,
    pub(crate) chatters: Vec<Chatter>,
    pub(crate) now: Timestamp,
    next_peer: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(ChatLimits::default())
    }

    pub(crate) fn with(chat: ChatLimits) -> Self {
        // What is saved is told at once, so that tests need not wait for it.
        let config = RoomConfig { durable_ride_max: Duration::ZERO, chat, ..RoomConfig::default() };
        Self {
            relay: Relay::new(config),
            chatters: Vec::new(),
            now: Timestamp::from_millis(1_700_000_000_000),
            next_peer: 1,
        }
    }

    /// A guest who was never here; offline.
    pub(crate) fn guest(&mut self, name: &str) -> usize {
        let number = self.chatters.len() as u64;
        self.guest_again(name, 1000 + number)
    }

    /// A guest with a client ID of their own choice.
    pub(crate) fn guest_again(&mut self, name: &str, client_id: u64) -> usize {
        let token = format!("{name}'s secret, long enough");
        self.add(client_id, name, token)
    }

    /// Somebody without a token.
    pub(crate) fn nobody(&mut self) -> usize {
        self.add(9, "", String::new())
    }

    fn add(&mut self, client_id: u64, name: &str, token: String) -> usize {
        let config = ClientConfig::guest(client_id, client_id * 77, name, &token);
        self.chatters.push(Chatter {
            client: Client::new(config),
            token,
            given_name: String::new(),
            peer: None,
            skew: Duration::ZERO,
            arrived: Vec::new(),
            refused: Vec::new(),
            tokens_wanted: 0,
            received_bytes: 0,
        });
        self.chatters.len() - 1
    }

    /// A guest who is here.
    pub(crate) fn here(&mut self, name: &str) -> usize {
        let who = self.guest(name);
        self.start(who);
        who
    }

    pub(crate) fn start(&mut self, who: usize) {
        self.input(who, Input::Start);
    }

    /// What somebody's clock says.
    fn now_of(&self, who: usize) -> Timestamp {
        self.now + self.chatters[who].skew
    }

    pub(crate) fn user(&self, who: usize) -> UserId {
        UserId::of_guest(&self.chatters[who].token).unwrap()
    }

    pub(crate) fn give_name(&mut self, who: usize, name: &str) {
        name.clone_into(&mut self.chatters[who].given_name);
    }

    pub(crate) fn say(&mut self, who: usize, text: &str) -> MessageId {
        self.say_to(who, &Place::Room, text)
    }

    pub(crate) fn say_to(&mut self, who: usize, place: &Place, text: &str) -> MessageId {
        self.now = self.now + Duration::from_millis(10);
        let now = self.now_of(who);
        let id = self.chatters[who].client.say(now, place, text, None).unwrap();
        self.run();
        id
    }

    /// Calls something of a client and lets follow what follows.
    pub(crate) fn call<T>(
        &mut self,
        who: usize,
        call: impl FnOnce(&mut Client, Timestamp) -> T,
    ) -> T {
        let now = self.now_of(who);
        let result = call(&mut self.chatters[who].client, now);
        self.run();
        result
    }

    pub(crate) fn input(&mut self, who: usize, input: Input<'_>) {
        let now = self.now_of(who);
        self.chatters[who].client.handle(now, input);
        self.run();
    }

    /// The cable is pulled.
    pub(crate) fn cut(&mut self, who: usize) {
        if let Some(peer) = self.chatters[who].peer.take() {
            self.relay.input(RoomInput::Leave { peer });
        }
        self.input(who, Input::Disconnected { code: None });
    }

    /// Time passes for all.
    pub(crate) fn pass(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        loop {
            let due = self.chatters.iter().filter_map(|c| c.client.deadline()).min();
            let Some(at) = due.filter(|at| *at <= end) else { break };
            self.now = self.now.max(at);
            for who in 0..self.chatters.len() {
                if self.chatters[who].client.deadline().is_some_and(|at| at <= self.now) {
                    self.input(who, Input::Tick);
                }
            }
        }
        self.now = end;
        self.run();
    }

    /// Carries everything to and fro until all are quiet.
    fn run(&mut self) {
        self.relay.now = self.now;
        loop {
            let mut busy = false;
            for who in 0..self.chatters.len() {
                while let Some(output) = self.chatters[who].client.poll_output() {
                    busy = true;
                    self.carry_out(who, output);
                }
            }
            for who in 0..self.chatters.len() {
                busy |= self.deliver(who);
            }
            if !busy {
                return;
            }
        }
    }

    fn carry_out(&mut self, who: usize, output: Output) {
        let now = self.now_of(who);
        match output {
            Output::Connect => {
                self.chatters[who].peer = Some(PeerId(self.next_peer));
                self.next_peer += 1;
                assert!(self.next_peer < 100, "from there on peers are plain");
                self.chatters[who].client.handle(now, Input::Connected);
            }
            Output::Disconnect => {
                if let Some(peer) = self.chatters[who].peer.take() {
                    self.relay.input(RoomInput::Leave { peer });
                }
            }
            Output::Send(frame) => self.relay_hears(who, frame),
            Output::Event(Event::Arrived { place, id }) => {
                let conversation = self.chatters[who].client.conversation(&place).unwrap();
                let text = conversation.message(id).map_or("", |m| m.text).to_owned();
                self.chatters[who].arrived.push((place, text));
            }
            Output::Event(Event::Refused { code, texts, .. }) => {
                self.chatters[who].refused.push((code, texts));
            }
            Output::Event(Event::TokenExpiring) => self.chatters[who].tokens_wanted += 1,
            Output::Event(_) => {}
        }
    }

    /// The authorizer changes its mind.
    pub(crate) fn regrant(&mut self, who: usize, grant: Grant) {
        let peer = self.chatters[who].peer.unwrap();
        self.relay.input(RoomInput::Regrant { peer, grant: Some(grant) });
        self.run();
    }

    fn relay_hears(&mut self, who: usize, frame: bytes::Bytes) {
        let Some(peer) = self.chatters[who].peer else { return };
        match Frame::read(Dialect::V1, &frame).unwrap().message {
            Message::Hello { token, .. } => {
                let user = UserId::of_guest(token).map_or_else(String::new, |u| u.to_string());
                let name = self.chatters[who].given_name.clone();
                let grant = Grant { user, name, access: Access::Write, ..Grant::open() };
                self.relay.input(RoomInput::Join { peer, dialect: Dialect::V1, grant });
            }
            _ => self.relay.input(RoomInput::Frame { peer, frame }),
        }
    }

    fn deliver(&mut self, who: usize) -> bool {
        let now = self.now_of(who);
        let Some(peer) = self.chatters[who].peer else { return false };
        let frames = self.relay.inbox.remove(&peer).unwrap_or_default();
        for (class, frame) in &frames {
            if matches!(class, Class::Document | Class::Answer) {
                self.chatters[who].received_bytes += frame.len();
            }
            self.chatters[who].client.handle(now, Input::Frame(frame));
        }
        !frames.is_empty()
    }

    /// The texts that somebody sees, oldest first.
    pub(crate) fn texts(&self, who: usize, place: &Place) -> Vec<String> {
        let conversation = self.chatters[who].client.conversation(place);
        let messages = conversation.into_iter().flat_map(Conversation::messages);
        let mut texts: Vec<String> = messages.map(|m| m.text.to_owned()).collect();
        texts.reverse();
        texts
    }

    pub(crate) fn unsaved(&self, who: usize) -> u64 {
        self.chatters[who].client.unsaved()
    }
}
