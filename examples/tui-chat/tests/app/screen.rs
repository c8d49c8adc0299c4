//! What is on the screen. `INSTA_UPDATE=always cargo test` writes the pictures anew: look at them.

use collab_core::Timestamp;
use insta::assert_snapshot;
use ratatui_textarea::Key;
use tui_chat::model::{Link, Quote, Reaction};

use crate::stage::{START_MS, Stage, message};

/// A conversation with one of everything.
fn told(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::new(columns, rows);
    stage.says(1, "Bo", "Good morning! Has anybody seen the new build?");
    stage.says(2, "Bo", "It is green.");
    let mut answer = message(3, "Ada", "Yes, and it is fast:\n\n    0.4 s cold\n    0.1 s warm");
    answer.reply = Some(Quote { name: "Bo".into(), text: "It is green.".into() });
    answer.edited = true;
    answer.reactions = vec![
        Reaction { with: "🎉".into(), count: 2, mine: false },
        Reaction { with: "👍".into(), count: 1, mine: true },
    ];
    stage.lobby(|lobby| lobby.messages.push(answer));
    let mut act = message(4, "Cleo", "waves");
    act.is_act = true;
    stage.lobby(|lobby| lobby.messages.push(act));
    let text = "漢字 and umlauts: äöü. Words that do not fit are wrapped where a word ends.";
    stage.says(90_000, "Cleo", text);
    stage.fill(|model| {
        model.rooms[0].conversations[0].typing = vec!["Bo".into()];
        model.rooms[0].conversations[1].unread = 2;
        model.rooms[1].conversations[0].unread = 1200;
        model.rooms[1].link = Link::Offline { retry_at: None, why: String::new() };
    });
    stage
}

#[test]
fn a_room_on_a_wide_screen() {
    assert_snapshot!(told(100, 24).screen());
}

#[test]
fn a_room_on_a_narrow_screen() {
    assert_snapshot!(told(44, 24).screen());
}

#[test]
fn a_direct_conversation_says_that_it_is_one() {
    let mut stage = told(90, 8);
    stage.clicks("@Bo");
    assert_snapshot!(stage.screen());
}

#[test]
fn help_lists_keys_and_commands() {
    let mut stage = told(90, 36);
    stage.key(Key::F(1));
    assert_snapshot!(stage.screen());
}

#[test]
fn a_slash_offers_commands_and_an_at_sign_people() {
    let mut stage = told(100, 16);
    stage.types("/s");
    assert_snapshot!("commands", stage.screen());
    stage.key(Key::Backspace);
    stage.key(Key::Backspace);
    stage.types("hello @");
    assert_snapshot!("people", stage.screen());
}

#[test]
fn a_long_draft_grows_the_box() {
    let mut stage = told(60, 16);
    stage.types("A message of several lines is written in a box that grows with it");
    stage.ctrl('j');
    stage.types("like this.");
    assert_snapshot!(stage.screen());
}

#[test]
fn what_was_not_seen_stands_below_a_line() {
    let mut stage = told(70, 14);
    stage.fill(|model| {
        let random = &mut model.rooms[1].conversations[0];
        random.messages = (1..5).map(|id| message(id, "Bo", &format!("message {id}"))).collect();
        random.unread = 2;
    });
    stage.clicks("random");
    assert_snapshot!(stage.screen());
}

#[test]
fn the_last_line_says_how_the_connection_does() {
    let mut stage = Stage::new(100, 6);
    let soon = Timestamp::from_millis(START_MS + 603_000);
    let offline = |retry_at, why: &str| Link::Offline { retry_at, why: why.to_owned() };
    let links = [
        (Link::Connecting, 0, "connecting…"),
        (Link::Syncing, 1, "syncing… · 1 unsaved"),
        (Link::Saved, 0, "saved"),
        (Link::Saved, 2, "saving… · 2 unsaved"),
        (Link::Ephemeral, 0, "connected, nothing is kept"),
        (offline(Some(soon), ""), 3, "offline, retry in 3 s · 3 unsaved"),
        (offline(None, ""), 0, "offline, ^R connects"),
        (Link::Refused("no access".into()), 0, "refused: no access"),
    ];
    for (link, unsaved, said) in links {
        stage.fill(|model| (model.rooms[0].link, model.rooms[0].unsaved) = (link, unsaved));
        let screen = stage.screen();
        let last = screen.lines().last().unwrap_or_default();
        assert!(last.trim_end_matches('│').ends_with(said), "{said:?} does not end {last:?}");
    }
    stage.fill(|model| model.rooms[0].link = offline(Some(soon), "no route to host"));
    assert!(stage.screen().contains("no route to host"));
}

#[test]
fn a_tiny_or_resized_screen_breaks_nothing() {
    let mut stage = told(100, 24);
    stage.types("/");
    for columns in [1, 2, 3, 5, 10, 21, 56, 84, 200] {
        for rows in [1, 2, 3, 5, 40] {
            stage.resize(columns, rows);
            stage.screen();
        }
    }
    stage.key(Key::F(1));
    stage.resize(3, 2);
    stage.screen();
}

#[test]
fn control_characters_do_not_reach_a_cell() {
    let mut stage = Stage::new(100, 12);
    // Whoever fills the model leaves none in it: this is the second fence.
    stage.says(1, "Bo", "a\u{1b}[31mb\u{7}c\u{9b}2Jd");
    stage.fill(|model| {
        model.rooms[0].people[1].name = "Bo\u{1b}]0;x\u{7}".into();
        model.rooms[0].conversations[1].title = "Bo\u{1b}[2J".into();
        model.rooms[0].conversations[0].typing = vec!["\u{1b}c".into()];
    });
    let screen = stage.screen();
    assert!(!screen.chars().any(|c| c.is_control() && c != '\n'), "{screen:?}");
}
