//! Accounts, where the server keeps them: actions as its commands, and what to tell of who one is.

use collab_rooms_api::Account;
use collab_rooms_api::sign_in::{Cause, Command};

use crate::app::Action;
use crate::model::Model;

/// The command for the server of accounts, if the action is its affair.
pub fn account_command(action: &Action) -> Option<Command> {
    match action {
        Action::Login { name, password } => {
            let password = password.reveal().into();
            Some(Command::Login { name: name.clone(), password })
        }
        Action::SetPassword(password) => Some(Command::SetPassword(password.reveal().into())),
        Action::SetName(name) => Some(Command::SetName(name.clone())),
        _ => None,
    }
}

/// What to tell of who one is now, after `words`: that another window changed it, and what becomes of
/// what waits. `before` is who one was.
pub fn tell_who(
    model: &Model,
    before: Option<&Account>,
    account: &Account,
    cause: Cause,
    words: String,
) -> Vec<String> {
    let is_other = before.is_none_or(|before| before.id != account.id);
    let mut lines = vec![words];
    let is_renamed = before.is_some_and(|before| before.name != account.name);
    if is_renamed && cause == Cause::Renewed {
        lines.push(format!("you are {} now, by another window", account.name));
    }
    let unsaved: u64 = model.rooms.iter().map(|room| room.unsaved).sum();
    if is_other && unsaved > 0 {
        lines.push(format!("what was not sent yet is sent as {}", account.name));
    }
    lines.retain(|line| !line.is_empty());
    lines
}
