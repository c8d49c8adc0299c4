//! What the mouse does.

use tui_chat::Action;
use tui_chat::model::{Place, Spot};

use crate::stage::{Stage, user};

#[test]
fn a_click_opens_a_room() {
    let mut stage = Stage::new(100, 20);
    stage.clicks("random");
    assert_eq!(&*stage.app.here().unwrap().room, "random");
}

#[test]
fn a_click_on_a_person_opens_the_direct_conversation() {
    let mut stage = Stage::new(100, 20);
    stage.clicks("✎ Bo");
    let place = Place::Direct(user("Bo"));
    assert_eq!(stage.app.here(), Some(&Spot { room: "lobby".into(), place }));
    let opened = Action::Direct { room: "lobby".into(), to: user("Bo"), text: String::new() };
    assert_eq!(stage.deeds(), [opened]);
}

#[test]
fn a_click_selects_a_message() {
    let mut stage = Stage::new(100, 20);
    stage.says(1, "Bo", "click me");
    stage.says(2, "Bo", "not me");
    stage.clicks("click me");
    stage.types("c");
    assert_eq!(stage.deeds(), [Action::Copy("click me".into())]);
}

#[test]
fn a_click_takes_a_line_of_the_popup() {
    let mut stage = Stage::new(100, 20);
    stage.types("/");
    stage.clicks("/who");
    stage.enters("");
    assert!(stage.screen().contains("3 here: Ada, Bo, Cleo"));
}
