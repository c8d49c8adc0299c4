//! From an action of the app to calls of a client.

use collab_core::Timestamp;
use collab_core::chat::{Client, Input, SayError};

use crate::app::Action;
use crate::model::Place;

/// Why an action was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDone {
    /// The client refuses it.
    Refused(SayError),
    /// Names are given by this server.
    NameIsGiven,
    /// This server keeps no accounts.
    NoAccounts,
}

impl std::fmt::Display for NotDone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::NameIsGiven => f.write_str("this server decides what you are called"),
            Self::NoAccounts => f.write_str(
                "this server keeps no accounts: you are a guest, known by a key on this device",
            ),
        }
    }
}

impl std::error::Error for NotDone {}

impl From<SayError> for NotDone {
    fn from(error: SayError) -> Self {
        Self::Refused(error)
    }
}

/// Does in one room what concerns that room's client; other actions are the program's.
pub fn carry_out(client: &mut Client, now: Timestamp, action: &Action) -> Result<(), NotDone> {
    match action {
        Action::Say { to, text, reply } => {
            client.say(now, &to.place, text, *reply)?;
        }
        Action::Edit { at, of, text } => client.edit(now, &at.place, *of, text)?,
        Action::Delete { at, of } => client.delete(now, &at.place, *of)?,
        Action::React { at, of, with, on } => client.react(now, &at.place, *of, with, *on)?,
        Action::LoadOlder(spot) => {
            client.load_older(now, &spot.place);
        }
        Action::MarkRead(spot) => client.mark_read(now, &spot.place),
        Action::Typing { at, on } => client.set_typing(now, on.then_some(&at.place)),
        Action::Direct { to, text, .. } => {
            client.open_direct(now, to)?;
            if !text.is_empty() {
                client.say(now, &Place::Direct(to.clone()), text, None)?;
            }
        }
        Action::SetName(name) => {
            if !client.status().name.is_empty() {
                return Err(NotDone::NameIsGiven);
            }
            client.set_name(now, name);
        }
        Action::SetPassword(_) | Action::Login { .. } => return Err(NotDone::NoAccounts),
        Action::Reconnect => client.handle(now, Input::Start),
        Action::Join(_) | Action::Leave(_) | Action::Copy(_) | Action::Quit => {}
    }
    Ok(())
}

impl Action {
    /// The room that it concerns; `None` for all of them, or for none.
    pub fn room(&self) -> Option<&str> {
        match self {
            Self::Say { to: spot, .. }
            | Self::Edit { at: spot, .. }
            | Self::Delete { at: spot, .. }
            | Self::React { at: spot, .. }
            | Self::Typing { at: spot, .. }
            | Self::LoadOlder(spot)
            | Self::MarkRead(spot) => Some(&spot.room),
            Self::Direct { room, .. } => Some(room),
            _ => None,
        }
    }
}
