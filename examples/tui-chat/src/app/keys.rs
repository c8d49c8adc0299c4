//! What each key does, by mode.

use collab_core::Timestamp;
use collab_core::chat::TEXT_MAX_BYTES;
use ratatui_textarea::{Input, Key};

use super::{Action, App, Intent, Mode};
use crate::model::MessageId;

/// So many rows one step of the wheel scrolls.
pub(super) const WHEEL_ROWS: isize = 3;

impl App {
    pub(super) fn key(&mut self, now: Timestamp, key: Input) {
        if self.everywhere(&key) {
            return;
        }
        match self.mode {
            Mode::Compose => self.key_in_compose(now, key),
            Mode::Select(id) => self.key_in_select(id, &key),
            Mode::React(id) => self.key_in_react(id, &key),
            Mode::Delete(id) => self.key_in_delete(id, &key),
            Mode::Search => self.key_in_search(&key),
            Mode::Help => self.mode = Mode::Compose,
        }
    }

    /// Keys that mean the same in every mode.
    fn everywhere(&mut self, key: &Input) -> bool {
        match (key.key, key.ctrl, key.alt) {
            (Key::Char('q'), true, _) => self.act(Action::Quit),
            (Key::F(1), ..) if self.mode != Mode::Help => self.mode = Mode::Help,
            (Key::Char('f'), true, _) => self.begin_search(""),
            (Key::Char('r'), true, _) => self.act(Action::Reconnect),
            (Key::Down, _, true) => self.step(true),
            (Key::Up, _, true) => self.step(false),
            (Key::PageUp, ..) => self.scroll.page(true),
            (Key::PageDown, ..) => self.scroll.page(false),
            (Key::Home, true, _) => self.scroll.show_first(),
            (Key::End, true, _) => self.scroll.show_last(),
            (Key::MouseScrollUp, ..) => self.scroll.by(WHEEL_ROWS),
            (Key::MouseScrollDown, ..) => self.scroll.by(-WHEEL_ROWS),
            _ => return false,
        }
        true
    }

    fn key_in_compose(&mut self, now: Timestamp, key: Input) {
        match (key.key, key.ctrl, key.alt, key.shift) {
            (Key::Enter, _, false, false) if !key.ctrl => self.enter(),
            (Key::Enter, ..) | (Key::Char('j'), true, ..) => {
                self.composer.insert("\n");
                self.typed(now);
            }
            (Key::Tab, ..) => {
                self.accept_choice();
            }
            (Key::Esc, ..) => self.escape(),
            (Key::Char('c' | 'd'), true, ..) => self.leave_or_clear(),
            (Key::Up, false, ..) if self.up() => {}
            (Key::Down, false, ..) if self.down() => {}
            // The editor's own meaning of these is to scroll or to paste from a register.
            (Key::Char('v' | 'y'), true, ..) => {}
            _ => {
                if self.composer.key(key) {
                    self.text_changed();
                    self.typed(now);
                }
            }
        }
    }

    fn enter(&mut self) {
        if self.choice_is_meant() && self.accept_choice() {
            return;
        }
        let bytes = self.composer.text().len();
        if bytes > TEXT_MAX_BYTES {
            return self
                .warn(format!("{bytes} bytes are more than the {TEXT_MAX_BYTES} of a message"));
        }
        self.stop_typing();
        let (intent, text) = self.composer.take();
        self.text_changed();
        self.notice = None;
        match intent {
            Intent::Say => self.run(&text),
            Intent::Reply(id) => self.say(text.trim_end().to_owned(), Some(id)),
            Intent::Edit(id) => self.finish_edit(id, text.trim_end().to_owned()),
        }
    }

    fn finish_edit(&mut self, of: MessageId, text: String) {
        if text.is_empty() {
            self.mode = Mode::Delete(of);
        } else if self.message(of).is_some_and(|message| message.text != text) {
            self.act_here(|at| Action::Edit { at, of, text });
        }
    }

    pub(super) fn say(&mut self, text: String, reply: Option<MessageId>) {
        if !text.trim().is_empty() {
            self.act_here(|to| Action::Say { to, text, reply });
            self.scroll.show_last();
            self.unseen = None;
        }
    }

    /// Takes back one thing, the nearest first.
    fn escape(&mut self) {
        if self.dismiss_choices() || self.notice.take().is_some() {
            return;
        }
        if self.composer.intent() != Intent::Say {
            self.composer.begin(Intent::Say, "");
            self.stop_typing();
        } else if self.search.is_active() {
            self.search.end();
        } else {
            self.scroll.show_last();
        }
    }

    /// As in a shell: what is written goes first.
    fn leave_or_clear(&mut self) {
        if self.composer.is_empty() && self.composer.intent() == Intent::Say {
            self.act(Action::Quit);
        } else {
            self.composer.begin(Intent::Say, "");
            self.text_changed();
            self.stop_typing();
        }
    }

    /// In the popup, in history, or, where nothing is written, to the last message.
    fn up(&mut self) -> bool {
        if self.move_choice(false) {
            return true;
        }
        if self.composer.is_empty() && self.composer.intent() == Intent::Say {
            return self.select_last();
        }
        let goes_back = self.composer.in_history() || self.composer.intent() == Intent::Say;
        goes_back && self.composer.at_first_line() && self.composer.earlier()
    }

    fn down(&mut self) -> bool {
        if self.move_choice(true) {
            return true;
        }
        self.composer.in_history() && self.composer.at_last_line() && self.composer.later()
    }

    /// What somebody pastes is text, whatever it looks like: it never sends itself.
    pub(super) fn paste(&mut self, now: Timestamp, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ");
        let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        match self.mode {
            Mode::Search => self.search_more(&text.replace('\n', " ")),
            Mode::Help => {}
            Mode::Compose | Mode::Select(_) | Mode::React(_) | Mode::Delete(_) => {
                self.mode = Mode::Compose;
                self.composer.insert(&text);
                self.text_changed();
                self.typed(now);
            }
        }
    }
}
