//! The lists at the sides: conversations with what is unread, people with what they do.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::theme::Theme;
use super::{cut, line};
use crate::app::{App, Hit};
use crate::model::{Conversation, Link, Place, Room, Spot};

/// Rooms, and below each its direct conversations.
pub(super) fn conversations(app: &mut App, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let inner = edged(theme, frame, area, Edge::Right);
    line(frame, inner, "Rooms", theme.dim);
    let mut y = inner.y + 1;
    let (model, here, regions) = (&app.model, &app.here, &mut app.regions);
    for room in &model.rooms {
        for conversation in &room.conversations {
            if y >= inner.bottom() {
                return;
            }
            let row = Rect { y, height: 1, ..inner };
            let spot = Spot { room: room.name.clone(), place: conversation.place.clone() };
            let is_here = here.as_ref() == Some(&spot);
            entry(theme, frame, row, room, conversation, is_here);
            regions.add(row, Hit::Spot(spot));
            y += 1;
        }
    }
}

fn entry(
    theme: &Theme,
    frame: &mut Frame<'_>,
    row: Rect,
    room: &Room,
    conversation: &Conversation,
    is_here: bool,
) {
    let (sign, title) = match &conversation.place {
        Place::Room => (link_sign(&room.link), &conversation.title),
        Place::Direct(_) => ("  @", &conversation.title),
    };
    let unread = match conversation.unread {
        0 => String::new(),
        count @ 1..=999 => format!(" {count}"),
        _ => " 999+".to_owned(),
    };
    let columns = usize::from(row.width).saturating_sub(sign.width() + unread.width());
    let text = format!("{sign}{}", cut(title, columns));
    let style = if is_here {
        theme.selected
    } else if conversation.unread > 0 {
        Style::new().add_modifier(Modifier::BOLD)
    } else {
        Style::new()
    };
    if is_here {
        frame.buffer_mut().set_style(row, style);
    }
    line(frame, row, &text, style);
    let badge = unread.width() as u16;
    let right = Rect { x: row.right().saturating_sub(badge), width: badge, ..row };
    line(frame, right, &unread, if is_here { style } else { theme.badge });
}

/// `#` of a room, or a sign that its connection is not there.
fn link_sign(link: &Link) -> &'static str {
    match link {
        Link::Saved | Link::Ephemeral | Link::Syncing => "# ",
        Link::Connecting => "~ ",
        Link::Offline { .. } => "! ",
        Link::Refused(_) => "x ",
    }
}

/// Who is in the room, and what they do.
pub(super) fn people(app: &mut App, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let inner = edged(theme, frame, area, Edge::Left);
    let Some(here) = &app.here else { return };
    let Some(room) = app.model.room(&here.room) else { return };
    line(frame, inner, &format!("People {}", room.people.len()), theme.dim);
    let rows = usize::from(inner.height.saturating_sub(1));
    for (person, y) in room.people.iter().zip(inner.y + 1..).take(rows) {
        let row = Rect { y, height: 1, ..inner };
        let sign = if person.typing {
            "✎ "
        } else if person.active {
            "● "
        } else {
            "○ "
        };
        let sign_style = if person.active { theme.good } else { theme.dim };
        line(frame, row, sign, sign_style);
        let you = if person.me { " (you)" } else { "" };
        let columns = usize::from(row.width).saturating_sub(2 + you.len());
        let name = cut(&person.name, columns);
        let rest = Rect { x: row.x + 2, width: row.width.saturating_sub(2), ..row };
        line(frame, rest, &name, theme.person(person.user.as_str()));
        let behind = Rect { x: rest.x + name.width() as u16, ..rest }.intersection(row);
        line(frame, behind, you, theme.dim);
        if !person.me {
            app.regions.add(row, Hit::Person(room.name.clone(), person.user.clone()));
        }
    }
    let hidden = room.people.len().saturating_sub(rows);
    if hidden > 0 {
        let last = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
        let text = format!("and {} more", hidden + 1);
        let columns = usize::from(last.width);
        line(frame, last, &format!("{text:<columns$}"), theme.dim);
    }
}

/// Which side the line is on.
#[derive(Clone, Copy)]
enum Edge {
    Left,
    Right,
}

/// Draws a line beside the area and returns what is left of it.
fn edged(theme: &Theme, frame: &mut Frame<'_>, area: Rect, edge: Edge) -> Rect {
    let x = match edge {
        Edge::Left => area.x,
        Edge::Right => area.right().saturating_sub(1),
    };
    for y in area.y..area.bottom() {
        line(frame, Rect { x, y, width: 1, height: 1 }, "│", theme.dim);
    }
    match edge {
        Edge::Left => Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area },
        Edge::Right => Rect { width: area.width.saturating_sub(2), ..area },
    }
}
