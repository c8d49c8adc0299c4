//! Who is here: presence of the channel `chat`, by user. There the relay vouches for who says it, or,
//! among peers, has checked their signature.

use std::collections::BTreeMap;

use serde_json::Value;

use super::UserId;
use crate::Timestamp;
use crate::presence::{Event, Presence, State, Status, User};

/// Everybody who chats, oneself included.
#[derive(Debug)]
pub struct Company {
    presence: Presence,
    is_here: bool,
    is_typing: bool,
}

/// Somebody who is here, with however many devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub user: UserId,
    /// What they are called.
    pub name: String,
    /// Whether somebody is there: the most awake of their devices.
    pub status: Status,
    /// Whether they are typing in the room's chat.
    pub is_typing: bool,
    /// Whether this is oneself.
    pub is_own: bool,
}

/// Key of the user ID in `user` of an awareness state.
const ID: &str = "id";

impl Company {
    /// Nobody yet. `client` is the client ID of this process.
    pub fn new(client: u64) -> Self {
        Self { presence: Presence::lasting(client), is_here: false, is_typing: false }
    }

    /// The same among peers, where nobody can tell that somebody is gone who does not say so: presence is
    /// renewed, and expires.
    pub fn among_peers(client: u64) -> Self {
        Self { presence: Presence::new(client), is_here: false, is_typing: false }
    }

    /// Shows this user to the others from the next [`Company::say_who`] on.
    pub const fn enter(&mut self) {
        self.is_here = true;
    }

    /// Takes leave of the others, likewise.
    pub const fn leave(&mut self) {
        self.is_here = false;
    }

    /// Whether this user is typing to everybody.
    pub const fn set_typing(&mut self, is_typing: bool) {
        self.is_typing = is_typing;
    }

    /// Says who this is, once that is known, if it differs from what was said last.
    pub fn say_who(&mut self, now: Timestamp, own: Option<&UserId>, name: &str) {
        let own = own.filter(|_| self.is_here);
        if says(self.presence.local(), own, name, self.is_typing) {
            return;
        }
        let state = own.map(|own| state(own, name, self.is_typing));
        // A name is too short to make it too large.
        let _ = self.presence.set_local(now, state);
    }

    /// Takes what others say. A malformed update of somebody's presence harms nobody else's.
    pub fn apply(&mut self, now: Timestamp, update: &[u8]) {
        let _ = self.presence.apply(now, update);
    }

    /// The channel was opened on a new connection.
    pub fn reconnected(&mut self, now: Timestamp) {
        self.presence.reconnected(now);
    }

    /// The relay wants to hear who this is, since it has forgotten what was said before.
    pub fn asked(&mut self, now: Timestamp) {
        self.presence.asked(now);
    }

    /// Does what is due.
    pub fn tick(&mut self, now: Timestamp) {
        self.presence.tick(now);
    }

    /// When [`Company::tick`] is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.presence.deadline()
    }

    /// The next thing that happened. Poll until `None` after each call of another method.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event> {
        self.presence.poll_event()
    }

    /// Another name than `name` under which `user` is here on another connection.
    pub(super) fn other_name(&self, user: &UserId, name: &str) -> Option<&str> {
        let others = self.presence.people().into_iter();
        let mut others = others.filter(|person| person.client != self.presence.client());
        let other = others.find(|person| {
            id_of(person.state) == Some(user.as_str()) && person.state.user.name != name
        });
        other.map(|person| &*person.state.user.name)
    }

    /// Everybody who is here, by user ID, once each.
    pub fn people(&self, own: Option<&UserId>) -> Vec<Person> {
        people(&self.presence, own)
    }
}

/// What to say of oneself.
fn state(own: &UserId, name: &str, typing: bool) -> State {
    let mut user = User { name: name.to_owned(), ..User::default() };
    user.extra.insert(ID.to_owned(), Value::String(own.to_string()));
    State { user, typing, ..State::default() }
}

/// Whether that is what was said last: asked after every frame, so without writing it.
fn says(said: Option<&State>, own: Option<&UserId>, name: &str, typing: bool) -> bool {
    match (said, own) {
        (None, None) => true,
        (Some(said), Some(own)) => {
            said.typing == typing && said.user.name == name && id_of(said) == Some(own.as_str())
        }
        _ => false,
    }
}

fn id_of(state: &State) -> Option<&str> {
    state.user.extra.get(ID).and_then(Value::as_str)
}

fn people(presence: &Presence, own: Option<&UserId>) -> Vec<Person> {
    let mut people: BTreeMap<UserId, Person> = BTreeMap::new();
    for person in presence.people() {
        let Some(user) = id_of(person.state).and_then(|id| UserId::new(id).ok()) else { continue };
        let State { status, typing, user: shown, .. } = person.state;
        let known = people.entry(user.clone()).or_insert_with(|| Person {
            is_own: Some(&user) == own,
            user,
            name: shown.name.clone(),
            status: *status,
            is_typing: false,
        });
        // One is called what this connection says, even if another does not know it yet.
        if person.client == presence.client() {
            known.name.clone_from(&shown.name);
        }
        known.is_typing |= typing;
        if awake(*status) > awake(known.status) {
            known.status = *status;
        }
    }
    people.into_values().collect()
}

const fn awake(status: Status) -> u8 {
    match status {
        Status::Active => 2,
        Status::Idle => 1,
        Status::Away => 0,
    }
}
