//! What browsers call keys, paste and mouse, as events of the app.
//!
//! Text comes from the `input` events of a text area that nobody sees: so it may be of any script, by
//! an input method, a dead key or a phone. Only keys that are no text are read as keys.

use ratatui_textarea::{Input, Key};
use tui_chat::Event;
use tui_chat::app::MouseKind;
use wasm_bindgen::prelude::*;
use web_sys::{
    ClipboardEvent, CompositionEvent, HtmlTextAreaElement, InputEvent, KeyboardEvent, MouseEvent,
    WheelEvent,
};

use crate::page::{document, element, listen, window};
use crate::program;

/// What the app understands with Ctrl. All others are the browser's: copy, paste, reload, tabs.
const CTRL: [char; 6] = ['a', 'e', 'f', 'j', 'k', 'u'];

/// Listens to everything.
pub(crate) fn listen_to_all() -> Result<(), JsValue> {
    let keys: HtmlTextAreaElement = element("keys")?.unchecked_into();
    let screen = element("screen")?;
    listen(&document()?.into(), "keydown", key_down(keys.clone()))?;
    listen(&keys, "input", input(keys.clone()))?;
    listen(&keys, "compositionend", composed(keys.clone()))?;
    listen(&document()?.into(), "paste", paste)?;
    listen(&document()?.into(), "copy", copy)?;
    listen(&document()?.into(), "selectionchange", |_: &web_sys::Event| program::redraw())?;
    listen(&screen, "click", click(keys.clone()))?;
    listen(&screen, "wheel", wheel)?;
    listen(&window()?.into(), "resize", |_: &web_sys::Event| program::redraw())?;
    listen(&window()?.into(), "online", |_: &web_sys::Event| program::network_back())?;
    keys.focus()
}

/// Whether some text of the page is selected: it is then not drawn over.
pub(crate) fn has_selection() -> bool {
    let selection = window().ok().and_then(|window| window.get_selection().ok().flatten());
    selection.is_some_and(|selection| !selection.is_collapsed())
}

/// Writing goes on in the text area. The page's selection is given up before: it is the caret's too.
fn write_here(keys: &HtmlTextAreaElement) {
    let selection = window().ok().and_then(|window| window.get_selection().ok().flatten());
    if let Some(selection) = selection.filter(|selection| !selection.is_collapsed()) {
        let _ = selection.remove_all_ranges();
        let _ = keys.blur();
    }
    let _ = keys.focus();
}

fn key_down(keys: HtmlTextAreaElement) -> impl FnMut(&KeyboardEvent) {
    move |event| {
        if event.is_composing() || event.meta_key() {
            return;
        }
        let is_modifier = matches!(&*event.key(), "Control" | "Shift" | "Alt" | "AltGraph");
        let copies = event.ctrl_key() && event.key().eq_ignore_ascii_case("c");
        if is_modifier || copies {
            return;
        }
        // Before the key is read as text, so that it arrives there.
        write_here(&keys);
        if let Some(input) = key(event) {
            event.prevent_default();
            program::update(Event::Key(input));
        }
    }
}

/// A key that is not text.
fn key(event: &KeyboardEvent) -> Option<Input> {
    let name = event.key();
    let (ctrl, alt, shift) = (event.ctrl_key(), event.alt_key(), event.shift_key());
    let key = match &*name {
        "Enter" => Key::Enter,
        "Tab" => Key::Tab,
        "Escape" => Key::Esc,
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "ArrowUp" => Key::Up,
        "ArrowDown" => Key::Down,
        "ArrowLeft" => Key::Left,
        "ArrowRight" => Key::Right,
        "Home" => Key::Home,
        "End" => Key::End,
        "PageUp" => Key::PageUp,
        "PageDown" => Key::PageDown,
        "F1" => Key::F(1),
        _ => {
            let c = name.chars().next().filter(|_| name.chars().count() == 1)?;
            let is_ours = ctrl && !alt && CTRL.contains(&c.to_ascii_lowercase());
            return is_ours.then(|| Input {
                key: Key::Char(c.to_ascii_lowercase()),
                ctrl,
                alt,
                shift,
            });
        }
    };
    Some(Input { key, ctrl, alt, shift })
}

fn input(keys: HtmlTextAreaElement) -> impl FnMut(&InputEvent) {
    move |event| {
        if !event.is_composing() {
            take_text(&keys);
        }
    }
}

fn composed(keys: HtmlTextAreaElement) -> impl FnMut(&CompositionEvent) {
    move |_| take_text(&keys)
}

/// What was written is the app's.
fn take_text(keys: &HtmlTextAreaElement) {
    let text = keys.value();
    keys.set_value("");
    for c in text.chars() {
        let key = if c == '\n' { Key::Enter } else { Key::Char(c) };
        program::update(Event::Key(Input { key, ..Input::default() }));
    }
}

fn paste(event: &ClipboardEvent) {
    let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok());
    event.prevent_default();
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        program::update(Event::Paste(text));
    }
}

/// Rows are filled with spaces, which nobody wants to copy.
fn copy(event: &ClipboardEvent) {
    let selection = window().ok().and_then(|window| window.get_selection().ok().flatten());
    let Some(text) = selection.and_then(|selection| selection.to_string().as_string()) else {
        return;
    };
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    if let Some(data) = event.clipboard_data()
        && data.set_data("text/plain", &lines.join("\n")).is_ok()
    {
        event.prevent_default();
    }
}

fn click(keys: HtmlTextAreaElement) -> impl FnMut(&MouseEvent) {
    move |event| {
        if has_selection() {
            return;
        }
        let _ = keys.focus();
        let at = (f64::from(event.client_x()), f64::from(event.client_y()));
        program::mouse(MouseKind::Click, at);
    }
}

fn wheel(event: &WheelEvent) {
    event.prevent_default();
    let kind = if event.delta_y() < 0.0 { MouseKind::WheelUp } else { MouseKind::WheelDown };
    program::mouse(kind, (f64::from(event.client_x()), f64::from(event.client_y())));
}
