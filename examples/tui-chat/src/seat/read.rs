//! From a client to a room of the model.

use std::sync::Arc;

use collab_core::Timestamp;
use collab_core::chat::{self, Client, UserId, printable_text};
use collab_core::presence;
use collab_core::sync::Phase;
use collab_core::wire::ErrorCode;

use super::names::Names;
use crate::model::{ACT, Conversation, Link, Message, Older, Person, Place, Quote, Reaction, Room};

/// Longest reaction that is shown.
const REACTION_MAX_CHARS: usize = 8;

/// All that there is to show of a room.
pub fn read(client: &Client, name: &Arc<str>) -> Room {
    let names = Names::of(client);
    let mut people: Vec<Person> =
        client.people().into_iter().map(|other| person(&names, other)).collect();
    people.sort_by_key(|person| person.name.to_lowercase());
    let conversations =
        client.places().map(|conversation| read_one(&names, &people, name, conversation)).collect();
    Room {
        name: name.clone(),
        link: link(client),
        unsaved: client.unsaved(),
        people,
        conversations,
        is_among_peers: client.is_among_peers(),
    }
}

fn person(names: &Names, person: chat::Person) -> Person {
    Person {
        name: names.shown(person.user.as_str(), &person.name),
        user: person.user,
        me: person.is_own,
        active: person.status == presence::Status::Active,
        typing: person.is_typing,
    }
}

fn link(client: &Client) -> Link {
    let status = client.status();
    match status.phase {
        Phase::Refused(code) => Link::Refused(refusal(code)),
        Phase::Offline => Link::Offline { retry_at: status.retry_at, why: String::new() },
        Phase::Connecting => Link::Connecting,
        Phase::Syncing => Link::Syncing,
        Phase::Synced | Phase::Saved if !client.is_synced() => Link::Syncing,
        Phase::Synced | Phase::Saved if status.keeps => Link::Saved,
        Phase::Synced | Phase::Saved => Link::Ephemeral,
    }
}

/// What was refused: in words, with the messages that nobody will see.
pub fn refused(code: ErrorCode, texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| printable_text(text)).collect();
    if texts.is_empty() {
        return refusal(code);
    }
    format!("{}; not sent: {}", refusal(code), texts.join("; ").replace('\n', " "))
}

/// A refusal in words.
fn refusal(code: ErrorCode) -> String {
    match code {
        ErrorCode::Unauthorized => "log in first".to_owned(),
        ErrorCode::Forbidden => "you may not enter".to_owned(),
        ErrorCode::ReadOnly => "you may only read".to_owned(),
        ErrorCode::RateLimited => "too many messages at once".to_owned(),
        ErrorCode::NameTaken => "somebody else has this name".to_owned(),
        ErrorCode::NameRefused => "nobody may have this name".to_owned(),
        other => other.name().replace('_', " "),
    }
}

fn read_one(
    names: &Names,
    people: &[Person],
    room: &str,
    conversation: &chat::Conversation,
) -> Conversation {
    let place = conversation.place().clone();
    let mut messages: Vec<Message> =
        conversation.messages().filter_map(|said| message(names, conversation, &said)).collect();
    messages.reverse();
    // Of direct conversations it is told to nobody.
    let typing = people.iter().filter(|person| person.typing && !person.me && place == Place::Room);
    Conversation {
        title: title(names, people, room, conversation),
        unread: conversation.unread(),
        older: match (conversation.is_loading(), conversation.has_older()) {
            (true, _) => Older::Loading,
            (false, true) => Older::Some,
            (false, false) => Older::None,
        },
        typing: typing.map(|person| person.name.clone()).collect(),
        messages,
        place,
    }
}

/// The room's name, or that of the other person: of now, of their last message, or their ID.
fn title(
    names: &Names,
    people: &[Person],
    room: &str,
    conversation: &chat::Conversation,
) -> String {
    let Place::Direct(other) = conversation.place() else { return printable_text(room) };
    if let Some(person) = people.iter().find(|person| person.user == *other) {
        return person.name.clone();
    }
    let said = conversation.messages().find(|message| message.user == other.as_str());
    said.map_or_else(|| other.to_string(), |message| names.shown(message.user, message.name))
}

fn message(
    names: &Names,
    conversation: &chat::Conversation,
    said: &chat::Message<'_>,
) -> Option<Message> {
    let mut text = printable_text(said.text);
    let is_act = text.starts_with(ACT) && !text.contains('\n');
    if is_act {
        text.drain(..ACT.len());
    }
    Some(Message {
        id: said.id,
        author: UserId::new(said.user).ok()?,
        name: names.shown(said.user, said.name),
        mine: said.is_own,
        at: Timestamp::from_millis(said.at),
        text,
        is_act,
        edited: said.edited_at.is_some(),
        pending: said.is_pending,
        reply: said.re.map(|re| quote(names, conversation.message(re))),
        reactions: conversation.reactions(said.id).iter().map(reaction).collect(),
    })
}

fn quote(names: &Names, answered: Option<chat::Message<'_>>) -> Quote {
    let name = answered.map(|message| names.shown(message.user, message.name));
    let text = answered.map(|message| printable_text(message.text));
    Quote { name: name.unwrap_or_default(), text: text.unwrap_or_default() }
}

fn reaction(reaction: &chat::Reaction<'_>) -> Reaction {
    let with = printable_text(reaction.with).replace('\n', " ");
    Reaction {
        with: with.chars().take(REACTION_MAX_CHARS).collect(),
        count: reaction.by.len(),
        mine: reaction.is_own,
    }
}
