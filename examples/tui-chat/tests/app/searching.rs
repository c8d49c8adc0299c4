//! Finding what was said.

use ratatui_textarea::Key;
use tui_chat::Action;
use tui_chat::model::Older;

use crate::stage::{Stage, lobby, message};

fn stage() -> Stage {
    let mut stage = Stage::new(80, 14);
    stage.lobby(|lobby| {
        lobby.messages = (1000..1200).map(|id| message(id, "Bo", &format!("line {id}"))).collect();
    });
    stage
}

#[test]
fn the_newest_match_is_shown_first_and_arrows_go_on() {
    let mut stage = stage();
    stage.ctrl('f');
    stage.types("LINE 10");
    assert!(stage.screen().contains("line 1099"));
    for _ in 0..50 {
        stage.key(Key::Up);
    }
    assert!(stage.screen().contains("line 1049"));
    stage.key(Key::Down);
    stage.key(Key::Tab);
    stage.types("c");
    assert_eq!(stage.deeds(), [Action::Copy("line 1050".into())]);
}

#[test]
fn a_search_goes_on_in_older_pages() {
    let mut stage = stage();
    stage.lobby(|lobby| lobby.older = Older::Some);
    stage.enters("/search needle");
    assert_eq!(stage.actions(), [Action::LoadOlder(lobby())]);
    assert!(stage.screen().contains("searching older messages…"));
    stage.lobby(|lobby| {
        lobby.messages.splice(0..0, [message(10, "Cleo", "the needle")]);
        lobby.older = Older::None;
    });
    assert!(stage.screen().contains("the needle"));
}

#[test]
fn nothing_found_is_said_and_escape_goes_back() {
    let mut stage = stage();
    stage.enters("/search haystack");
    assert!(stage.screen().contains("nothing found"));
    stage.key(Key::Esc);
    stage.enters("on");
    assert_eq!(stage.deeds(), [Action::Say { to: lobby(), text: "on".into(), reply: None }]);
}
