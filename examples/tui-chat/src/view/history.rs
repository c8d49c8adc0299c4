//! The window on the messages: only what is in it is laid out.

use std::collections::HashMap;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::message::{self, Around, Context};
use super::theme::Theme;
use crate::app::{App, Hit, Mode};
use crate::model::{Message, MessageId};

pub(super) fn draw(app: &mut App, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some(here) = app.here.clone() else { return welcome(theme, frame, area) };
    let Some(conversation) = app.model.conversation(&here) else { return };
    if conversation.messages.is_empty() {
        app.shown(true);
        return silence(theme, frame, area);
    }
    let context = Context {
        theme,
        clock: app.clock,
        columns: area.width,
        words: app.search.words().to_lowercase(),
    };
    let marked = Marked { unseen: app.unseen, selected: selected(app) };
    let mut laid_out =
        LaidOut { context, marked, messages: &conversation.messages, rows: HashMap::new() };
    let ids: Vec<MessageId> = conversation.messages.iter().map(|message| message.id).collect();
    let height = usize::from(area.height);
    let edge = app.scroll.settle(height, &ids, &mut |index| laid_out.rows(index).len());
    let Some(edge) = edge else { return };

    let mut bottom = area.bottom();
    let mut index = edge.index;
    let mut below = edge.below;
    loop {
        let rows = laid_out.rows(index);
        let shown = rows.len() - below;
        let top = bottom.saturating_sub(shown as u16).max(area.y);
        let hidden_above = shown - usize::from(bottom - top);
        for (line, y) in rows[hidden_above..shown].iter().zip(top..bottom) {
            let row = Rect { y, height: 1, ..area };
            frame.render_widget(line, row);
        }
        let own = Rect { y: top, height: bottom - top, ..area };
        app.regions.add(own, Hit::Message(ids[index]));
        bottom = top;
        if bottom == area.y || index == 0 {
            break;
        }
        index -= 1;
        below = 0;
    }
    more_below(app, theme, frame, area);
    app.shown(index == 0);
}

/// What is marked among the messages.
struct Marked {
    unseen: Option<MessageId>,
    selected: Option<MessageId>,
}

/// The rows of those messages that were asked for.
struct LaidOut<'a> {
    context: Context<'a>,
    marked: Marked,
    messages: &'a [Message],
    rows: HashMap<usize, Vec<Line<'static>>>,
}

impl LaidOut<'_> {
    fn rows(&mut self, index: usize) -> &[Line<'static>] {
        let (context, marked, messages) = (&self.context, &self.marked, self.messages);
        self.rows.entry(index).or_insert_with(|| {
            let message = &messages[index];
            let around = Around {
                before: index.checked_sub(1).map(|before| &messages[before]),
                unseen: marked.unseen == Some(message.id),
                selected: marked.selected == Some(message.id),
            };
            message::rows(context, message, &around)
        })
    }
}

fn selected(app: &App) -> Option<MessageId> {
    match app.mode {
        Mode::Select(id) | Mode::React(id) | Mode::Delete(id) => Some(id),
        Mode::Search => app.search.found(),
        Mode::Compose | Mode::Help => None,
    }
}

/// Says that the window does not show the end.
fn more_below(app: &App, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    if app.scroll.follows() {
        return;
    }
    let unread = app.conversation().map_or(0, |conversation| conversation.unread);
    let text = if unread > 0 { format!(" ↓ {unread} new ") } else { " ↓ more ".to_owned() };
    let columns = text.chars().count() as u16;
    let x = area.right().saturating_sub(columns + 1).max(area.x);
    let corner = Rect { x, y: area.bottom().saturating_sub(1), width: columns, height: 1 };
    super::line(frame, corner.intersection(area), &text, theme.selected);
}

fn silence(theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let row = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
    super::line(frame, row, "Nothing was said here yet.", theme.dim);
}

fn welcome(theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    super::line(frame, area, "No room is open: /join ROOM", theme.dim);
}
