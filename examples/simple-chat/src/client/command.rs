//! What a person may type.

use collab_core::command::{self, CommandError, Commands};
use collab_rooms_api::Secret;

/// What `help` says.
pub(crate) const HELP: &str = "\
send <MSG>     say it to everybody
leave          leave; so do Ctrl-C, Ctrl-D and the end of input
help           this
@<NAME> <MSG>  say it to one person only
/who           who is here
/me <DOES>     say what you do
";

/// What it says besides where the server keeps accounts.
pub(crate) const HELP_ACCOUNTS: &str = "\
/set password [<PASSWORD>]      keep this account, to log in from elsewhere
/set name <NAME>                change your name
/login <NAME> [<PASSWORD>]      become an account that you kept
without the password it is asked for, and not shown
";

/// A line, understood.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Send(String),
    Direct {
        to: String,
        text: String,
    },
    /// Without a password somebody has to be asked for it.
    Login {
        name: String,
        password: Option<Secret>,
    },
    SetPassword(Option<Secret>),
    SetName(String),
    Who,
    WhoAmI,
    Leave,
    Help,
    /// An empty line.
    Nothing,
    /// Not understood; what to say of it.
    Unknown(String),
}

impl Command {
    /// Understands a line. A message needs its `send`, so that a command with a typo is not told to
    /// everybody.
    pub(crate) fn parse(line: &str) -> Self {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match (word, rest.trim_start()) {
            ("", _) => Self::Nothing,
            ("send", "") => Self::Unknown("send what? send <MSG>".to_owned()),
            ("send", text) => Self::Send(text.to_owned()),
            ("leave", "") => Self::Leave,
            ("help", _) => Self::Help,
            _ if line.starts_with(['/', '@']) => Self::parse_common(line),
            _ => Self::Unknown(format!("no command {word:?}; to say something: send {line}")),
        }
    }

    /// What all our chats understand.
    fn parse_common(line: &str) -> Self {
        match Commands::default().parse(line) {
            Ok(command::Command::Say(text)) => Self::Send(text.to_owned()),
            Ok(command::Command::Act(deed)) => Self::Send(format!("/me {deed}")),
            Ok(command::Command::Direct { to, text }) if !text.is_empty() => {
                Self::Direct { to: to.to_owned(), text: text.to_owned() }
            }
            Ok(command::Command::Direct { .. }) => Self::Unknown("@<NAME> <MSG>".to_owned()),
            Ok(command::Command::Who) => Self::Who,
            Ok(command::Command::Me) => Self::WhoAmI,
            Ok(command::Command::Help(_)) => Self::Help,
            Ok(command::Command::Login { name, password }) => {
                let password = Some(password.reveal().into());
                Self::Login { name: name.to_owned(), password }
            }
            Ok(command::Command::SetPassword(password)) => {
                Self::SetPassword(Some(password.reveal().into()))
            }
            Ok(command::Command::SetName(name)) => Self::SetName(name.to_owned()),
            Ok(_) => Self::Unknown("this chat does not know that; help lists all".to_owned()),
            Err(CommandError::Empty) => Self::Nothing,
            Err(CommandError::Usage { usage }) => Self::without_password(line, usage),
            Err(CommandError::Unknown(name)) => {
                Self::Unknown(format!("no command /{name}; help lists all"))
            }
            Err(error) => Self::Unknown(error.to_string()),
        }
    }
}

impl Command {
    /// A command that lacks nothing but its password.
    fn without_password(line: &str, usage: &str) -> Self {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["/login", name] => Self::Login { name: name.to_owned(), password: None },
            ["/set", "password"] => Self::SetPassword(None),
            _ => Self::Unknown(format!("usage: {usage}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Command {
        Command::parse(line)
    }

    #[test]
    fn the_three_commands_are_understood() {
        assert!(matches!(parse("  send  hi  there "), Command::Send(text) if text == "hi  there"));
        assert!(matches!((parse("leave"), parse("help")), (Command::Leave, Command::Help)));
        assert!(matches!(parse("   "), Command::Nothing));
    }

    #[test]
    fn what_is_no_command_is_explained_and_not_sent() {
        for (line, word) in
            [("hello all", "send hello all"), ("send", "send <MSG>"), ("/x", "help")]
        {
            let Command::Unknown(explanation) = parse(line) else { panic!("{line:?}") };
            assert!(explanation.contains(word), "{explanation}");
        }
        assert!(matches!(parse("leave now"), Command::Unknown(_)));
        assert!(matches!(parse("/login"), Command::Unknown(_)));
    }

    #[test]
    fn a_password_is_understood_or_asked_for_and_never_shown() {
        let login = parse("/login ada correct horse");
        assert!(!format!("{login:?}").contains("horse"));
        let Command::Login { name, password: Some(password) } = login else { panic!("no login") };
        assert_eq!((&*name, password.reveal()), ("ada", "correct horse"));
        assert!(matches!(parse("/login ada"), Command::Login { password: None, .. }));
        assert!(matches!(parse("/set password"), Command::SetPassword(None)));
        assert!(matches!(parse("/set password x y"), Command::SetPassword(Some(_))));
    }

    #[test]
    fn the_commands_of_all_chats_work_too() {
        let Command::Direct { to, text } = parse("@bob psst") else { panic!("not direct") };
        assert_eq!((&*to, &*text), ("bob", "psst"));
        assert!(matches!(parse("/who"), Command::Who));
        assert!(matches!(parse("//x"), Command::Send(text) if text == "/x"));
    }
}
