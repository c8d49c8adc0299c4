//! What there is to show, as plain data: whoever holds the connections fills it, the app only reads.
//!
//! All text in here is already safe for a terminal: no control character but the line feed in
//! messages.

use std::sync::Arc;

use collab_core::Timestamp;
pub use collab_core::chat::{MessageId, Place};

use collab_core::chat::UserId;

/// A message of one line that begins so tells what its author does: the same in all our chats.
pub const ACT: &str = "* ";

/// Everything that is shown.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The rooms that are open, in the order in which they were joined.
    pub rooms: Vec<Room>,
}

/// One room on one relay.
#[derive(Clone, Debug)]
pub struct Room {
    /// Its name.
    pub name: Arc<str>,
    /// How the connection does.
    pub link: Link,
    /// Own messages that are not durable at the relay yet.
    pub unsaved: u64,
    /// Who is here, oneself included, by name.
    pub people: Vec<Person>,
    /// The room's own conversation first, then direct ones.
    pub conversations: Vec<Conversation>,
    /// Whether there is no server, and so no direct conversations.
    pub is_among_peers: bool,
}

/// A conversation among those of all rooms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The room's name.
    pub room: Arc<str>,
    /// Where in that room.
    pub place: Place,
}

/// How a room's connection does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// On its way.
    Connecting,
    /// Connected; something is still to come.
    Syncing,
    /// Connected, and everything is where it belongs.
    Saved,
    /// Connected to a room that forgets when everybody has left.
    Ephemeral,
    /// Not connected.
    Offline {
        /// When it is tried again; `None`: not by itself.
        retry_at: Option<Timestamp>,
        /// What went wrong, if that is known; may be empty.
        why: String,
    },
    /// The relay does not want us, and why.
    Refused(String),
}

/// Messages to one place.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Where they go.
    pub place: Place,
    /// The room's or the other person's name.
    pub title: String,
    /// Messages of others that were not shown yet.
    pub unread: usize,
    /// What is loaded, oldest first.
    pub messages: Vec<Message>,
    /// Whether there is more before them.
    pub older: Older,
    /// Names of those who are writing.
    pub typing: Vec<String>,
}

/// What lies before the loaded messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Older {
    /// Nothing.
    #[default]
    None,
    /// More, to be asked for.
    Some,
    /// More, on its way.
    Loading,
}

/// One message.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent marks, each shown by itself")]
pub struct Message {
    /// Its ID.
    pub id: MessageId,
    /// Who wrote it.
    pub author: UserId,
    /// What they are called.
    pub name: String,
    /// Whether that is oneself.
    pub mine: bool,
    /// When, in Unix time.
    pub at: Timestamp,
    /// What it says; several lines.
    pub text: String,
    /// It says what its author does, in the third person.
    pub is_act: bool,
    /// Its author changed it.
    pub edited: bool,
    /// Written here and not durable yet.
    pub pending: bool,
    /// What it answers.
    pub reply: Option<Quote>,
    /// Reactions in a fixed order.
    pub reactions: Vec<Reaction>,
}

/// The message that another one answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Its author's name; empty if it is gone or not loaded.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// One kind of reaction to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// Usually an emoji.
    pub with: String,
    /// How many people.
    pub count: usize,
    /// Whether oneself is among them.
    pub mine: bool,
}

/// Somebody in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub user: UserId,
    /// What they are called.
    pub name: String,
    /// Whether that is oneself.
    pub me: bool,
    /// At the keyboard, or not for a while.
    pub active: bool,
    /// Writing somewhere in this room.
    pub typing: bool,
}

impl Model {
    /// The room of this name.
    pub fn room(&self, name: &str) -> Option<&Room> {
        self.rooms.iter().find(|room| &*room.name == name)
    }

    /// The conversation at `spot`.
    pub fn conversation(&self, spot: &Spot) -> Option<&Conversation> {
        let room = self.room(&spot.room)?;
        room.conversations.iter().find(|conversation| conversation.place == spot.place)
    }

    /// All conversations, as the list on the left shows them.
    pub fn spots(&self) -> impl Iterator<Item = Spot> {
        self.rooms.iter().flat_map(|room| {
            let spot = |place: &Place| Spot { room: room.name.clone(), place: place.clone() };
            room.conversations.iter().map(move |conversation| spot(&conversation.place))
        })
    }
}

impl Conversation {
    /// Where the message stands in [`Conversation::messages`].
    pub fn index_of(&self, id: MessageId) -> Option<usize> {
        self.messages.iter().position(|message| message.id == id)
    }

    /// The message itself.
    pub fn message(&self, id: MessageId) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }
}
