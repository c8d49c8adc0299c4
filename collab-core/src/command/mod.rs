//! What people type into a chat: text, direct messages and slash commands, the same in every window.
//!
//! [`Commands::parse`] turns a line into a [`Command`]; [`Commands::complete`] offers what could
//! follow the cursor; [`secret`] says which part of a line must be neither shown nor remembered. Who
//! carries commands out (accounts, a session, a screen) is not known here.
//!
//! | line | means |
//! |---|---|
//! | `hello` | a message to where one is |
//! | `//hello` | the message `/hello` |
//! | `@ada hello` | a direct message; `@ada` alone opens the conversation |
//! | `/login ada correct horse` | everything behind the name is the password |
//! | `/set password correct horse`, `/set name Ada` | |
//! | `/me waves` | an action; `/me` alone asks who one is |
//! | `/who`, `/help`, `/help set` | |

mod complete;
mod parse;
mod spec;

pub use complete::{Choice, Completion};
pub use parse::secret;
pub use spec::Spec;

use std::fmt;

/// The commands of one program: those of everybody, and its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Commands {
    extra: &'static [Spec],
}

/// A line, understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "fields are described with their variants")]
pub enum Command<'a> {
    /// A message to the conversation in view.
    Say(&'a str),
    /// What the author does, told in the third person; shown as `* ada waves`.
    Act(&'a str),
    /// A direct message. Without text the conversation is opened.
    Direct { to: &'a str, text: &'a str },
    /// Become the account of this name.
    Login { name: &'a str, password: Password<'a> },
    /// Keep this account: from now on one can log in to it.
    SetPassword(Password<'a>),
    /// Be called so.
    SetName(&'a str),
    /// Who is here.
    Who,
    /// Who am I.
    Me,
    /// All commands, or how one of them is used.
    Help(Option<&'a str>),
    /// A command of the program's own: its name without `/`, and the rest of the line.
    Other { name: &'static str, rest: &'a str },
}

/// A password on its way. Shows itself to nobody who prints it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Password<'a>(&'a str);

/// Why a line is not a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// Nothing but white space.
    #[error("nothing to send")]
    Empty,
    /// No such command. A message that begins with a slash is typed with two.
    #[error("no command /{0}; /help lists all")]
    Unknown(String),
    /// An argument is missing or there is one too many.
    #[error("usage: {usage}")]
    Usage {
        /// The command with its arguments, as `/help` shows it.
        usage: &'static str,
    },
}

impl Commands {
    /// The common commands and a program's own, whose names must differ from the common ones.
    pub const fn with(extra: &'static [Spec]) -> Self {
        Self { extra }
    }

    /// Every command, the common ones first: what `/help` shows.
    pub fn all(&self) -> impl Iterator<Item = &'static Spec> + use<> {
        spec::COMMON.iter().chain(self.extra)
    }

    /// Understands a line.
    pub fn parse<'a>(&self, line: &'a str) -> Result<Command<'a>, CommandError> {
        parse::line(line, self.extra)
    }

    /// What could stand at `cursor` (in bytes; anywhere else than between characters is none):
    /// commands after a slash, `people` after an `@`.
    pub fn complete<'p>(
        &self,
        line: &str,
        cursor: usize,
        people: impl IntoIterator<Item = &'p str>,
    ) -> Option<Completion> {
        complete::at(self, line.get(..cursor)?, people)
    }
}

impl<'a> Password<'a> {
    /// The password itself, for whoever checks or sends it.
    pub const fn reveal(self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for Password<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}
