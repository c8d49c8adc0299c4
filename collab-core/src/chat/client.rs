//! A client of one room that only chats: session, conversations, and who is here.
//!
//! Sans-IO like its parts: inputs and time go in, outputs come out. For terminal programs and peers;
//! the npm package composes the parts itself, beside its documents.

use std::collections::VecDeque;

use bytes::Bytes;

use super::{
    Change, ChatEvent, Chats, Company, Conversation, MessageId, PRESENCE_CHANNEL, Person, Place,
    SayError, Seal, StoredError, UserId, present_as,
};
use crate::Timestamp;
use crate::presence;
use crate::sync::{self, Session, SessionConfig, Status};
use crate::wire::ErrorCode;

/// How to chat.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// A fresh client ID of 31 to 53 random bits, which no other process uses.
    pub client_id: u64,
    /// What to call this user; a relay may decide otherwise.
    pub name: String,
    /// The user, if known before the relay says it: [`UserId::of_guest`] of the token, for an open
    /// relay. Without it nothing can be written before the first connection.
    pub user: Option<UserId>,
    /// Seals what this user writes, among peers: then `user` is that of the key.
    pub seal: Option<Seal>,
    /// Token, seed and timing of the session.
    pub session: SessionConfig,
}

impl ClientConfig {
    /// A guest of an open relay, who holds `token` ([`super::guest_token`]). `seed` is random.
    pub fn guest(client_id: u64, seed: u64, name: &str, token: &str) -> Self {
        let session = SessionConfig::new(token, seed);
        let (name, user) = (name.to_owned(), UserId::of_guest(token));
        Self { client_id, name, user, seal: None, session }
    }

    /// A peer among peers, who holds the key of `seal`. `seed` is random.
    pub fn peer(client_id: u64, seed: u64, name: &str, seal: Seal) -> Self {
        let user = Some(UserId::of_key(&seal.signer.public_key()));
        let session = SessionConfig::new("", seed);
        Self { client_id, name: name.to_owned(), user, seal: Some(seal), session }
    }
}

/// What happened outside.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "fields are described with their variants")]
pub enum Input<'a> {
    /// Connect now, whatever stood in the way.
    Start,
    /// Take leave of the others, disconnect and stay so. What is written then waits.
    Stop,
    /// [`Output::Connect`] succeeded, with the subprotocol `collab.v1`.
    Connected,
    /// A binary frame arrived.
    Frame(&'a [u8]),
    /// The connection failed or ended by itself; `code` is the WebSocket close code, if any.
    Disconnected { code: Option<u16> },
    /// [`Client::deadline`] has come.
    Tick,
    /// The network may be there again: skip the wait.
    NetworkBack,
    /// A new token.
    Token(String),
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Open a connection. Answer: [`Input::Connected`] or [`Input::Disconnected`].
    Connect,
    /// Send one binary frame.
    Send(Bytes),
    /// Close the connection, or stop opening it, and report nothing more of it.
    Disconnect,
    /// Something to show.
    Event(Event),
}

/// What a program may want to show.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "fields are described with their variants")]
pub enum Event {
    /// Something differs in a conversation: see [`Client::take_changes`].
    Changed(Place),
    /// Somebody else wrote a message that was not there before.
    Arrived { place: Place, id: MessageId },
    /// A conversation was not there before.
    Begun(Place),
    /// [`Client::people`] differs.
    PeopleChanged,
    /// [`Client::status`] differs.
    StatusChanged,
    /// The relay refused something: what was written in a place, or anything else. `texts` are those of
    /// messages that were taken back, for somebody to say otherwise.
    Refused { place: Option<Place>, code: ErrorCode, texts: Vec<String> },
    /// The grant ends soon, or gives a name that is not the newest: this user is here under another one
    /// too. Answer with [`Input::Token`].
    TokenExpiring,
}

/// One program's part in the chat of one room.
#[derive(Debug)]
pub struct Client {
    session: Session,
    chats: Chats,
    company: Company,
    /// Among peers: seals what is said of oneself, with its salt.
    seal: Option<(Seal, u64)>,
    /// Under which other name this user was seen last.
    other_name: Option<String>,
    outputs: VecDeque<Output>,
}

impl Client {
    /// A client that waits for [`Input::Start`].
    pub fn new(config: ClientConfig) -> Self {
        let ClientConfig { client_id, name, user, seal, session } = config;
        let mut session = Session::new(session);
        Chats::join(&mut session);
        let mut chats = Chats::new(client_id, user, &name);
        let company = match &seal {
            Some(seal) => Company::among_peers(present_as(&seal.signer.public_key(), client_id)),
            None => Company::new(client_id),
        };
        if let Some(seal) = &seal {
            chats.set_seal(seal.clone());
        }
        let seal = seal.map(|seal| (seal, client_id));
        Self { session, chats, company, seal, other_name: None, outputs: VecDeque::new() }
    }

    /// Takes one input at `now`, Unix time in ms.
    pub fn handle(&mut self, now: Timestamp, input: Input<'_>) {
        match input {
            Input::Start => self.company.enter(),
            Input::Stop => self.company.leave(),
            _ => {}
        }
        if matches!(input, Input::Stop) {
            // The last word before the connection ends.
            self.settle(now);
        }
        self.session.handle(now, session_input(input), &mut self.chats);
        self.company.tick(now);
        self.settle(now);
    }

    /// The next thing to carry out. Poll until `None` after each call of another method.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Tick`] is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        let session = self.session.deadline().map(|(at, _)| at);
        [session, self.company.deadline(), self.chats.deadline()].into_iter().flatten().min()
    }

    /// Writes a message, connected or not.
    pub fn say(
        &mut self,
        now: Timestamp,
        to: &Place,
        text: &str,
        re: Option<MessageId>,
    ) -> Result<MessageId, SayError> {
        let said = self.chats.say(now, to, text, re);
        self.company.set_typing(false);
        self.settle(now);
        said
    }

    /// Replaces the text of an own message.
    pub fn edit(
        &mut self,
        now: Timestamp,
        place: &Place,
        id: MessageId,
        text: &str,
    ) -> Result<(), SayError> {
        let edited = self.chats.edit(now, place, id, text);
        self.settle(now);
        edited
    }

    /// Deletes an own message.
    pub fn delete(&mut self, now: Timestamp, place: &Place, id: MessageId) -> Result<(), SayError> {
        let deleted = self.chats.delete(place, id);
        self.settle(now);
        deleted
    }

    /// Sets a reaction, or takes it back.
    pub fn react(
        &mut self,
        now: Timestamp,
        place: &Place,
        id: MessageId,
        with: &str,
        on: bool,
    ) -> Result<(), SayError> {
        let reacted = self.chats.react(now, place, id, with, on);
        self.settle(now);
        reacted
    }

    /// A conversation that is known. The room's always is.
    pub fn conversation(&self, place: &Place) -> Option<&Conversation> {
        self.chats.conversation(place)
    }

    /// All conversations, the room's first, each with [`Conversation::unread`].
    pub fn places(&self) -> impl Iterator<Item = &Conversation> {
        self.chats.conversations()
    }

    /// Begins, or goes on with, a conversation, unless that is with oneself, or among peers.
    pub fn open_direct(&mut self, now: Timestamp, user: &UserId) -> Result<(), SayError> {
        let opened = self.chats.open_direct(user);
        self.settle(now);
        opened
    }

    /// Loads older messages. False if there are none.
    pub fn load_older(&mut self, now: Timestamp, place: &Place) -> bool {
        let loads = self.chats.load_older(place);
        self.settle(now);
        loads
    }

    /// All messages that are loaded of a conversation were seen.
    pub fn mark_read(&mut self, now: Timestamp, place: &Place) {
        self.chats.mark_read(place);
        self.settle(now);
    }

    /// What changed in a conversation since the last call.
    pub fn take_changes(&mut self, place: &Place) -> Vec<Change> {
        self.chats.take_changes(place)
    }

    /// Everybody who is here, once each.
    pub fn people(&self) -> Vec<Person> {
        self.company.people(self.chats.own())
    }

    /// This user, once known.
    pub const fn own(&self) -> Option<&UserId> {
        self.chats.own()
    }

    /// What this user is called.
    pub fn name(&self) -> &str {
        self.chats.name()
    }

    /// Calls this user something else. A name that the relay gives cannot be changed here.
    pub fn set_name(&mut self, now: Timestamp, name: &str) {
        self.chats.set_name(name);
        self.settle(now);
    }

    /// Whether this user is typing, to be told to others. Only told of the room: who writes to whom
    /// in private concerns nobody.
    pub fn set_typing(&mut self, now: Timestamp, place: Option<&Place>) {
        self.company.set_typing(place == Some(&Place::Room));
        self.settle(now);
    }

    /// Whether there is no relay that vouches for anybody, and so no direct conversations.
    pub const fn is_among_peers(&self) -> bool {
        self.seal.is_some()
    }

    /// The connection's condition.
    pub const fn status(&self) -> &Status {
        self.session.status()
    }

    /// Edits that the relay may not have; 0 when everything is saved.
    pub fn unsaved(&self) -> u64 {
        self.chats.unsaved()
    }

    /// Whether the end of every conversation is here, as of this connection.
    pub fn is_synced(&self) -> bool {
        self.chats.is_synced()
    }

    /// What to keep offline: what the relay may not have, and what was read.
    pub fn export(&self) -> Vec<u8> {
        self.chats.export()
    }

    /// Takes back what [`Client::export`] gave to an earlier process, before [`Input::Start`].
    pub fn import(&mut self, stored: &[u8]) -> Result<(), StoredError> {
        self.chats.import(stored)
    }

    /// Lets the parts' outputs be each other's inputs until all are quiet.
    fn settle(&mut self, now: Timestamp) {
        loop {
            self.chats.settle(now, &mut self.session);
            self.company.say_who(now, self.chats.own(), self.chats.name());
            while let Some(event) = self.company.poll_event() {
                self.on_presence(now, event);
            }
            let Some(output) = self.session.poll_output() else { break };
            self.on_session(now, output);
            while let Some(output) = self.session.poll_output() {
                self.on_session(now, output);
            }
        }
        while let Some(event) = self.chats.poll_event() {
            self.outputs.push_back(Output::Event(event.into()));
        }
    }

    fn on_session(&mut self, now: Timestamp, output: sync::Output) {
        let output = match output {
            sync::Output::Connect => Output::Connect,
            sync::Output::Send(frame) => Output::Send(frame),
            sync::Output::Disconnect(_) => Output::Disconnect,
            sync::Output::StatusChanged => Output::Event(Event::StatusChanged),
            sync::Output::TokenExpiring => Output::Event(Event::TokenExpiring),
            sync::Output::Refused { code, .. } => {
                Output::Event(Event::Refused { place: None, code, texts: Vec::new() })
            }
            sync::Output::Listed { prefix, names } => return self.chats.listed(prefix, &names),
            sync::Output::PresenceReceived { update, .. } => {
                return self.company.apply(now, &update);
            }
            sync::Output::SendPresence { channel, is_new } => {
                match &*channel {
                    PRESENCE_CHANNEL if is_new => self.company.reconnected(now),
                    PRESENCE_CHANNEL => self.company.asked(now),
                    _ => {}
                }
                return;
            }
            _ => return,
        };
        self.outputs.push_back(output);
    }

    fn on_presence(&mut self, now: Timestamp, event: presence::Event) {
        match event {
            presence::Event::Send(update) => {
                let update = match &self.seal {
                    Some((seal, salt)) => seal.seal_presence(now, *salt, &update),
                    None => update,
                };
                let input = sync::Input::Presence { channel: PRESENCE_CHANNEL, update };
                self.session.handle(now, input, &mut self.chats);
            }
            presence::Event::Changed { .. } => {
                self.outputs.push_back(Output::Event(Event::PeopleChanged));
                self.compare_names();
            }
        }
    }

    /// Where names are given, the same user may have been given another one on another connection: the
    /// one that a new token gives is the newest. Asked once for each name.
    fn compare_names(&mut self) {
        let is_given = !self.session.status().name.is_empty();
        let own = self.chats.own().filter(|_| is_given);
        let other = own.and_then(|own| self.company.other_name(own, self.chats.name()));
        if other.is_some() && other != self.other_name.as_deref() {
            self.outputs.push_back(Output::Event(Event::TokenExpiring));
        }
        self.other_name = other.map(str::to_owned);
    }
}

fn session_input(input: Input<'_>) -> sync::Input<'_> {
    match input {
        Input::Start => sync::Input::Start,
        Input::Stop => sync::Input::Stop,
        Input::Connected => sync::Input::Connected,
        Input::Frame(frame) => sync::Input::Frame(frame),
        Input::Disconnected { code } => sync::Input::Disconnected { code },
        Input::Tick => sync::Input::Tick,
        Input::NetworkBack => sync::Input::NetworkBack,
        Input::Token(token) => sync::Input::Token(token),
    }
}

impl From<ChatEvent> for Event {
    fn from(event: ChatEvent) -> Self {
        match event {
            ChatEvent::Changed(place) => Self::Changed(place),
            ChatEvent::Arrived { place, id } => Self::Arrived { place, id },
            ChatEvent::Begun(place) => Self::Begun(place),
            ChatEvent::Refused { place, code, texts } => {
                Self::Refused { place: Some(place), code, texts }
            }
        }
    }
}
