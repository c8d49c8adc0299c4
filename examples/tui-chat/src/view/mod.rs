//! From model and state to cells. Remembers where it drew what, for the mouse.

mod composer;
mod help;
mod history;
mod lists;
mod message;
mod status;
mod theme;
mod when;

pub use theme::{Theme, ThemeName, ThemeNameError};

use collab_core::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::widgets::{Block, Clear};

use crate::app::{App, Mode};

/// Columns of the list on the left and of the people on the right.
const LIST_COLUMNS: u16 = 22;
const PEOPLE_COLUMNS: u16 = 20;

/// With fewer columns the people are left out, with even fewer the conversations.
const PEOPLE_FROM_COLUMNS: u16 = 84;
const LIST_FROM_COLUMNS: u16 = 56;

/// Most rows of the box that one writes in.
const COMPOSER_ROWS_MAX: u16 = 8;

impl App {
    /// Draws everything.
    pub fn view(&mut self, now: Timestamp, frame: &mut Frame<'_>) {
        self.go_on_searching();
        let theme = self.theme.theme();
        let area = frame.area();
        self.regions.clear();
        frame.render_widget(Clear, area);
        frame.render_widget(Block::new().style(theme.base), area);
        if self.mode == Mode::Help {
            let is_among_peers = self.room().is_some_and(|room| room.is_among_peers);
            help::draw(&theme, frame, area, is_among_peers);
            return;
        }
        let wide = area.width;
        let lists = if wide >= LIST_FROM_COLUMNS { LIST_COLUMNS } else { 0 };
        let people = if wide >= PEOPLE_FROM_COLUMNS { PEOPLE_COLUMNS } else { 0 };
        let columns = [Constraint::Length(lists), Constraint::Min(10), Constraint::Length(people)];
        let [left, middle, right] = area.layout(&Layout::horizontal(columns));
        if lists > 0 {
            lists::conversations(self, &theme, frame, left);
        }
        if people > 0 {
            lists::people(self, &theme, frame, right);
        }
        self.draw_middle(now, &theme, frame, middle);
    }

    fn draw_middle(&mut self, now: Timestamp, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
        let text_columns = area.width.saturating_sub(2);
        let rows = self.composer.rows(text_columns).clamp(1, COMPOSER_ROWS_MAX);
        let said = status::said_rows(self, area.width).min(area.height / 2);
        let parts = [
            Constraint::Length(1),
            Constraint::Min(1),
            Constraint::Length(said),
            Constraint::Length(rows + 1),
            Constraint::Length(1),
        ];
        let [title, messages, notice, box_, bottom] = area.layout(&Layout::vertical(parts));
        status::title(self, theme, frame, title);
        history::draw(self, theme, frame, messages);
        status::said(self, theme, frame, notice);
        composer::draw(self, theme, frame, box_);
        status::bottom(self, now, theme, frame, bottom);
        composer::popup(self, theme, frame, box_);
    }
}

/// One line of text at the top of `area`; what does not fit, or lies beside the screen, is cut.
fn line(frame: &mut Frame<'_>, area: Rect, text: &str, style: Style) {
    let area = area.intersection(frame.area());
    if !area.is_empty() {
        frame.buffer_mut().set_stringn(area.x, area.y, text, usize::from(area.width), style);
    }
}

/// `text` in at most `columns` columns, with an ellipsis where it was cut.
fn cut(text: &str, columns: usize) -> String {
    use unicode_segmentation::UnicodeSegmentation;
    use unicode_width::UnicodeWidthStr;
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut short = String::new();
    for cluster in text.graphemes(true) {
        if short.width() + cluster.width() + 1 > columns {
            break;
        }
        short.push_str(cluster);
    }
    short.push('…');
    short
}
