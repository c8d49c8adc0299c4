//! The terminal: taken over, given back in every case, and read.

use std::io::{Write, stdout};
use std::panic;

use anyhow::{Context, Result};
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
    Event as Heard, KeyEventKind, MouseButton, MouseEventKind,
};
use crossterm::execute;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, SetTitle, disable_raw_mode, enable_raw_mode,
};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tui_chat::Event;
use tui_chat::app::MouseKind;

/// The terminal in our hands. Dropping it gives it back.
pub(super) struct Screen {
    pub(super) terminal: Terminal<CrosstermBackend<std::io::Stdout>>,
}

impl Screen {
    /// Takes the terminal over. It is given back before a panic is told.
    pub(super) fn open() -> Result<Self> {
        let told = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            give_back();
            told(info);
        }));
        enable_raw_mode().context("this is no terminal")?;
        execute!(stdout(), EnterAlternateScreen, EnableMouseCapture, EnableBracketedPaste)?;
        let mut terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        terminal.hide_cursor()?;
        Ok(Self { terminal })
    }

    /// Puts text on the clipboard of the terminal's user (OSC 52), also over SSH.
    pub(super) fn copy(&mut self, text: &str) -> Result<()> {
        Ok(execute!(self.terminal.backend_mut(), CopyToClipboard::to_clipboard_from(text))?)
    }

    /// Says in the window's title how much is unread.
    pub(super) fn title(&mut self, unread: usize) -> Result<()> {
        let title =
            if unread == 0 { "tui-chat".to_owned() } else { format!("({unread}) tui-chat") };
        Ok(execute!(self.terminal.backend_mut(), SetTitle(title))?)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// What a terminal said, if it concerns us.
pub(super) fn event(heard: Heard) -> Option<Event> {
    match heard {
        Heard::Key(key) if key.kind != KeyEventKind::Release => Some(Event::Key(key.into())),
        Heard::Paste(text) => Some(Event::Paste(text)),
        Heard::Mouse(mouse) => {
            let kind = match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => MouseKind::Click,
                MouseEventKind::ScrollUp => MouseKind::WheelUp,
                MouseEventKind::ScrollDown => MouseKind::WheelDown,
                _ => return None,
            };
            Some(Event::Mouse { kind, column: mouse.column, row: mouse.row })
        }
        _ => None,
    }
}

/// Every step is tried: one that fails must not keep the others from helping.
fn give_back() {
    let mut out = stdout();
    let _ = execute!(out, DisableBracketedPaste, DisableMouseCapture, LeaveAlternateScreen);
    let _ = execute!(out, crossterm::cursor::Show);
    let _ = disable_raw_mode();
    let _ = out.flush();
}
