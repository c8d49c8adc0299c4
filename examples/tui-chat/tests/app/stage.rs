//! An app on a screen of cells, with rooms in which something was said.

use std::sync::Arc;

use collab_core::Timestamp;
use collab_core::chat::UserId;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui_textarea::{Input, Key};
use tui_chat::app::{LocalTime, MouseKind};
use tui_chat::model::{Conversation, Link, Message, MessageId, Older, Person, Place, Room, Spot};
use tui_chat::view::ThemeName;
use tui_chat::{Action, App, Event, Model};

/// 21 November 2026, 14:00 UTC.
pub(crate) const START_MS: u64 = 1_795_269_600_000;

pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) now: Timestamp,
    terminal: Terminal<TestBackend>,
}

impl Stage {
    /// A screen of that size, with the rooms of [`room`].
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        let mut stage = Self {
            app: App::new(ThemeName::Terminal, utc),
            now: Timestamp::from_millis(START_MS + 600_000),
            terminal: Terminal::new(TestBackend::new(columns, rows)).unwrap(),
        };
        stage.fill(|model| model.rooms = vec![room("lobby"), room("random")]);
        stage
    }

    pub(crate) fn fill(&mut self, change: impl FnOnce(&mut Model)) {
        change(self.app.model_mut());
        self.app.refilled();
    }

    /// The conversation that is open at first.
    pub(crate) fn lobby(&mut self, change: impl FnOnce(&mut Conversation)) {
        self.fill(|model| change(&mut model.rooms[0].conversations[0]));
    }

    pub(crate) fn says(&mut self, id: u32, name: &str, text: &str) {
        let message = message(id, name, text);
        self.lobby(|lobby| lobby.messages.push(message));
    }

    pub(crate) fn key(&mut self, key: Key) {
        self.input(Input { key, ..Input::default() });
    }

    pub(crate) fn ctrl(&mut self, c: char) {
        self.input(Input { key: Key::Char(c), ctrl: true, ..Input::default() });
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.app.update(self.now, Event::Key(input));
    }

    pub(crate) fn types(&mut self, text: &str) {
        text.chars().for_each(|c| self.key(Key::Char(c)));
    }

    pub(crate) fn enters(&mut self, text: &str) {
        self.types(text);
        self.key(Key::Enter);
    }

    pub(crate) fn pastes(&mut self, text: &str) {
        self.app.update(self.now, Event::Paste(text.to_owned()));
    }

    /// Clicks the first place where `text` stands.
    pub(crate) fn clicks(&mut self, text: &str) {
        let screen = self.screen();
        let found = screen.lines().enumerate().find_map(|(row, line)| {
            line.find(text).map(|at| (line[..at].chars().count() as u16, row as u16))
        });
        let (column, row) = found.unwrap_or_else(|| panic!("no {text:?} in\n{screen}"));
        self.app.update(self.now, Event::Mouse { kind: MouseKind::Click, column, row });
    }

    pub(crate) fn wheel(&mut self, kind: MouseKind) {
        self.app.update(self.now, Event::Mouse { kind, column: 30, row: 3 });
    }

    /// What the app wants done.
    pub(crate) fn actions(&mut self) -> Vec<Action> {
        std::iter::from_fn(|| self.app.poll_action()).collect()
    }

    /// The same without who is typing, what was seen and what is fetched.
    pub(crate) fn deeds(&mut self) -> Vec<Action> {
        let is_deed = |action: &Action| {
            !matches!(action, Action::Typing { .. } | Action::MarkRead(_) | Action::LoadOlder(_))
        };
        self.actions().into_iter().filter(is_deed).collect()
    }

    /// The screen as text, without spaces at the ends of lines.
    pub(crate) fn screen(&mut self) -> String {
        let (app, now) = (&mut self.app, self.now);
        self.terminal.draw(|frame| app.view(now, frame)).unwrap();
        let buffer = self.terminal.backend().buffer();
        let rows = buffer.content.chunks(usize::from(buffer.area.width));
        let lines = rows.map(|row| {
            let mut line = String::new();
            // A wide character covers the cell behind it.
            let mut covered = 0;
            for cell in row {
                if covered == 0 {
                    line.push_str(cell.symbol());
                    covered = unicode_width::UnicodeWidthStr::width(cell.symbol()).max(1);
                }
                covered -= 1;
            }
            line.trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.backend_mut().resize(columns, rows);
    }
}

pub(crate) fn lobby() -> Spot {
    Spot { room: Arc::from("lobby"), place: Place::Room }
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(&name.to_lowercase()).expect("test names are short and of ASCII letters")
}

pub(crate) fn message_id(clock: u32) -> MessageId {
    MessageId { segment: 0, client: 7, clock }
}

/// A message `id` seconds after the start; Ada's are one's own.
pub(crate) fn message(id: u32, name: &str, text: &str) -> Message {
    Message {
        id: message_id(id),
        author: user(name),
        name: name.to_owned(),
        mine: name == "Ada",
        at: Timestamp::from_millis(START_MS + u64::from(id) * 1000),
        text: text.to_owned(),
        is_act: false,
        edited: false,
        pending: false,
        reply: None,
        reactions: Vec::new(),
    }
}

fn person(name: &str) -> Person {
    Person {
        user: user(name),
        name: name.to_owned(),
        me: name == "Ada",
        active: name != "Cleo",
        typing: name == "Bo",
    }
}

fn conversation(place: Place, title: &str) -> Conversation {
    Conversation {
        place,
        title: title.to_owned(),
        unread: 0,
        messages: Vec::new(),
        older: Older::None,
        typing: Vec::new(),
    }
}

/// Ada's view of a room with Bo and Cleo, and a direct conversation with Bo.
fn room(name: &str) -> Room {
    Room {
        name: Arc::from(name),
        link: Link::Saved,
        unsaved: 0,
        people: ["Ada", "Bo", "Cleo"].map(person).into(),
        conversations: vec![
            conversation(Place::Room, name),
            conversation(Place::Direct(user("Bo")), "Bo"),
        ],
        is_among_peers: false,
    }
}

/// Right for the day of [`START_MS`] and those after it.
fn utc(at: Timestamp) -> LocalTime {
    let minutes = at.as_millis() / 60_000;
    let day = (minutes - (START_MS / 60_000 - 14 * 60)) / 1440;
    let (hour, minute) = ((minutes / 60 % 24) as u8, (minutes % 60) as u8);
    LocalTime { year: 2026, month: 11, day: 21 + day as u8, hour, minute }
}
