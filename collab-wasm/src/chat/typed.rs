//! What people type: commands, completion, passwords.

use collab_core::command::{Command, Commands, Completion, secret};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::ChatClient;

/// A page knows the common commands only.
const COMMANDS: Commands = Commands::with(&[]);

#[wasm_bindgen]
impl ChatClient {
    /// `[kind, first, second]` of a line, see `src-ts/chat/command.ts`.
    pub fn parse(line: &str) -> Array {
        let (kind, first, second) = match COMMANDS.parse(line) {
            Ok(command) => fields(command),
            Err(error) => return texts(["wrong", &error.to_string(), ""]),
        };
        texts([kind, first, second])
    }

    /// `[from, to, (text, hint)*]` of what could stand at `cursor`, in UTF-16 units.
    pub fn complete(&self, line: &str, cursor: u32) -> Option<Array> {
        let people = self.client.people();
        let names = people.iter().filter(|person| !person.is_own).map(|person| &*person.name);
        let Completion { range, choices } =
            COMMANDS.complete(line, byte_at(line, cursor), names)?;
        let (from, to) = (units(&line[..range.start]), units(&line[..range.end]));
        let choices = choices.iter().flat_map(|choice| [&*choice.text, choice.hint]);
        let choices = choices.map(JsValue::from_str);
        Some([from.into(), to.into()].into_iter().chain(choices).collect())
    }

    /// `[from, to]` of the part of a line that nobody may see, in UTF-16 units.
    pub fn secret(line: &str) -> Option<Vec<u32>> {
        let range = secret(line)?;
        Some(vec![units(&line[..range.start]), units(&line[..range.end])])
    }

    /// `(usage, help)*` of all commands.
    pub fn help() -> Array {
        let specs = COMMANDS.all().flat_map(|spec| [spec.usage, spec.help]);
        specs.map(JsValue::from_str).collect()
    }
}

fn fields(command: Command<'_>) -> (&'static str, &str, &str) {
    match command {
        Command::Say(text) => ("say", text, ""),
        Command::Act(text) => ("act", text, ""),
        Command::Direct { to, text } => ("direct", to, text),
        Command::Login { name, password } => ("login", name, password.reveal()),
        Command::SetPassword(password) => ("setPassword", password.reveal(), ""),
        Command::SetName(name) => ("setName", name, ""),
        Command::Who => ("who", "", ""),
        Command::Me => ("me", "", ""),
        Command::Help(about) => ("help", about.unwrap_or_default(), ""),
        // There are none of our own.
        _ => ("wrong", "", ""),
    }
}

fn texts(texts: [&str; 3]) -> Array {
    texts.map(JsValue::from_str).into_iter().collect()
}

fn units(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

/// Where the first `unit` UTF-16 units of `line` end, in bytes.
fn byte_at(line: &str, unit: u32) -> usize {
    let mut left = unit as usize;
    let before = line.chars().take_while(|char| {
        let goes_on = left > 0;
        left = left.saturating_sub(char.len_utf16());
        goes_on
    });
    before.map(char::len_utf8).sum()
}
