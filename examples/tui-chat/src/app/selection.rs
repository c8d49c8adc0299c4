//! A selected message, and what can be done with it: answer, edit, delete, react, copy.

use ratatui_textarea::{Input, Key};

use super::{Action, App, Intent, Mode};
use crate::model::{ACT, MessageId};

/// Reactions that a digit chooses.
pub const REACTIONS: [&str; 8] = ["👍", "🎉", "😂", "😮", "😢", "🚀", "👀", "💯"];

impl App {
    /// Selects the newest message. False if there is none.
    pub(super) fn select_last(&mut self) -> bool {
        let last = self.conversation().and_then(|conversation| conversation.messages.last());
        let Some(id) = last.map(|message| message.id) else { return false };
        self.select(id);
        true
    }

    pub(super) fn select(&mut self, id: MessageId) {
        self.mode = Mode::Select(id);
        self.scroll.reveal(id);
    }

    pub(super) fn key_in_select(&mut self, id: MessageId, key: &Input) {
        match key.key {
            Key::Up | Key::Char('k') => self.select_beside(id, false),
            Key::Down | Key::Char('j') => self.select_beside(id, true),
            Key::Char('r') => self.begin(Intent::Reply(id), ""),
            Key::Char('e') => self.begin_edit(id),
            Key::Char('d') | Key::Delete => self.begin_delete(id),
            Key::Char('+') => self.mode = Mode::React(id),
            Key::Char(digit @ '1'..='8') => self.react(id, digit),
            Key::Char('c' | 'y') => self.copy(id),
            Key::Esc | Key::Enter | Key::Char('q') => self.mode = Mode::Compose,
            _ => {}
        }
    }

    pub(super) fn key_in_react(&mut self, id: MessageId, key: &Input) {
        match key.key {
            Key::Char(digit @ '1'..='8') => self.react(id, digit),
            _ => self.mode = Mode::Select(id),
        }
    }

    pub(super) fn key_in_delete(&mut self, id: MessageId, key: &Input) {
        self.mode = Mode::Compose;
        if matches!(key.key, Key::Char('y' | 'd') | Key::Enter) {
            self.act_here(|at| Action::Delete { at, of: id });
        }
    }

    fn select_beside(&mut self, id: MessageId, newer: bool) {
        let Some(conversation) = self.conversation() else { return };
        let Some(at) = conversation.index_of(id) else { return };
        let beside = if newer { Some(at + 1) } else { at.checked_sub(1) };
        match beside.and_then(|at| conversation.messages.get(at)) {
            Some(message) => self.select(message.id),
            None if newer => self.mode = Mode::Compose,
            None => {}
        }
    }

    fn begin(&mut self, intent: Intent, text: &str) {
        self.mode = Mode::Compose;
        self.composer.begin(intent, text);
        self.text_changed();
    }

    fn begin_edit(&mut self, id: MessageId) {
        match self.message(id) {
            Some(message) if message.mine => {
                let text = if message.is_act {
                    format!("{ACT}{}", message.text)
                } else {
                    message.text.clone()
                };
                self.begin(Intent::Edit(id), &text);
            }
            _ => self.warn("only your own messages can be changed"),
        }
    }

    fn begin_delete(&mut self, id: MessageId) {
        if self.message(id).is_some_and(|message| message.mine) {
            self.mode = Mode::Delete(id);
        } else {
            self.warn("only your own messages can be deleted");
        }
    }

    /// Sets the reaction, or takes it back if it is there.
    fn react(&mut self, id: MessageId, digit: char) {
        self.mode = Mode::Select(id);
        let Some(number) = digit.to_digit(10).and_then(|digit| digit.checked_sub(1)) else {
            return;
        };
        let Some(with) = REACTIONS.get(number as usize).map(|with| (*with).to_owned()) else {
            return;
        };
        let Some(message) = self.message(id) else { return };
        let on = !message.reactions.iter().any(|reaction| reaction.with == with && reaction.mine);
        self.act_here(|at| Action::React { at, of: id, with, on });
    }

    fn copy(&mut self, id: MessageId) {
        let Some(message) = self.message(id) else { return };
        let text = message.text.clone();
        self.mode = Mode::Compose;
        self.act(Action::Copy(text));
        self.tell(vec!["copied".to_owned()]);
    }
}
