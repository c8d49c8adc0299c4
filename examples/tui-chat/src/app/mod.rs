//! The app: what is open, selected, searched and written, and what keys, mouse and commands change.
//!
//! Sans IO, as the rest of the project: [`App::update`] takes what a person did, [`App::poll_action`]
//! says what it wants done, [`App::deadline`] when to look again. Whoever holds the connections
//! changes [`App::model_mut`] and draws.

mod commands;
mod completion;
mod composer;
mod event;
mod keys;
mod mouse;
mod scroll;
mod search;
mod selection;

pub(crate) use commands::listed as listed_commands;
pub use completion::Popup;
pub use composer::{Composer, Intent};
pub use event::{Action, Event, LocalClock, LocalTime, MouseKind, Secret};
pub use mouse::{Hit, Regions};
pub use scroll::Scroll;
pub use search::Search;
pub use selection::REACTIONS;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use collab_core::Timestamp;
use collab_core::chat::UserId;

use crate::model::{Conversation, Link, MessageId, Model, Older, Place, Room, Spot};
use crate::view::ThemeName;

/// Who writes nothing for so long is no longer said to write.
const TYPING_TIMEOUT: Duration = Duration::from_secs(5);

/// What the keyboard is for at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Writing.
    #[default]
    Compose,
    /// A message is selected.
    Select(MessageId),
    /// A reaction to that message is to be chosen.
    React(MessageId),
    /// Whether to delete that message is asked.
    Delete(MessageId),
    /// The words to search for are written.
    Search,
    /// The help covers the screen.
    Help,
}

/// Lines for the person at the keyboard alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What to say.
    pub lines: Vec<String>,
    /// Something went wrong.
    pub is_error: bool,
}

/// The whole state of the screen.
#[derive(Debug)]
pub struct App {
    pub(crate) model: Model,
    pub(crate) here: Option<Spot>,
    pub(crate) mode: Mode,
    pub(crate) composer: Composer,
    pub(crate) popup: Popup,
    pub(crate) scroll: Scroll,
    pub(crate) search: Search,
    pub(crate) notice: Option<Notice>,
    pub(crate) theme: ThemeName,
    pub(crate) clock: LocalClock,
    pub(crate) regions: Regions,
    /// The first message that had not been seen when the conversation was opened.
    pub(crate) unseen: Option<MessageId>,
    typing: Option<Typing>,
    actions: VecDeque<Action>,
}

/// Where one was last said to write, and until when that holds.
#[derive(Debug)]
struct Typing {
    at: Spot,
    until: Timestamp,
}

impl App {
    /// Shows nothing yet.
    pub fn new(theme: ThemeName, clock: LocalClock) -> Self {
        Self {
            model: Model::default(),
            here: None,
            mode: Mode::Compose,
            composer: Composer::default(),
            popup: Popup::default(),
            scroll: Scroll::default(),
            search: Search::default(),
            notice: None,
            theme,
            clock,
            regions: Regions::default(),
            unseen: None,
            typing: None,
            actions: VecDeque::new(),
        }
    }

    /// Takes what a person did.
    pub fn update(&mut self, now: Timestamp, event: Event) {
        match event {
            Event::Key(key) => self.key(now, key),
            Event::Paste(text) => self.paste(now, &text),
            Event::Mouse { kind, column, row } => self.mouse(now, kind, column, row),
        }
    }

    /// The next thing to do. Poll until `None` after every update, and after drawing.
    #[must_use]
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// When [`App::tick`] is due: the clock of a retry goes on, somebody stopped writing.
    pub fn deadline(&self, now: Timestamp) -> Option<Timestamp> {
        let typing = self.typing.as_ref().map(|typing| typing.until);
        let waits = self.room().is_some_and(
            |room| matches!(room.link, Link::Offline { retry_at: Some(at), .. } if at > now),
        );
        let second = waits.then(|| now + Duration::from_secs(1));
        typing.into_iter().chain(second).min()
    }

    /// Time passed.
    pub fn tick(&mut self, now: Timestamp) {
        if self.typing.as_ref().is_some_and(|typing| typing.until <= now) {
            self.stop_typing();
        }
    }

    /// What there is to show.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// For whoever fills it; call [`App::refilled`] afterwards.
    pub fn model_mut(&mut self) -> &mut Model {
        &mut self.model
    }

    /// The model changed: what was open or selected may be gone.
    pub fn refilled(&mut self) {
        let is_gone = |spot: &Spot| self.model.conversation(spot).is_none();
        if self.here.as_ref().is_none_or(is_gone) {
            let first = self.model.spots().next();
            self.open(first);
        }
        let selected = match self.mode {
            Mode::Select(id) | Mode::React(id) | Mode::Delete(id) => Some(id),
            Mode::Compose | Mode::Search | Mode::Help => None,
        };
        if selected.is_some_and(|id| self.message(id).is_none()) {
            self.mode = Mode::Compose;
        }
    }

    /// Tells the person at the keyboard something that went wrong.
    pub fn warn(&mut self, line: impl Into<String>) {
        self.notice = Some(Notice { lines: vec![line.into()], is_error: true });
    }

    /// Tells the person at the keyboard something.
    pub fn tell(&mut self, lines: Vec<String>) {
        self.notice = Some(Notice { lines, is_error: false });
    }

    /// Opens a conversation, if it exists.
    pub fn open(&mut self, spot: Option<Spot>) {
        if self.here == spot {
            return;
        }
        self.stop_typing();
        self.here = spot;
        self.mode = Mode::Compose;
        self.composer.aim(Intent::Say);
        self.scroll = Scroll::default();
        self.search = Search::default();
        self.unseen = self.conversation().and_then(first_unread);
    }

    /// The conversation in view.
    pub fn here(&self) -> Option<&Spot> {
        self.here.as_ref()
    }

    pub(crate) fn conversation(&self) -> Option<&Conversation> {
        self.model.conversation(self.here.as_ref()?)
    }

    pub(crate) fn room(&self) -> Option<&Room> {
        self.model.room(&self.here.as_ref()?.room)
    }

    pub(crate) fn message(&self, id: MessageId) -> Option<&crate::model::Message> {
        self.conversation()?.message(id)
    }

    fn act(&mut self, action: Action) {
        self.actions.push_back(action);
    }

    /// Does something to a message of the conversation in view.
    fn act_here(&mut self, action: impl FnOnce(Spot) -> Action) {
        if let Some(here) = self.here.clone() {
            self.act(action(here));
        }
    }

    /// What is on the screen has been seen; what lies before it may be wanted soon.
    pub(crate) fn shown(&mut self, first_is_shown: bool) {
        let Some(conversation) = self.conversation() else { return };
        let (unread, older) = (conversation.unread, conversation.older);
        if unread > 0 && self.scroll.follows() {
            self.act_here(Action::MarkRead);
        }
        if first_is_shown && older == Older::Some {
            self.load_older();
        }
    }

    fn load_older(&mut self) {
        self.act_here(Action::LoadOlder);
        let Some(here) = &self.here else { return };
        let room = self.model.rooms.iter_mut().find(|room| room.name == here.room);
        let at_place = |conversation: &&mut Conversation| conversation.place == here.place;
        let conversation = room.and_then(|room| room.conversations.iter_mut().find(at_place));
        if let Some(conversation) = conversation {
            conversation.older = Older::Loading;
        }
    }

    /// The text changed by hand: others see that somebody writes.
    fn typed(&mut self, now: Timestamp) {
        let text = self.composer.text();
        if text.trim().is_empty()
            || text.starts_with('/')
            || self.composer.intent() == Intent::Say && text.starts_with('@')
        {
            return self.stop_typing();
        }
        let Some(here) = self.here.clone() else { return };
        if self.typing.is_none() {
            self.act(Action::Typing { at: here.clone(), on: true });
        }
        self.typing = Some(Typing { at: here, until: now + TYPING_TIMEOUT });
    }

    fn stop_typing(&mut self) {
        if let Some(Typing { at, .. }) = self.typing.take() {
            self.act(Action::Typing { at, on: false });
        }
    }

    /// Moves to the next or previous conversation, around the ends.
    fn step(&mut self, forward: bool) {
        let spots: Vec<Spot> = self.model.spots().collect();
        let Some(last) = spots.len().checked_sub(1) else { return };
        let at = spots.iter().position(|spot| Some(spot) == self.here.as_ref()).unwrap_or(0);
        let to = match (forward, at) {
            (true, at) if at == last => 0,
            (true, at) => at + 1,
            (false, 0) => last,
            (false, at) => at - 1,
        };
        self.open(spots.get(to).cloned());
    }

    /// Opens the conversation with `to`. A new one is opened once the model has it: see
    /// [`App::open`].
    fn open_direct(&mut self, room: Arc<str>, to: UserId, text: String) {
        let spot = Spot { room: room.clone(), place: Place::Direct(to.clone()) };
        self.act(Action::Direct { room, to, text });
        if self.model.conversation(&spot).is_some() {
            self.open(Some(spot));
        }
    }
}

fn first_unread(conversation: &Conversation) -> Option<MessageId> {
    let mut others = conversation.messages.iter().rev().filter(|message| !message.mine);
    let oldest = others.nth(conversation.unread.checked_sub(1)?)?;
    Some(oldest.id)
}
