//! Messages as lines for a terminal, each told once.

use std::collections::BTreeSet;

use collab_core::chat::{
    Change, Client, Conversation, Message, MessageId, NAME_MAX_BYTES, Place, printable_name,
    printable_text,
};

/// How many of the messages that were there before are shown to a newcomer.
const HISTORY_MAX: usize = 20;

/// Whose messages are told.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    /// Those of others.
    Others,
    /// Also those that the same person wrote elsewhere: all but these.
    AllBut(BTreeSet<MessageId>),
}

/// The last messages of a place; from then on [`news`] tells what comes.
pub(crate) fn history(chat: &mut Client, place: &Place, told: &Told) -> String {
    chat.take_changes(place);
    let Some(talk) = Talk::at(chat, place) else { return String::new() };
    talk.last(told)
}

/// What was written in a place since it was asked for last.
pub(crate) fn news(chat: &mut Client, place: &Place, told: &Told) -> String {
    let changes = chat.take_changes(place);
    let Some(talk) = Talk::at(chat, place) else { return String::new() };
    if changes.contains(&Change::Reset) {
        return format!("* too many messages at once; the last of them:\n{}", talk.last(told));
    }
    let added: BTreeSet<MessageId> = changes.iter().filter_map(added).collect();
    let mut messages: Vec<_> =
        added.iter().filter_map(|&id| talk.conversation.message(id)).collect();
    messages.sort_by_key(|message| (message.at, message.id));
    let messages = messages.into_iter().filter(|message| told.tells(message));
    messages.map(|message| talk.line(message)).collect()
}

impl Told {
    fn tells(&self, message: &Message<'_>) -> bool {
        match self {
            Self::Others => !message.is_own,
            Self::AllBut(here) => !here.contains(&message.id),
        }
    }
}

const fn added(change: &Change) -> Option<MessageId> {
    if let Change::Added(id) = change { Some(*id) } else { None }
}

/// A conversation, and with whom it is.
struct Talk<'a> {
    conversation: &'a Conversation,
    /// What the other person is called; empty for the room.
    other: String,
}

impl<'a> Talk<'a> {
    fn at(chat: &'a Client, place: &Place) -> Option<Self> {
        let conversation = chat.conversation(place)?;
        let Place::Direct(other) = place else {
            return Some(Self { conversation, other: String::new() });
        };
        let here = chat.people().into_iter().find(|person| person.user == *other);
        let said = || conversation.messages().find(|message| message.user == other.as_str());
        let name = here.map(|person| person.name).or_else(|| Some(said()?.name.to_owned()));
        let name = name.unwrap_or_else(|| other.to_string());
        Some(Self { conversation, other: printable_name(&name, NAME_MAX_BYTES) })
    }

    fn last(&self, told: &Told) -> String {
        let messages = self.conversation.messages().filter(|message| told.tells(message));
        let mut last: Vec<_> = messages.take(HISTORY_MAX).collect();
        last.reverse();
        last.into_iter().map(|message| self.line(message)).collect()
    }

    /// One message. It may have several lines, which cannot be mistaken for messages of others.
    fn line(&self, message: Message<'_>) -> String {
        let name = printable_name(message.name, NAME_MAX_BYTES);
        let text = printable_text(message.text).replace('\n', "\n    ");
        match (self.conversation.place(), text.strip_prefix("/me ")) {
            (Place::Room, Some(deed)) => format!("* {name} {deed}\n"),
            (Place::Room, None) => format!("{name}: {text}\n"),
            (Place::Direct(_), _) if message.is_own => format!("you (to {}): {text}\n", self.other),
            (Place::Direct(_), _) => format!("{name} (to you): {text}\n"),
        }
    }
}
