//! From a line to a command.

use std::ops::Range;

use super::spec::{self, Spec};
use super::{Command, CommandError, Password};

pub(super) fn line<'a>(line: &'a str, extra: &[Spec]) -> Result<Command<'a>, CommandError> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix('/') {
        return if rest.starts_with('/') { Ok(Command::Say(rest)) } else { slash(rest, extra) };
    }
    if let Some(rest) = line.strip_prefix('@') {
        return Ok(direct(rest).unwrap_or(Command::Say(line)));
    }
    if line.is_empty() { Err(CommandError::Empty) } else { Ok(Command::Say(line)) }
}

/// The part of `line`, in bytes, that is a password or becomes one while it is typed on: to be shown as dots
/// and kept out of the history.
pub fn secret(line: &str) -> Option<Range<usize>> {
    let rest = line.trim_start().strip_prefix('/')?;
    let (name, rest) = word(rest);
    let (_, password) = match &*name.to_ascii_lowercase() {
        "login" => word(rest),
        "set" => Some(word(rest)).filter(|(what, _)| what.eq_ignore_ascii_case("password"))?,
        _ => return None,
    };
    let start = line.len() - password.len();
    (!password.is_empty()).then_some(start..line.len())
}

/// What follows an `@`; without a name it is text like any other.
fn direct(rest: &str) -> Option<Command<'_>> {
    let (to, text) = word(rest);
    // "@ada: look" and "@ada, look" mean ada.
    let to = to.trim_end_matches([':', ',']);
    (!to.is_empty()).then_some(Command::Direct { to, text })
}

/// What follows a slash.
fn slash<'a>(rest: &'a str, extra: &[Spec]) -> Result<Command<'a>, CommandError> {
    let (name, rest) = word(rest);
    match &*name.to_ascii_lowercase() {
        "help" => Ok(Command::Help((!rest.is_empty()).then(|| rest.trim_start_matches('/')))),
        "who" if rest.is_empty() => Ok(Command::Who),
        "who" => Err(CommandError::Usage { usage: spec::WHO }),
        "me" if rest.is_empty() => Ok(Command::Me),
        "me" => Ok(Command::Act(rest)),
        "login" => login(rest),
        "set" => set(rest),
        lower => extra
            .iter()
            .find(|spec| spec.name == lower)
            .map(|spec| Command::Other { name: spec.name, rest })
            .ok_or_else(|| CommandError::Unknown(name.to_owned())),
    }
}

fn login(rest: &str) -> Result<Command<'_>, CommandError> {
    match word(rest) {
        (name, password) if !name.is_empty() && !password.is_empty() => {
            Ok(Command::Login { name: name.trim_start_matches('@'), password: Password(password) })
        }
        _ => Err(CommandError::Usage { usage: spec::LOGIN }),
    }
}

fn set(rest: &str) -> Result<Command<'_>, CommandError> {
    let (what, value) = word(rest);
    match &*what.to_ascii_lowercase() {
        "name" if value.is_empty() || value.contains(char::is_whitespace) => {
            Err(CommandError::Usage { usage: spec::SET_NAME })
        }
        "name" => Ok(Command::SetName(value.trim_start_matches('@'))),
        "password" if value.is_empty() => Err(CommandError::Usage { usage: spec::SET_PASSWORD }),
        "password" => Ok(Command::SetPassword(Password(value))),
        _ => Err(CommandError::Usage { usage: spec::SET }),
    }
}

/// The first word, and what follows the white space after it.
pub(super) fn word(text: &str) -> (&str, &str) {
    text.split_once(char::is_whitespace)
        .map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}
