//! Lines that people type, and what they mean.

use collab_core::command::{Command, CommandError, Commands, Spec, secret};
use proptest::prelude::*;

const JOIN: Spec = Spec { name: "join", usage: "/join ROOM", help: "go to another room" };
const COMMANDS: Commands = Commands::with(&[JOIN]);

fn password(line: &str) -> Option<&str> {
    match COMMANDS.parse(line) {
        Ok(Command::Login { password, .. } | Command::SetPassword(password)) => {
            Some(password.reveal())
        }
        _ => None,
    }
}

fn choices(line: &str) -> Vec<String> {
    let people = ["ada", "Adrian", "grace"];
    let completion = COMMANDS.complete(line, line.len(), people);
    completion.map_or(Vec::new(), |all| all.choices.into_iter().map(|one| one.text).collect())
}

#[test]
fn a_line_is_a_message_unless_it_begins_with_a_sign() {
    assert_eq!(COMMANDS.parse("  hello / @all "), Ok(Command::Say("hello / @all")));
    assert_eq!(COMMANDS.parse("//etc/hosts"), Ok(Command::Say("/etc/hosts")));
    assert_eq!(COMMANDS.parse("@ hello"), Ok(Command::Say("@ hello")));
    assert_eq!(COMMANDS.parse(" \t"), Err(CommandError::Empty));
}

#[test]
fn an_at_sign_speaks_to_one_person() {
    let to = |to, text| Ok(Command::Direct { to, text });
    assert_eq!(COMMANDS.parse("@ada  see you "), to("ada", "see you"));
    assert_eq!(COMMANDS.parse("@ada: see you"), to("ada", "see you"));
    assert_eq!(COMMANDS.parse("@ada"), to("ada", ""));
    assert_eq!(COMMANDS.parse("@Zoë\u{2003}hé"), to("Zoë", "hé"));
}

#[test]
fn commands_are_found_whatever_their_case() {
    assert_eq!(COMMANDS.parse("/WHO"), Ok(Command::Who));
    assert_eq!(COMMANDS.parse("/me"), Ok(Command::Me));
    assert_eq!(COMMANDS.parse("/me waves"), Ok(Command::Act("waves")));
    assert_eq!(COMMANDS.parse("/Set Name Ada"), Ok(Command::SetName("Ada")));
    assert_eq!(COMMANDS.parse("/help /set name"), Ok(Command::Help(Some("set name"))));
    assert_eq!(COMMANDS.parse("/join a b"), Ok(Command::Other { name: "join", rest: "a b" }));
    assert_eq!(COMMANDS.parse("/jo"), Err(CommandError::Unknown("jo".into())));
    for wrong in ["/login", "/login ada", "/set", "/set name", "/set name a b", "/set password"] {
        assert!(matches!(COMMANDS.parse(wrong), Err(CommandError::Usage { .. })), "{wrong}");
    }
}

#[test]
fn a_password_keeps_its_spaces_and_shows_itself_to_nobody() {
    assert_eq!(password("/login ada correct  horse "), Some("correct  horse"));
    assert_eq!(password("/set password @/ x"), Some("@/ x"));
    let printed = format!("{:?}", COMMANDS.parse("/login ada hunter2"));
    assert!(printed.contains("ada") && !printed.contains("hunter2"), "{printed}");
}

#[test]
fn a_slash_offers_commands_and_an_at_sign_people() {
    assert_eq!(choices("/").len(), 7);
    assert_eq!(choices("/s"), ["/set name ", "/set password "]);
    assert_eq!(choices("/set p"), ["/set password "]);
    assert_eq!(choices("/help jo"), ["/help join"]);
    assert_eq!(choices("@a"), ["@Adrian ", "@ada "]);
    assert_eq!(choices("hi @G"), ["@grace "]);
    for nothing in ["", "mail@a", "//s", "/login ada x", "@ada hello"] {
        assert!(choices(nothing).is_empty(), "{nothing}");
    }
    let completion = COMMANDS.complete("hi\u{2003}@gr, you", 8, ["grace"]);
    assert_eq!(completion.map(|completion| completion.range), Some(5..8));
    assert_eq!(COMMANDS.complete("é", 1, []), None, "inside of a character");
}

proptest! {
    /// Whatever is parsed as a password was marked as secret, while it was typed as well.
    #[test]
    fn no_password_escapes_the_mask(start in "[ ]?/(login|LOGIN|set|set password)?", rest in "[ a-zä/@\u{2003}]{0,20}") {
        let line = format!("{start} {rest}");
        let marked = secret(&line).map(|range| &line[range]);
        if let Some(password) = password(&line) {
            prop_assert!(marked.is_some_and(|marked| marked.trim_end() == password));
        }
    }

    /// Nothing panics, and what a completion replaces ends at the cursor.
    #[test]
    fn any_line_and_cursor_complete_or_not(line in "[/@]?\\PC{0,12}", cursor in 0usize..16) {
        if let Some(completion) = COMMANDS.complete(&line, cursor, ["ada", "ädä"]) {
            prop_assert_eq!(completion.range.end, cursor);
            prop_assert!(line.get(completion.range).is_some());
        }
        let _ = COMMANDS.parse(&line);
    }
}
