//! What happens to the app, and what it wants done.

use std::sync::Arc;

use collab_core::Timestamp;
use collab_core::chat::UserId;
use ratatui_textarea::Input;

use crate::model::{MessageId, Spot};

/// Something that the person at the keyboard did.
#[derive(Clone, Debug)]
pub enum Event {
    /// A key.
    Key(Input),
    /// Text from the clipboard.
    Paste(String),
    /// The mouse, in cells.
    Mouse {
        /// What it did.
        kind: MouseKind,
        /// From the left edge.
        column: u16,
        /// From the top.
        row: u16,
    },
}

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button.
    Click,
    /// The wheel, away from oneself.
    WheelUp,
    /// The wheel, towards oneself.
    WheelDown,
}

/// What the app wants done. None of it fails here: what is refused is told by [`super::App::warn`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are described with their variants")]
pub enum Action {
    /// Write a message, perhaps as an answer.
    Say { to: Spot, text: String, reply: Option<MessageId> },
    /// Replace the text of an own message.
    Edit { at: Spot, of: MessageId, text: String },
    /// Delete an own message.
    Delete { at: Spot, of: MessageId },
    /// Set or take back a reaction.
    React { at: Spot, of: MessageId, with: String, on: bool },
    /// Fetch the page before the oldest message.
    LoadOlder(Spot),
    /// Everything there was seen.
    MarkRead(Spot),
    /// Somebody writes here, or no longer does.
    Typing { at: Spot, on: bool },
    /// Open a direct conversation, with the first message if there is one.
    Direct { room: Arc<str>, to: UserId, text: String },
    /// Enter a room.
    Join(Arc<str>),
    /// Leave a room.
    Leave(Arc<str>),
    /// Be called so, in all rooms.
    SetName(String),
    /// Keep this account.
    SetPassword(Secret),
    /// Become an account.
    Login { name: String, password: Secret },
    /// Try again now.
    Reconnect,
    /// Put this on the clipboard.
    Copy(String),
    /// End the program.
    Quit,
}

/// A password that is printed by nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The password, for whoever sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A time of day somewhere: made by the program, which knows the time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "as in any calendar")]
pub struct LocalTime {
    pub year: i16,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
}

/// From Unix time to the time on the wall.
pub type LocalClock = fn(Timestamp) -> LocalTime;
