//! All conversations of one room, below a `sync::Session` that may carry documents as well.
//!
//! Whoever owns the session lends it to [`Chats::settle`] after each of its inputs, gives what it
//! lists to [`Chats::listed`], and answers [`Replicas`] with [`Chats::replica`] for what this opens.
//! [`super::Client`] is such an owner, for programs that only chat.

mod channels;
mod saying;
mod stored;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::conversation::{Conversation, Held};
use super::pacer::Pacer;
use super::{
    Change, Chat, DIRECT_PREFIX, MessageId, PRESENCE_CHANNEL, Place, ROOM_PREFIX, Seal, Segment,
    SegmentName, UserId,
};
use crate::Timestamp;
use crate::sync::{Replica, Replicas, Session};
use crate::wire::{Access, ErrorCode};

pub use saying::SayError;
pub use stored::StoredError;

/// What its owner may want to show.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "fields are described with their variants")]
pub enum ChatEvent {
    /// Something differs in a conversation: see [`Chats::take_changes`].
    Changed(Place),
    /// Somebody else wrote a message that was not there before.
    Arrived { place: Place, id: MessageId },
    /// A conversation was not there before.
    Begun(Place),
    /// The relay does not take what was written here, or does not give it. `texts` are those of messages
    /// that were taken back, for somebody to say otherwise.
    Refused { place: Place, code: ErrorCode, texts: Vec<String> },
}

/// The conversations of one room.
#[derive(Debug)]
pub struct Chats {
    /// Under which client ID this process writes.
    client: u64,
    own: Option<UserId>,
    /// Seals what this user writes, among peers.
    seal: Option<Seal>,
    name: String,
    /// Whether the relay decides the name.
    is_name_given: bool,
    may_write: bool,
    conversations: BTreeMap<Chat, Conversation>,
    /// The connection, by its number, and the first one.
    peer: Option<u64>,
    first_peer: Option<u64>,
    /// Prefixes that the relay has listed on this connection, and those that it ever has.
    listed: BTreeSet<&'static str>,
    ever_listed: BTreeSet<&'static str>,
    /// Whether an earlier process told what was read.
    remembers: bool,
    pacer: Pacer,
    /// Until when units wait for the pacer.
    paced_until: Option<Timestamp>,
    /// When to look into the conversation that has been closed for longest.
    visit_at: Option<Timestamp>,
    /// How many channels were closed to make room for others.
    parkings: u64,
    /// Who is here is told in a channel that holds nothing.
    nothing: Segment,
    changed: BTreeSet<Place>,
    events: VecDeque<ChatEvent>,
}

impl Chats {
    /// No conversation yet but the room's. `client` is a fresh client ID, which no other process
    /// uses; `own` is the user, if that is known before the relay says it; `name` is what to call
    /// them.
    pub fn new(client: u64, own: Option<UserId>, name: &str) -> Self {
        let room = Conversation::new(Place::Room);
        Self {
            client,
            own,
            seal: None,
            name: name.to_owned(),
            is_name_given: false,
            may_write: true,
            conversations: [(Chat::Room, room)].into_iter().collect(),
            peer: None,
            first_peer: None,
            listed: BTreeSet::new(),
            ever_listed: BTreeSet::new(),
            remembers: false,
            pacer: Pacer::new(),
            paced_until: None,
            visit_at: None,
            parkings: 0,
            nothing: Segment::new(0, client, None),
            changed: BTreeSet::new(),
            events: VecDeque::new(),
        }
    }

    /// Seals what is written from now on. There are no direct conversations then: whoever passes them on
    /// could read them.
    pub fn set_seal(&mut self, seal: Seal) {
        self.seal = Some(seal);
    }

    /// Opens what all chats need. Once, before or after the session starts.
    pub fn join(session: &mut Session) {
        // These names are constants that the session takes.
        let _ = session.open(PRESENCE_CHANNEL);
        let _ = session.list(ROOM_PREFIX);
        let _ = session.list(DIRECT_PREFIX);
    }

    /// This user, once known.
    pub const fn own(&self) -> Option<&UserId> {
        self.own.as_ref()
    }

    /// What this user is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Calls this user something else from the next message on. The relay may have given them a name
    /// that cannot be changed here.
    pub fn set_name(&mut self, name: &str) {
        if !self.is_name_given {
            name.clone_into(&mut self.name);
        }
    }

    /// A conversation that is known.
    pub fn conversation(&self, place: &Place) -> Option<&Conversation> {
        self.conversations.get(&self.chat_of(place)?)
    }

    /// All conversations: the room's, then those with others by user ID.
    pub fn conversations(&self) -> impl Iterator<Item = &Conversation> {
        self.conversations.values()
    }

    /// Begins, or goes on with, a conversation with `other`, unless that is this user, or a peer.
    pub fn open_direct(&mut self, other: &UserId) -> Result<(), SayError> {
        let place = Place::Direct(other.clone());
        let newest = self.begin_with(&place)?.newest_number();
        self.want(&place, newest, true);
        Ok(())
    }

    /// Loads the segment before the oldest one that is loaded. False if there is none.
    pub fn load_older(&mut self, place: &Place) -> bool {
        let older = self.conversation(place).and_then(Conversation::next_older);
        older.is_some_and(|number| self.want(place, number, true))
    }

    /// All messages that are loaded of a conversation were seen.
    pub fn mark_read(&mut self, place: &Place) {
        let Some(conversation) = self.conversation_mut(place) else { return };
        if conversation.unread() > 0 {
            conversation.segments.values_mut().for_each(|held| held.segment.mark_read());
            self.changed.insert(place.clone());
        }
    }

    /// What changed in a conversation since the last call.
    pub fn take_changes(&mut self, place: &Place) -> Vec<Change> {
        self.conversation_mut(place).map_or_else(Vec::new, Conversation::take_changes)
    }

    /// The next thing that happened. Poll until `None` after each call of another method.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<ChatEvent> {
        if let Some(place) = self.changed.pop_first() {
            return Some(ChatEvent::Changed(place));
        }
        self.events.pop_front()
    }

    /// When [`Chats::settle`] is due, if nothing else happens before.
    pub fn deadline(&self) -> Option<Timestamp> {
        [self.paced_until, self.visit_at].into_iter().flatten().min()
    }

    /// Edits that the relay may not have, those included that the session does not know of yet.
    pub fn unsaved(&self) -> u64 {
        self.conversations.values().map(Conversation::unsaved).sum()
    }

    /// Whether everything is here that is shown at first: all conversations have been listed, and the
    /// end of each is loaded.
    pub fn is_synced(&self) -> bool {
        let loading = self.conversations.values().any(Conversation::is_loading);
        self.listed.contains(ROOM_PREFIX) && !loading
    }

    /// The replica of a channel that this opened.
    pub fn replica(&mut self, channel: &str) -> Option<&mut dyn Replica> {
        if channel == PRESENCE_CHANNEL {
            return Some(&mut self.nothing);
        }
        let name = SegmentName::parse(channel)?;
        let held = self.conversations.get_mut(&name.chat)?.segments.get_mut(&name.number)?;
        Some(&mut held.segment)
    }

    /// The session has listed channels.
    pub fn listed(&mut self, prefix: &'static str, names: &[Arc<str>]) {
        // To a process without memory everything is old that was there before it. A long list comes in
        // parts; what begins while one is here is listed alone.
        let is_part = self.peer == self.first_peer && names.len() > 1;
        let is_history = (self.ever_listed.insert(prefix) || is_part) && !self.remembers;
        for name in names.iter().filter_map(|name| SegmentName::parse(name)) {
            self.list(&name);
        }
        self.listed.insert(prefix);
        let places: Vec<Place> = self.conversations.values().map(|c| c.place().clone()).collect();
        for place in places.iter().filter(|place| prefix_of(place) == prefix) {
            let Some(conversation) = self.conversation_mut(place) else { continue };
            let newest = conversation.newest_number();
            self.want(place, newest, is_history);
            self.move_unsent(place);
            let gap = self.conversation_mut(place).map(Conversation::gap).unwrap_or_default();
            for number in gap {
                self.want(place, number, is_history);
            }
        }
    }

    /// Carries out what follows from the session's state and from calls of other methods: after each
    /// input of the session, after each call that changes something, and at [`Chats::deadline`].
    pub fn settle(&mut self, now: Timestamp, session: &mut Session) {
        self.drain();
        self.follow(session);
        self.want_parked(now);
        self.open_wanted(now, session);
        self.release(now, session);
        self.drain();
    }

    fn chat_of(&self, place: &Place) -> Option<Chat> {
        match place {
            Place::Room => Some(Chat::Room),
            Place::Direct(_) if self.seal.is_some() => None,
            Place::Direct(_) => Chat::of(place, self.own.as_ref()?),
        }
    }

    fn place_of(&self, chat: &Chat) -> Option<Place> {
        match chat {
            Chat::Room => Some(Place::Room),
            Chat::Direct(..) => chat.place(self.own.as_ref()?),
        }
    }

    fn conversation_mut(&mut self, place: &Place) -> Option<&mut Conversation> {
        let chat = self.chat_of(place)?;
        self.conversations.get_mut(&chat)
    }

    /// A conversation, which may be new.
    fn begin(&mut self, place: &Place) -> Option<&mut Conversation> {
        let chat = self.chat_of(place)?;
        if !self.conversations.contains_key(&chat) {
            self.events.push_back(ChatEvent::Begun(place.clone()));
        }
        Some(self.conversations.entry(chat).or_insert_with(|| Conversation::new(place.clone())))
    }

    /// The same where somebody wants to say something there.
    fn begin_with(&mut self, place: &Place) -> Result<&mut Conversation, SayError> {
        if self.seal.is_some() && *place != Place::Room {
            return Err(SayError::NotAmongPeers);
        }
        self.begin(place).ok_or(SayError::Nobody)
    }

    /// The relay has this segment.
    fn list(&mut self, name: &SegmentName) {
        let Some(place) = self.place_of(&name.chat) else { return };
        if let Some(conversation) = self.begin(&place) {
            conversation.listed.insert(name.number);
        }
    }

    /// Holds a segment. False if it was held already.
    fn want(&mut self, place: &Place, number: u32, is_history: bool) -> bool {
        let (client, own, seal) = (self.client, self.own.clone(), self.seal.clone());
        let Some(chat) = self.chat_of(place) else { return false };
        let Some(conversation) = self.begin(place) else { return false };
        if conversation.segments.contains_key(&number) {
            return false;
        }
        let mut segment = Segment::new(number, client, own);
        if let Some(seal) = seal {
            let name = SegmentName { chat: chat.clone(), number }.to_string();
            segment = segment.sealed(seal, &name);
        }
        conversation.segments.insert(number, Held::new(&chat, segment, is_history));
        true
    }

    /// Tells what happened in the segments.
    fn drain(&mut self) {
        for conversation in self.conversations.values_mut() {
            let place = conversation.place().clone();
            let mut changes = Vec::new();
            for held in conversation.segments.values_mut() {
                let new = held.segment.take_changes();
                let arrived = new.iter().filter_map(|change| held.arrived(*change));
                let arrived = arrived.map(|id| ChatEvent::Arrived { place: place.clone(), id });
                self.events.extend(arrived);
                changes.extend(new);
            }
            for change in &changes {
                conversation.note(*change);
            }
            if !changes.is_empty() {
                self.changed.insert(place);
            }
        }
    }

    /// What the session says of the user.
    fn follow_user(&mut self, session: &mut Session) {
        let status = session.status();
        self.may_write = status.access == Access::Write;
        if status.peer.is_none() {
            return;
        }
        self.is_name_given = !status.name.is_empty();
        let is_called_otherwise = self.is_name_given && *self.name != *status.name;
        let user = UserId::new(&status.user).ok();
        if is_called_otherwise || user != self.own {
            let unsent = self.withdraw_unsent(user != self.own);
            if is_called_otherwise {
                self.name = status.name.to_string();
            }
            if user != self.own {
                self.close_direct(session);
                self.become_user(user);
            }
            self.write_all_again(unsent);
        }
    }
}

impl Replicas for Chats {
    fn replica(&mut self, channel: &str) -> Option<&mut dyn Replica> {
        self.replica(channel)
    }
}

/// What lists the segments of a conversation.
const fn prefix_of(place: &Place) -> &'static str {
    match place {
        Place::Room => ROOM_PREFIX,
        Place::Direct(_) => DIRECT_PREFIX,
    }
}
