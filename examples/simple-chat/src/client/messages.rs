//! Messages as lines for a terminal, each told once.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use collab_core::chat::{
    Change, Client, Conversation, Message, MessageId, NAME_MAX_BYTES, Place, printable_name,
    printable_text,
};

/// How many of the messages that were there before are shown to a newcomer.
const HISTORY_MAX: usize = 20;

/// The last messages of the room; from then on [`news`] tells what comes.
pub(crate) fn history(chat: &mut Client) -> String {
    chat.take_changes(&Place::Room);
    let Some(room) = chat.conversation(&Place::Room) else { return String::new() };
    last_of(room, &Place::Room)
}

/// What others wrote in a place since it was asked for last.
pub(crate) fn news(chat: &mut Client, place: &Place) -> String {
    let changes = chat.take_changes(place);
    let Some(conversation) = chat.conversation(place) else { return String::new() };
    if changes.contains(&Change::Reset) {
        return missed(conversation, place);
    }
    let added: BTreeSet<MessageId> = changes.iter().filter_map(added).collect();
    let mut messages: Vec<_> = added.iter().filter_map(|&id| conversation.message(id)).collect();
    messages.sort_by_key(|message| (message.at, message.id));
    let of_others = messages.into_iter().filter(|message| !message.is_own);
    of_others.map(|message| line(place, message)).collect()
}

const fn added(change: &Change) -> Option<MessageId> {
    if let Change::Added(id) = change { Some(*id) } else { None }
}

/// More than can be told one by one.
fn missed(conversation: &Conversation, place: &Place) -> String {
    format!("* too many messages at once; the last of them:\n{}", last_of(conversation, place))
}

fn last_of(conversation: &Conversation, place: &Place) -> String {
    let of_others = conversation.messages().filter(|message| !message.is_own);
    let mut last: Vec<_> = of_others.take(HISTORY_MAX).collect();
    last.reverse();
    last.into_iter().map(|message| line(place, message)).collect()
}

/// One message. It may have several lines, which cannot be mistaken for messages of others.
fn line(place: &Place, message: Message<'_>) -> String {
    let name = printable_name(message.name, NAME_MAX_BYTES);
    let text = printable_text(message.text).replace('\n', "\n    ");
    let mut line = String::new();
    // Writing to a string cannot fail.
    let _ = match (place, text.strip_prefix("/me ")) {
        (Place::Room, Some(deed)) => writeln!(line, "* {name} {deed}"),
        (Place::Room, None) => writeln!(line, "{name}: {text}"),
        (Place::Direct(_), _) => writeln!(line, "{name} (to you): {text}"),
    };
    line
}
