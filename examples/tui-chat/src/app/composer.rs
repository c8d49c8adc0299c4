//! Where one writes: several lines, what was written before, and passwords that nobody sees.

use std::ops::Range;

use collab_core::command;
use ratatui_textarea::{CursorMove, Input, TextArea, WrapMode};

use crate::model::MessageId;

/// So many lines are remembered.
const HISTORY_MAX: usize = 100;

/// Stands for a character of a password.
const MASK: char = '•';

/// What becomes of the text when it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Intent {
    /// A message or a command.
    #[default]
    Say,
    /// An answer to a message.
    Reply(MessageId),
    /// The new text of an own message.
    Edit(MessageId),
}

/// The box at the bottom.
#[derive(Debug)]
pub struct Composer {
    area: TextArea<'static>,
    intent: Intent,
    history: History,
}

/// What was sent, and how far one has gone back in it.
#[derive(Debug, Default)]
struct History {
    sent: Vec<String>,
    shown: Option<usize>,
    /// What was being written before.
    draft: String,
}

impl Default for Composer {
    fn default() -> Self {
        Self { area: area_of(""), intent: Intent::Say, history: History::default() }
    }
}

impl Composer {
    /// Takes a key of the editor; whether the text changed.
    pub(super) fn key(&mut self, key: Input) -> bool {
        self.area.input(key)
    }

    /// Inserts text at the cursor.
    pub(super) fn insert(&mut self, text: &str) {
        self.area.insert_str(text);
    }

    /// Replaces the bytes `range` of the text, which end at the cursor.
    pub(super) fn replace_before_cursor(&mut self, range: Range<usize>, with: &str) {
        let chars = self.text().get(range).map_or(0, |old| old.chars().count());
        for _ in 0..chars {
            self.area.delete_char();
        }
        self.area.insert_str(with);
    }

    /// All that is written.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// Where the cursor stands in [`Self::text`], in bytes.
    pub fn cursor(&self) -> usize {
        let position = self.area.cursor();
        let before: usize = self.area.lines()[..position.0].iter().map(|line| line.len() + 1).sum();
        let line = &self.area.lines()[position.0];
        before + line.char_indices().nth(position.1).map_or(line.len(), |(at, _)| at)
    }

    /// What becomes of the text.
    pub fn intent(&self) -> Intent {
        self.intent
    }

    /// Begins anew, with `text` and an intent.
    pub(super) fn begin(&mut self, intent: Intent, text: &str) {
        self.area = area_of(text);
        self.intent = intent;
        self.history.shown = None;
    }

    /// Changes what becomes of the text, and keeps it.
    pub(super) fn aim(&mut self, intent: Intent) {
        self.intent = intent;
    }

    /// Takes all that is written, and remembers it unless it holds a password.
    pub(super) fn take(&mut self) -> (Intent, String) {
        let (intent, text) = (self.intent, self.text());
        if intent == Intent::Say && command::secret(&text).is_none() {
            self.history.remember(&text);
        }
        // A new area: the old one's undo would bring a password back.
        self.begin(Intent::Say, "");
        (intent, text)
    }

    /// Whether the cursor is in the first line, from which one goes back in history.
    pub(super) fn at_first_line(&self) -> bool {
        self.area.cursor().0 == 0
    }

    /// Whether the cursor is in the last line.
    pub(super) fn at_last_line(&self) -> bool {
        self.area.cursor().0 + 1 >= self.area.lines().len()
    }

    /// Shows what was sent before. False if there is nothing.
    pub(super) fn earlier(&mut self) -> bool {
        let text = self.text();
        let Some(line) = self.history.earlier(&text) else { return false };
        self.area = area_of(&line);
        true
    }

    /// The way back.
    pub(super) fn later(&mut self) -> bool {
        let Some(line) = self.history.later() else { return false };
        self.area = area_of(&line);
        true
    }

    /// Whether one has gone back in history.
    pub(super) fn in_history(&self) -> bool {
        self.history.shown.is_some()
    }

    /// The box as it may be shown: a password is dots.
    pub fn shown(&self) -> TextArea<'static> {
        let text = self.text();
        let Some(secret) = command::secret(&text) else { return self.area.clone() };
        let position = self.area.cursor();
        let dots: String = text[secret.clone()].chars().map(mask).collect();
        let mut area = area_of(&format!("{}{dots}{}", &text[..secret.start], &text[secret.end..]));
        area.move_cursor(CursorMove::Jump(position.0 as u16, position.1 as u16));
        area
    }

    /// How many rows the text takes in a box of this width.
    pub fn rows(&self, width: u16) -> u16 {
        let columns = usize::from(width.max(2) - 1);
        let rows = |line: &String| unicode_width::UnicodeWidthStr::width(&**line) / columns + 1;
        let sum: usize = self.area.lines().iter().map(rows).sum();
        u16::try_from(sum).unwrap_or(u16::MAX)
    }
}

impl History {
    fn remember(&mut self, text: &str) {
        if !text.trim().is_empty() && self.sent.last().is_none_or(|last| last != text) {
            self.sent.push(text.to_owned());
        }
        if self.sent.len() > HISTORY_MAX {
            self.sent.remove(0);
        }
    }

    fn earlier(&mut self, text: &str) -> Option<String> {
        let next = match self.shown {
            None => self.sent.len().checked_sub(1)?,
            Some(shown) => shown.checked_sub(1)?,
        };
        if self.shown.is_none() {
            text.clone_into(&mut self.draft);
        }
        self.shown = Some(next);
        self.sent.get(next).cloned()
    }

    fn later(&mut self) -> Option<String> {
        let next = self.shown? + 1;
        self.shown = (next < self.sent.len()).then_some(next);
        Some(self.sent.get(next).unwrap_or(&self.draft).clone())
    }
}

/// An editor that wraps, with the cursor at the end.
fn area_of(text: &str) -> TextArea<'static> {
    let mut area: TextArea<'static> = text.split('\n').map(str::to_owned).collect();
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.set_cursor_line_style(ratatui::style::Style::new());
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    area
}

fn mask(c: char) -> char {
    if c == '\n' { c } else { MASK }
}
