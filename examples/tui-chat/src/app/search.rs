//! Searching the scrollback: from the newest match to older ones, fetching pages until one is found.

use ratatui_textarea::{Input, Key};

use super::{App, Mode};
use crate::model::{MessageId, Older};

/// What is searched for.
#[derive(Debug, Default)]
pub struct Search {
    words: String,
    found: Option<MessageId>,
    /// Nothing was found in what is loaded; older pages are on their way.
    waits: bool,
}

impl Search {
    /// The words, as they were typed.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// The match in view.
    pub fn found(&self) -> Option<MessageId> {
        self.found
    }

    /// Whether older messages are on their way.
    pub fn waits(&self) -> bool {
        self.waits
    }

    pub(super) fn is_active(&self) -> bool {
        !self.words.is_empty()
    }

    pub(super) fn end(&mut self) {
        *self = Self::default();
    }
}

impl App {
    pub(super) fn begin_search(&mut self, words: &str) {
        self.mode = Mode::Search;
        if !words.is_empty() {
            words.clone_into(&mut self.search.words);
            self.search.found = None;
            self.find(false);
        }
    }

    pub(super) fn key_in_search(&mut self, key: &Input) {
        match key.key {
            Key::Esc => {
                self.search.end();
                self.mode = Mode::Compose;
            }
            // The match stays selected: one may answer it at once.
            Key::Enter if key.shift => self.find(true),
            Key::Enter | Key::Up => self.find(false),
            Key::Down => self.find(true),
            Key::Tab => {
                self.mode = self.search.found.map_or(Mode::Compose, Mode::Select);
            }
            Key::Backspace => {
                self.search.words.pop();
                self.search_anew();
            }
            Key::Char('u') if key.ctrl => {
                self.search.words.clear();
                self.search_anew();
            }
            Key::Char(c) if !key.ctrl && !key.alt => self.search_more(c.encode_utf8(&mut [0; 4])),
            _ => {}
        }
    }

    pub(super) fn search_more(&mut self, text: &str) {
        self.search.words.push_str(text);
        self.search_anew();
    }

    /// More was loaded: the search goes on where it waited.
    pub(crate) fn go_on_searching(&mut self) {
        if self.search.waits && self.conversation().is_some_and(|c| c.older != Older::Loading) {
            self.find(false);
        }
    }

    fn search_anew(&mut self) {
        self.search.found = None;
        self.find(false);
    }

    /// Goes to the next match, newer or older than the one in view.
    fn find(&mut self, newer: bool) {
        self.search.waits = false;
        let words = self.search.words.to_lowercase();
        let Some(conversation) = self.conversation().filter(|_| !words.is_empty()) else { return };
        let from = self.search.found.and_then(|id| conversation.index_of(id));
        let matches = |message: &&crate::model::Message| {
            message.text.to_lowercase().contains(&words) || message.name.to_lowercase() == words
        };
        let messages = &conversation.messages;
        let found = if newer {
            from.and_then(|from| messages[from + 1..].iter().find(matches))
        } else {
            messages[..from.unwrap_or(messages.len())].iter().rev().find(matches)
        };
        match (found.map(|message| message.id), conversation.older) {
            (Some(id), _) => {
                self.search.found = Some(id);
                self.scroll.reveal(id);
            }
            (None, Older::Some) if !newer => {
                self.search.waits = true;
                self.load_older();
            }
            (None, Older::Loading) if !newer => self.search.waits = true,
            (None, _) => {}
        }
    }
}
