//! Where one writes, and the popup with what could follow.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{Block, Clear};
use unicode_width::UnicodeWidthStr;

use super::theme::Theme;
use super::{cut, line};
use crate::app::{App, Hit, Intent, Mode};

/// Most lines of the popup.
const POPUP_ROWS_MAX: usize = 8;

pub(super) fn draw(app: &mut App, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let top = Rect { height: 1, ..area };
    line(frame, top, &"─".repeat(usize::from(area.width)), theme.dim);
    if let Some(label) = label(app) {
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..top };
        line(frame, inner, &cut(&label, usize::from(inner.width)), theme.accent);
    }
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let prompt = Rect { width: 2, ..body }.intersection(body);
    line(frame, prompt, "› ", theme.accent);
    let text = Rect { x: body.x + 2, width: body.width.saturating_sub(2), ..body };
    let mut shown = app.composer.shown();
    shown.set_style(theme.base);
    shown.set_placeholder_text(placeholder(app));
    shown.set_placeholder_style(theme.dim);
    let cursor = match app.mode {
        Mode::Compose => Style::new().add_modifier(Modifier::REVERSED),
        _ => Style::new(),
    };
    shown.set_cursor_style(cursor);
    frame.render_widget(&shown, text);
    app.regions.add(body, Hit::Composer);
}

/// What becomes of the text, where that is not a plain message.
fn label(app: &App) -> Option<String> {
    let name = |id| app.message(id).map_or("", |message| &*message.name);
    match app.composer.intent() {
        Intent::Say => None,
        Intent::Reply(id) => Some(format!(" reply to {} · Esc leaves ", name(id))),
        Intent::Edit(_) => Some(" edit · Esc leaves ".to_owned()),
    }
}

fn placeholder(app: &App) -> String {
    let title = app.conversation().map_or("", |conversation| &*conversation.title);
    if title.is_empty() { "/join ROOM".to_owned() } else { format!("Message to {title}") }
}

/// What could follow the cursor, above the box.
pub(super) fn popup(app: &mut App, theme: &Theme, frame: &mut Frame<'_>, above: Rect) {
    let Some(completion) = app.completion() else { return };
    let rows = completion.choices.len().min(POPUP_ROWS_MAX).min(usize::from(above.y));
    let chosen = app.popup.chosen();
    // The chosen line stays in the window.
    let first = (chosen + 1).saturating_sub(rows);
    let widest = completion.choices.iter().map(|choice| choice.text.width()).max().unwrap_or(0);
    let hints = completion.choices.iter().map(|choice| choice.hint.width()).max().unwrap_or(0);
    let width = (widest + hints + 4).min(usize::from(above.width)) as u16;
    let area = Rect { x: above.x, y: above.y - rows as u16, width, height: rows as u16 };
    frame.render_widget(Clear, area);
    frame.render_widget(Block::new().style(theme.raised), area);
    for (index, choice) in completion.choices.iter().enumerate().skip(first).take(rows) {
        let row = Rect { y: area.y + (index - first) as u16, height: 1, ..area };
        let is_chosen = index == chosen;
        let style = if is_chosen { theme.selected } else { theme.raised };
        frame.buffer_mut().set_style(row, style);
        line(frame, row, &format!(" {:<widest$}", choice.text.trim_end()), style);
        let x = row.x + (widest as u16 + 2).min(row.width);
        let rest = Rect { x, width: row.right() - x, ..row };
        let hint_style = if is_chosen { style } else { theme.raised.patch(theme.dim) };
        line(frame, rest, choice.hint, hint_style);
        app.regions.add(row, Hit::Choice(index));
    }
}
