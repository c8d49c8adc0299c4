//! The list of commands: one truth for the parser, the completion and `/help`.

/// A command as people see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Its words without the slash: `who`, `set name`.
    pub name: &'static str,
    /// How it is used: `/set name NAME`.
    pub usage: &'static str,
    /// What it does, in a few words without a full stop.
    pub help: &'static str,
}

/// What every program understands, in the order of `/help`.
pub(super) const COMMON: &[Spec] = &[
    Spec { name: "help", usage: "/help [COMMAND]", help: "list all commands, or explain one" },
    Spec { name: "who", usage: "/who", help: "show who is here" },
    Spec { name: "me", usage: "/me [ACTION]", help: "tell what you do, or show who you are" },
    Spec { name: "set name", usage: SET_NAME, help: "change your name" },
    Spec {
        name: "set password",
        usage: SET_PASSWORD,
        help: "keep this account, to log in from elsewhere",
    },
    Spec { name: "login", usage: LOGIN, help: "become an account that you kept" },
];

pub(super) const LOGIN: &str = "/login NAME PASSWORD";
pub(super) const SET_NAME: &str = "/set name NAME";
pub(super) const SET_PASSWORD: &str = "/set password PASSWORD";
pub(super) const SET: &str = "/set name NAME, or /set password PASSWORD";
pub(super) const WHO: &str = "/who";
