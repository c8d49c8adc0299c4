//! Passwords are neither shown nor remembered.

use ratatui_textarea::Key;
use tui_chat::Action;

use crate::stage::Stage;

#[test]
fn a_password_is_dots_while_it_is_typed() {
    let mut stage = Stage::new(80, 10);
    stage.types("/login ada correct horse");
    let screen = stage.screen();
    assert!(screen.contains("/login ada •••••••••••••"), "{screen}");
    assert!(!screen.contains("horse"));
}

#[test]
fn a_password_reaches_the_action_but_no_debug_text() {
    let mut stage = Stage::new(80, 10);
    stage.enters("/set password correct horse");
    let deeds = stage.deeds();
    let Action::SetPassword(password) = &deeds[0] else { panic!("{deeds:?}") };
    assert_eq!(password.reveal(), "correct horse");
    assert!(!format!("{deeds:?}").contains("horse"));
}

#[test]
fn a_password_is_kept_out_of_history_and_undo() {
    let mut stage = Stage::new(80, 10);
    stage.enters("hello");
    stage.enters("/login ada correct horse");
    stage.types("x");
    stage.key(Key::Up);
    assert!(stage.screen().contains("› hello"));
    for _ in 0..40 {
        stage.ctrl('u');
        assert!(!stage.screen().contains("horse"));
    }
}
