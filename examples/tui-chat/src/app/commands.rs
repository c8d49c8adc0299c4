//! Carries out what was typed: messages, and slash commands by `collab_core::command`.

use std::sync::Arc;

use collab_core::chat::{NAME_MAX_BYTES, printable_name};
use collab_core::command::{Command, CommandError, Commands, Spec};

use super::{Action, App, Mode, Secret};
use crate::model::ACT;
use crate::view::ThemeName;

/// What this program understands beyond the common commands.
pub(super) const EXTRA: &[Spec] = &[
    Spec { name: "join", usage: "/join ROOM", help: "enter a room" },
    Spec { name: "leave", usage: "/leave", help: "leave this room" },
    Spec { name: "search", usage: "/search WORDS", help: "search what was said here" },
    Spec { name: "theme", usage: "/theme NAME", help: "terminal, dark, light or mono" },
    Spec { name: "reconnect", usage: "/reconnect", help: "try to connect now" },
    Spec { name: "quit", usage: "/quit", help: "end the program" },
];

const COMMANDS: Commands = Commands::with(EXTRA);

impl App {
    /// Does what a line says, or tells what is wrong with it.
    pub(super) fn run(&mut self, line: &str) {
        match COMMANDS.parse(line) {
            Ok(command) => self.command(command),
            Err(CommandError::Empty) => {}
            Err(error) => self.warn(error.to_string()),
        }
    }

    fn command(&mut self, command: Command<'_>) {
        match command {
            Command::Say(text) => self.say(text.to_owned(), None),
            Command::Act(text) => self.say(format!("{ACT}{text}"), None),
            Command::Direct { to, text } => self.direct(to, text),
            Command::Login { name, password } => {
                let password = Secret::new(password.reveal());
                self.act(Action::Login { name: name.to_owned(), password });
            }
            Command::SetPassword(password) => {
                self.act(Action::SetPassword(Secret::new(password.reveal())));
            }
            Command::SetName(name) => self.set_name(name),
            Command::Who => self.who(),
            Command::Me => self.who_am_i(),
            Command::Help(None) => self.mode = Mode::Help,
            Command::Help(Some(name)) => self.explain(name),
            Command::Other { name, rest } => self.own(name, rest.trim()),
            _ => self.warn("this program does not know that command"),
        }
    }

    fn own(&mut self, name: &str, rest: &str) {
        match name {
            "join" => self.join(rest),
            "leave" => {
                if let Some(room) = self.here.as_ref().map(|here| here.room.clone()) {
                    self.act(Action::Leave(room));
                }
            }
            "search" => self.begin_search(rest),
            "theme" => match rest.parse::<ThemeName>() {
                Ok(theme) => self.theme = theme,
                Err(error) => self.warn(error.to_string()),
            },
            "reconnect" => self.act(Action::Reconnect),
            _ => self.act(Action::Quit),
        }
    }

    fn join(&mut self, name: &str) {
        let name = name.trim_start_matches('#');
        if name.is_empty() || name.contains(char::is_whitespace) {
            self.warn("usage: /join ROOM");
        } else {
            self.act(Action::Join(Arc::from(name)));
        }
    }

    /// Names may hold spaces, which the parser cannot know: the longest name that fits is meant.
    fn direct(&mut self, to: &str, text: &str) {
        let Some(room) = self.room() else { return };
        let line = format!("{to} {text}").to_lowercase();
        let fits = |name: &str| {
            let rest = line.strip_prefix(&name.to_lowercase());
            rest.is_some_and(|rest| rest.starts_with(char::is_whitespace))
        };
        let others = room.people.iter().filter(|person| !person.me && fits(&person.name));
        let Some(person) = others.max_by_key(|person| person.name.len()) else {
            return self.warn(format!("nobody here is called {to}"));
        };
        let words = person.name.split_whitespace().count().saturating_sub(1);
        let text = (0..words).fold(text, |text, _| {
            text.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start())
        });
        let (room, user, text) = (room.name.clone(), person.user.clone(), text.to_owned());
        self.open_direct(room, user, text);
    }

    /// A name as it will be shown, so that nobody is surprised by what others see.
    fn set_name(&mut self, name: &str) {
        if name.len() > NAME_MAX_BYTES || printable_name(name, NAME_MAX_BYTES) != name {
            self.warn(format!("a name is at most {NAME_MAX_BYTES} bytes of visible characters"));
        } else {
            self.act(Action::SetName(name.to_owned()));
        }
    }

    fn who(&mut self) {
        let Some(room) = self.room() else { return };
        let names: Vec<&str> = room.people.iter().map(|person| &*person.name).collect();
        let line = format!("{} here: {}", names.len(), names.join(", "));
        self.tell(vec![line]);
    }

    fn who_am_i(&mut self) {
        let Some(room) = self.room() else { return };
        let me = room.people.iter().find(|person| person.me);
        let line = me.map_or("not connected yet".to_owned(), |me| {
            format!("you are {} ({})", me.name, me.user)
        });
        self.tell(vec![line]);
    }

    fn explain(&mut self, name: &str) {
        let lines: Vec<String> = COMMANDS
            .all()
            .filter(|spec| spec.name.starts_with(name))
            .map(|spec| format!("{}: {}", spec.usage, spec.help))
            .collect();
        if lines.is_empty() {
            self.warn(format!("no command /{name}; /help lists all"));
        } else {
            self.tell(lines);
        }
    }
}

/// Every command with what it does, for the help.
pub(crate) fn listed() -> impl Iterator<Item = (&'static str, &'static str)> {
    COMMANDS.all().map(|spec| (spec.usage, spec.help))
}
