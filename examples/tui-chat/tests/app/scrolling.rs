//! Where the window on the messages stands.

use ratatui_textarea::{Input, Key};
use tui_chat::Action;
use tui_chat::app::MouseKind;
use tui_chat::model::{Message, Older};

use crate::stage::{Stage, lobby, message};

fn lines(ids: std::ops::Range<u32>) -> Vec<Message> {
    ids.map(|id| message(id, "Bo", &format!("line {id}"))).collect()
}

fn long(count: u32) -> Stage {
    let mut stage = Stage::new(60, 14);
    stage.lobby(|lobby| lobby.messages = lines(1000..1000 + count));
    stage.screen();
    stage.actions();
    stage
}

fn first_shown(stage: &mut Stage) -> u32 {
    let screen = stage.screen();
    let line = screen.lines().find_map(|line| line.split("line ").nth(1));
    let line = line.unwrap_or_else(|| panic!("no line in\n{screen}"));
    let number = line.split_whitespace().next().and_then(|number| number.parse().ok());
    number.unwrap_or_else(|| panic!("no number in {line:?}"))
}

fn to_start(stage: &mut Stage) {
    stage.input(Input { key: Key::Home, ctrl: true, ..Input::default() });
}

#[test]
fn the_end_is_shown_and_followed() {
    let mut stage = long(100);
    assert!(stage.screen().contains("line 1099"));
    stage.says(1100, "Bo", "line 1100");
    assert!(stage.screen().contains("line 1100"));
}

#[test]
fn who_scrolled_up_is_not_moved_by_new_messages() {
    let mut stage = long(100);
    stage.wheel(MouseKind::WheelUp);
    let first = first_shown(&mut stage);
    stage.lobby(|lobby| lobby.unread = 1);
    stage.says(1100, "Bo", "line 1100");
    assert_eq!(first_shown(&mut stage), first);
    assert!(stage.screen().contains("↓ 1 new"));
    assert_eq!(stage.actions(), [], "nothing was seen");
    stage.wheel(MouseKind::WheelDown);
    stage.wheel(MouseKind::WheelDown);
    assert!(stage.screen().contains("line 1100"));
    assert_eq!(stage.actions(), [Action::MarkRead(lobby())]);
}

#[test]
fn a_page_up_and_down_again_is_the_same_place() {
    let mut stage = long(100);
    let mut firsts = vec![first_shown(&mut stage)];
    for _ in 0..5 {
        stage.key(Key::PageUp);
        firsts.push(first_shown(&mut stage));
    }
    for expected in firsts.iter().rev().skip(1) {
        stage.key(Key::PageDown);
        assert_eq!(first_shown(&mut stage), *expected);
    }
}

#[test]
fn the_start_asks_for_older_messages_once_and_stays_where_it_is() {
    let mut stage = long(30);
    stage.lobby(|lobby| lobby.older = Older::Some);
    to_start(&mut stage);
    assert_eq!(first_shown(&mut stage), 1000);
    assert_eq!(stage.actions(), [Action::LoadOlder(lobby())]);
    stage.screen();
    assert_eq!(stage.actions(), []);
    stage.lobby(|lobby| {
        lobby.messages.splice(0..0, lines(900..1000));
        lobby.older = Older::None;
    });
    // The line with the day and that with the name are above older messages now.
    assert!((998..=1000).contains(&first_shown(&mut stage)));
    to_start(&mut stage);
    assert_eq!(first_shown(&mut stage), 900);
}

#[test]
fn a_message_taller_than_the_window_can_be_read_to_its_start() {
    let mut stage = Stage::new(60, 12);
    let tall: Vec<String> = (0..40).map(|row| format!("row {row}.")).collect();
    stage.says(1, "Bo", &tall.join("\n"));
    let mut seen = stage.screen();
    for _ in 0..20 {
        stage.wheel(MouseKind::WheelUp);
        seen.push_str(&stage.screen());
    }
    assert!(tall.iter().all(|row| seen.contains(row)));
}
