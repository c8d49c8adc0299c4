//! Who is here: presence of the channel `chat`, by user.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::UserId;
use crate::presence::{Presence, State, Status, User};

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

/// What to say of oneself.
pub(super) fn state(own: &UserId, name: &str, typing: bool) -> State {
    let mut user = User { name: name.to_owned(), ..User::default() };
    user.extra.insert(ID.to_owned(), Value::String(own.to_string()));
    State { user, typing, ..State::default() }
}

/// Everybody who is here, by user ID.
pub(super) fn of(presence: &Presence, own: Option<&UserId>) -> Vec<Person> {
    let mut people: BTreeMap<UserId, Person> = BTreeMap::new();
    for person in presence.people() {
        let id = person.state.user.extra.get(ID).and_then(Value::as_str);
        let Some(user) = id.and_then(|id| UserId::new(id).ok()) else { continue };
        let State { status, typing, user: shown, .. } = person.state;
        let known = people.entry(user.clone()).or_insert_with(|| Person {
            is_own: Some(&user) == own,
            user,
            name: shown.name.clone(),
            status: *status,
            is_typing: false,
        });
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
