//! The popup with what could follow: commands after a slash, people after an `@`.

use collab_core::command::{Choice, Commands, Completion};

use super::{App, Intent, Mode, commands};

/// Which line of the popup is chosen.
#[derive(Debug, Default)]
pub struct Popup {
    chosen: usize,
    /// It was sent away, until the text changes.
    dismissed: bool,
    /// One has moved in it, so Enter takes the choice.
    moved: bool,
}

impl Popup {
    /// The line that is chosen.
    pub fn chosen(&self) -> usize {
        self.chosen
    }

    pub(super) fn choose(&mut self, line: usize) {
        self.chosen = line;
    }
}

impl App {
    /// What could follow the cursor, if that is to be shown.
    pub fn completion(&self) -> Option<Completion> {
        if self.popup.dismissed || self.mode != Mode::Compose || self.composer.in_history() {
            return None;
        }
        let text = self.composer.text();
        let is_command = text.starts_with('/');
        if is_command && self.composer.intent() != Intent::Say {
            return None;
        }
        let people = self.room().into_iter().flat_map(|room| &room.people);
        let names = people.filter(|person| !person.me).map(|person| &*person.name);
        let completion =
            Commands::with(commands::EXTRA).complete(&text, self.composer.cursor(), names)?;
        let typed = text.get(completion.range.clone())?;
        let is_done = |choice: &Choice| choice.text.trim_end() == typed.trim_end();
        let only_done = completion.choices.len() == 1 && is_done(&completion.choices[0]);
        (!only_done).then_some(completion)
    }

    pub(super) fn text_changed(&mut self) {
        self.popup = Popup::default();
    }

    /// Whether Enter means the chosen line.
    pub(super) fn choice_is_meant(&self) -> bool {
        self.popup.moved && self.completion().is_some()
    }

    /// Puts the chosen line in place of what was typed. False if there is no popup.
    pub(super) fn accept_choice(&mut self) -> bool {
        let Some(completion) = self.completion() else { return false };
        let Some(choice) = completion.choices.get(self.popup.chosen) else { return false };
        self.composer.replace_before_cursor(completion.range, &choice.text);
        self.text_changed();
        true
    }

    /// Moves in the popup. False if there is none.
    pub(super) fn move_choice(&mut self, forward: bool) -> bool {
        let Some(completion) = self.completion() else { return false };
        let count = completion.choices.len();
        let step = if forward { 1 } else { count - 1 };
        self.popup.chosen = (self.popup.chosen + step) % count;
        self.popup.moved = true;
        true
    }

    /// Sends the popup away. False if there is none.
    pub(super) fn dismiss_choices(&mut self) -> bool {
        let shown = self.completion().is_some();
        self.popup.dismissed = true;
        shown
    }
}
