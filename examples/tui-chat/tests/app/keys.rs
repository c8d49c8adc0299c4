//! What keys do.

use ratatui_textarea::{Input, Key};
use tui_chat::Action;

use crate::stage::{Stage, lobby, message_id, user};

fn say(text: &str) -> Action {
    Action::Say { to: lobby(), text: text.into(), reply: None }
}

#[test]
fn enter_sends_and_alt_enter_begins_a_line() {
    let mut stage = Stage::new(80, 20);
    stage.types("one");
    stage.input(Input { key: Key::Enter, alt: true, ..Input::default() });
    stage.types("two");
    stage.key(Key::Enter);
    assert_eq!(stage.deeds(), [say("one\ntwo")]);
    stage.key(Key::Enter);
    assert_eq!(stage.deeds(), []);
}

#[test]
fn a_paste_of_many_lines_waits_for_enter() {
    let mut stage = Stage::new(80, 20);
    stage.pastes("/quit\r\nrm -rf\u{1b}[201~\ttab");
    assert_eq!(stage.deeds(), []);
    stage.key(Key::Up);
    stage.key(Key::Home);
    stage.types("> ");
    stage.key(Key::Enter);
    assert_eq!(stage.deeds(), [say("> /quit\nrm -rf[201~    tab")]);
}

#[test]
fn others_hear_that_one_writes_and_that_one_stopped() {
    let mut stage = Stage::new(80, 20);
    stage.types("hm");
    let on = Action::Typing { at: lobby(), on: true };
    let off = Action::Typing { at: lobby(), on: false };
    assert_eq!(stage.actions(), std::slice::from_ref(&on));
    let until = stage.app.deadline(stage.now).unwrap();
    stage.app.tick(until);
    assert_eq!(stage.actions(), std::slice::from_ref(&off));
    stage.types("m");
    stage.key(Key::Enter);
    assert_eq!(stage.actions(), [on, off, say("hmm")]);
    stage.types("/who");
    assert_eq!(stage.actions(), []);
}

#[test]
fn own_messages_are_edited_and_deleted_and_those_of_others_are_not() {
    let mut stage = Stage::new(80, 20);
    stage.says(1, "Ada", "helo");
    stage.says(2, "Bo", "hi");
    stage.key(Key::Up);
    stage.types("ed");
    assert_eq!(stage.deeds(), []);
    assert!(stage.screen().contains("only your own messages"));
    stage.key(Key::Up);
    stage.types("e");
    stage.key(Key::Backspace);
    stage.enters("lo");
    let edit = Action::Edit { at: lobby(), of: message_id(1), text: "hello".into() };
    assert_eq!(stage.deeds(), [edit]);
    for (answer, deeds) in
        [("n", vec![]), ("y", vec![Action::Delete { at: lobby(), of: message_id(1) }])]
    {
        stage.key(Key::Up);
        stage.key(Key::Up);
        stage.types("d");
        stage.types(answer);
        assert_eq!(stage.deeds(), deeds);
    }
}

#[test]
fn a_selected_message_is_answered_copied_and_reacted_to() {
    let mut stage = Stage::new(80, 20);
    stage.says(1, "Bo", "lunch?");
    stage.key(Key::Up);
    stage.types("r");
    assert!(stage.screen().contains("reply to Bo"));
    stage.enters("yes");
    let reply = Action::Say { to: lobby(), text: "yes".into(), reply: Some(message_id(1)) };
    assert_eq!(stage.deeds(), [reply]);
    stage.key(Key::Up);
    stage.types("+1");
    let react = Action::React { at: lobby(), of: message_id(1), with: "👍".into(), on: true };
    assert_eq!(stage.deeds(), [react]);
    stage.types("c");
    assert_eq!(stage.deeds(), [Action::Copy("lunch?".into())]);
}

#[test]
fn commands_act_and_mistakes_are_explained() {
    let mut stage = Stage::new(100, 20);
    for line in ["/join #lab", "/set name Lovelace", "@Cleo psst", "//slash", "/me waves"] {
        stage.enters(line);
    }
    let direct = Action::Direct { room: "lobby".into(), to: user("Cleo"), text: "psst".into() };
    let name = Action::SetName("Lovelace".into());
    let join = Action::Join("lab".into());
    assert_eq!(stage.deeds(), [join, name, direct, say("/slash"), say("* waves")]);
    stage.enters("/frobnicate");
    assert!(stage.screen().contains("no command /frobnicate; /help lists all"));
    stage.enters("/who");
    assert!(stage.screen().contains("3 here: Ada, Bo, Cleo"));
    stage.enters("@Dora hello");
    assert!(stage.screen().contains("nobody here is called Dora"));
    stage.enters("/leave");
    assert_eq!(stage.deeds(), [Action::Leave("lobby".into())]);
}

#[test]
fn tab_completes_commands_and_names() {
    let mut stage = Stage::new(80, 20);
    stage.types("/jo");
    stage.key(Key::Tab);
    stage.enters("lab");
    stage.types("well, @c");
    stage.key(Key::Tab);
    stage.enters("said so");
    assert_eq!(stage.deeds(), [Action::Join("lab".into()), say("well, @Cleo said so")]);
}

#[test]
fn arrows_choose_in_the_popup_and_enter_takes_the_choice() {
    let mut stage = Stage::new(80, 20);
    stage.types("@");
    stage.key(Key::Down);
    stage.key(Key::Enter);
    stage.enters("hi");
    let direct = Action::Direct { room: "lobby".into(), to: user("Cleo"), text: "hi".into() };
    assert_eq!(stage.deeds(), [direct]);
}

#[test]
fn alt_arrows_walk_through_all_conversations() {
    let mut stage = Stage::new(80, 20);
    let walked: Vec<_> = (0..5)
        .map(|_| {
            stage.input(Input { key: Key::Down, alt: true, ..Input::default() });
            stage.app.here().cloned()
        })
        .collect();
    assert_eq!(walked[0], walked[4]);
    let rooms: Vec<&str> = walked.iter().flatten().map(|spot| &*spot.room).collect();
    assert_eq!(rooms, ["lobby", "random", "random", "lobby", "lobby"]);
}

#[test]
fn what_was_sent_comes_back_from_history() {
    let mut stage = Stage::new(80, 20);
    stage.enters("first");
    stage.enters("second");
    stage.types("draft");
    for key in [Key::Up, Key::Up, Key::Down, Key::Down] {
        stage.key(key);
    }
    stage.enters("!");
    assert_eq!(stage.deeds(), [say("first"), say("second"), say("draft!")]);
}

#[test]
fn control_c_empties_the_box_and_then_leaves() {
    let mut stage = Stage::new(80, 20);
    stage.types("never mind");
    stage.ctrl('c');
    assert_eq!(stage.deeds(), []);
    stage.ctrl('c');
    assert_eq!(stage.deeds(), [Action::Quit]);
}
