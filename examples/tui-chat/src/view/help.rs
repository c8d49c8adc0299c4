//! The help: every key and every command.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::line;
use super::theme::Theme;
use crate::app::listed_commands;

const KEYS: &[(&str, &str)] = &[
    ("Enter", "send"),
    ("Alt-Enter, ^J", "new line (in a browser also Shift-Enter)"),
    ("Tab", "take what is offered"),
    ("↑ ↓", "in an empty box select a message, else go through what you sent"),
    ("Alt-↑ Alt-↓", "previous and next conversation"),
    ("PgUp PgDn, wheel", "scroll; ^Home ^End go to the ends"),
    ("^F", "search: ↑ older, ↓ newer"),
    ("^R", "connect now"),
    ("^C ^D", "empty the box, then leave; ^Q leaves"),
    ("mouse", "click a room, a person (direct message), a message"),
];

const SELECTED: &[(&str, &str)] = &[
    ("r", "reply"),
    ("e", "edit, if it is yours"),
    ("d", "delete, if it is yours"),
    ("1 to 8, +", "react, or take it back"),
    ("c", "copy"),
    ("Esc", "back to writing"),
];

/// What is different without a server.
const AMONG_PEERS: &str =
    "Among peers: no direct messages, since whoever passes them on could read them";

pub(super) fn draw(theme: &Theme, frame: &mut Frame<'_>, area: Rect, is_among_peers: bool) {
    let area = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
    let commands: Vec<(&str, &str)> = listed_commands().collect();
    let parts: [(&str, &[(&str, &str)]); 3] =
        [("Keys", KEYS), ("On a selected message", SELECTED), ("Commands", &commands)];
    let mut rows = Vec::new();
    if is_among_peers {
        rows.push((AMONG_PEERS, "", theme.accent));
    }
    for (title, entries) in parts {
        rows.push((title, "", theme.accent));
        rows.extend(entries.iter().map(|(what, does)| (*what, *does, theme.base)));
    }
    rows.push(("any key goes back", "", theme.dim));
    let described = rows.iter().filter(|(_, does, _)| !does.is_empty());
    let widest = described.map(|(what, ..)| what.chars().count()).max().unwrap_or(0);
    for ((what, does, style), y) in rows.into_iter().zip(area.y..area.bottom()) {
        let text = format!("{what:<widest$}  {does}");
        line(frame, Rect { y, height: 1, ..area }, &text, style);
    }
}
