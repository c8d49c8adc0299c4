//! Where on the screen things were drawn, and what a click or the wheel does there.

use std::sync::Arc;

use collab_core::Timestamp;
use collab_core::chat::UserId;
use ratatui::layout::{Position, Rect};

use super::keys::WHEEL_ROWS;
use super::{App, Mode, MouseKind};
use crate::model::{MessageId, Spot};

/// What is drawn somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A line of the list of conversations.
    Spot(Spot),
    /// A person in a room.
    Person(Arc<str>, UserId),
    /// A message.
    Message(MessageId),
    /// A line of the popup.
    Choice(usize),
    /// Where one writes.
    Composer,
}

/// What was drawn last, and where.
#[derive(Debug, Default)]
pub struct Regions(Vec<(Rect, Hit)>);

impl Regions {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn add(&mut self, area: Rect, hit: Hit) {
        self.0.push((area, hit));
    }

    /// What lies there; what was drawn later lies above.
    fn at(&self, column: u16, row: u16) -> Option<&Hit> {
        let position = Position { x: column, y: row };
        self.0.iter().rev().find(|(area, _)| area.contains(position)).map(|(_, hit)| hit)
    }
}

impl App {
    pub(super) fn mouse(&mut self, now: Timestamp, kind: MouseKind, column: u16, row: u16) {
        match kind {
            MouseKind::WheelUp => self.scroll.by(WHEEL_ROWS),
            MouseKind::WheelDown => self.scroll.by(-WHEEL_ROWS),
            MouseKind::Click => self.click(now, column, row),
        }
    }

    fn click(&mut self, now: Timestamp, column: u16, row: u16) {
        if self.mode == Mode::Help {
            self.mode = Mode::Compose;
            return;
        }
        match self.regions.at(column, row).cloned() {
            Some(Hit::Spot(spot)) => self.open(Some(spot)),
            Some(Hit::Person(room, user)) => self.open_direct(room, user, String::new()),
            Some(Hit::Message(id)) => self.select(id),
            Some(Hit::Choice(line)) => {
                self.popup.choose(line);
                self.accept_choice();
                self.typed(now);
            }
            Some(Hit::Composer) => self.mode = Mode::Compose,
            None => {}
        }
    }
}
