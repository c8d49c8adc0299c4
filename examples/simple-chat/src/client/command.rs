//! What a person may type.

use collab_core::command::{self, CommandError, Commands};

/// What `help` says.
pub(crate) const HELP: &str = "\
send <MSG>     say it to everybody
leave          leave; so do Ctrl-C, Ctrl-D and the end of input
help           this
@<NAME> <MSG>  say it to one person only
/who           who is here
/me <DOES>     say what you do
";

/// A line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Send(String),
    Direct {
        to: String,
        text: String,
    },
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
            Ok(_) => Self::Unknown("this chat has no accounts; help lists what it has".to_owned()),
            Err(CommandError::Empty) => Self::Nothing,
            Err(CommandError::Unknown(name)) => {
                Self::Unknown(format!("no command /{name}; help lists all"))
            }
            Err(error) => Self::Unknown(error.to_string()),
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
        assert_eq!(parse("  send  hi  there "), Command::Send("hi  there".to_owned()));
        assert_eq!((parse("leave"), parse("help")), (Command::Leave, Command::Help));
        assert_eq!(parse("   "), Command::Nothing);
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
        assert!(matches!(parse("/login ada secret"), Command::Unknown(_)));
    }

    #[test]
    fn the_commands_of_all_chats_work_too() {
        let direct = Command::Direct { to: "bob".to_owned(), text: "psst".to_owned() };
        assert_eq!(parse("@bob psst"), direct);
        assert_eq!(parse("/who"), Command::Who);
        assert_eq!(parse("//x"), Command::Send("/x".to_owned()));
    }
}
