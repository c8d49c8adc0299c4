//! The line above the messages, notices, and the line at the bottom: how the connection does, and
//! what the keys do now.

use collab_core::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::theme::Theme;
use super::{cut, line};
use crate::app::{App, Mode, REACTIONS};
use crate::model::{Link, Older, Place, Room};

/// Names of those who write, before it says "several people".
const TYPING_NAMES_MAX: usize = 3;

/// The conversation's name, and of a room who is there.
pub(super) fn title(app: &App, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let (Some(room), Some(conversation)) = (app.room(), app.conversation()) else { return };
    let text = match conversation.place {
        Place::Room => format!("# {} · {} here", conversation.title, room.people.len()),
        Place::Direct(_) => format!("@ {} · only you two, in {}", conversation.title, room.name),
    };
    line(frame, area, &cut(&text, usize::from(area.width)), theme.accent);
    let is_connected = matches!(room.link, Link::Syncing | Link::Saved | Link::Ephemeral);
    let loading = match conversation.older {
        Older::Loading if is_connected => "loading… ",
        _ => "",
    };
    let columns = loading.width() as u16;
    let right = Rect { x: area.right().saturating_sub(columns), width: columns, ..area };
    line(frame, right.intersection(area), loading, theme.dim);
}

/// How many rows a notice and those who write take.
pub(super) fn said_rows(app: &App, columns: u16) -> u16 {
    let notice = notice_lines(app, columns).len();
    let others = usize::from(unreachable(app).is_some()) + usize::from(typing(app).is_some());
    (notice + others) as u16
}

/// A notice, why there is no connection, and who is writing.
pub(super) fn said(app: &App, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let is_error = app.notice.as_ref().is_some_and(|notice| notice.is_error);
    let style = if is_error { theme.bad } else { theme.accent };
    let lines = notice_lines(app, area.width).into_iter().map(|text| (text, style));
    let typing = typing(app).map(|text| (text, theme.dim));
    let why = unreachable(app).map(|text| (text.to_owned(), theme.bad));
    for ((text, style), y) in lines.chain(why).chain(typing).zip(area.y..area.bottom()) {
        line(frame, Rect { y, height: 1, ..area }, &text, style);
    }
}

fn notice_lines(app: &App, columns: u16) -> Vec<String> {
    let Some(notice) = &app.notice else { return Vec::new() };
    let columns = usize::from(columns.max(4));
    let wrapped = notice.lines.iter().flat_map(|line| textwrap::wrap(line, columns));
    wrapped.map(std::borrow::Cow::into_owned).collect()
}

fn unreachable(app: &App) -> Option<&str> {
    match &app.room()?.link {
        Link::Offline { why, .. } if !why.is_empty() => Some(why),
        _ => None,
    }
}

fn typing(app: &App) -> Option<String> {
    let names = &app.conversation()?.typing;
    match names.len() {
        0 => None,
        1 => Some(format!("{} is writing…", names[0])),
        2..=TYPING_NAMES_MAX => Some(format!("{} are writing…", names.join(", "))),
        _ => Some("several people are writing…".to_owned()),
    }
}

/// The last line of the screen.
pub(super) fn bottom(app: &App, now: Timestamp, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let (text, style) = match app.room() {
        Some(room) => link(room, now, theme),
        None => (String::new(), theme.dim),
    };
    let columns = text.width() as u16;
    let right = Rect { x: area.right().saturating_sub(columns), width: columns, ..area };
    let left = Rect { width: area.width.saturating_sub(columns + 1), ..area };
    line(frame, left, &cut(&hint(app), usize::from(left.width)), theme.dim);
    line(frame, right.intersection(area), &text, style);
}

/// What the keys do now.
fn hint(app: &App) -> String {
    match app.mode {
        Mode::Compose if app.completion().is_some() => {
            "Tab takes · ↑↓ choose · Esc hides".to_owned()
        }
        Mode::Compose => "F1 help · / commands · ↑ select".to_owned(),
        Mode::Select(_) => "r reply · e edit · d delete · + react · c copy · Esc".to_owned(),
        Mode::React(_) => {
            let signs = REACTIONS.iter().zip(1..).map(|(sign, digit)| format!("{digit} {sign}"));
            signs.collect::<Vec<_>>().join("  ")
        }
        Mode::Delete(_) => "delete this message? y deletes, any other key keeps it".to_owned(),
        Mode::Search => search(app),
        Mode::Help => String::new(),
    }
}

fn search(app: &App) -> String {
    let words = app.search.words();
    let state = if words.is_empty() {
        "type what to search for"
    } else if app.search.waits() {
        "searching older messages…"
    } else if app.search.found().is_some() {
        "↑ older · ↓ newer · Tab selects · Esc ends"
    } else {
        "nothing found"
    };
    format!("search: {words}▏ {state}")
}

/// How the connection does, in words.
fn link(room: &Room, now: Timestamp, theme: &Theme) -> (String, Style) {
    let unsaved = match room.unsaved {
        0 => String::new(),
        count => format!(" · {count} unsaved"),
    };
    match &room.link {
        Link::Connecting => (format!("connecting…{unsaved}"), theme.waiting),
        Link::Syncing => (format!("syncing…{unsaved}"), theme.waiting),
        Link::Saved if room.unsaved == 0 => ("saved".to_owned(), theme.good),
        Link::Saved => (format!("saving…{unsaved}"), theme.waiting),
        Link::Ephemeral => ("connected, nothing is kept".to_owned(), theme.waiting),
        Link::Offline { retry_at, .. } => {
            let again = match retry_at.map(|at| at.since(now).as_millis().div_ceil(1000)) {
                Some(seconds) => format!("retry in {seconds} s"),
                None => "^R connects".to_owned(),
            };
            (format!("offline, {again}{unsaved}"), theme.bad)
        }
        Link::Refused(why) => (format!("refused: {why}{unsaved}"), theme.bad),
    }
}
