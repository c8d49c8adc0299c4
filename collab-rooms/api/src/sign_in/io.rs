//! What goes into [`super::SignIn`] and what comes out, with words for people.

use std::fmt;
use std::io;

use crate::{Account, Answer, Call, CallError, ErrorCode, Secret};

/// What happened.
#[derive(Debug)]
pub enum Input {
    /// Sign in.
    Start,
    /// Somebody wants this. It ends in [`Event::SignedIn`] or [`Event::Failed`].
    Do(Command),
    /// The relay does not take the token any more.
    Renew,
    /// The answer to the last [`Output::Call`].
    Answered(Answer),
    /// There was none.
    Unanswered(CallError),
    /// [`super::SignIn::deadline`] has come.
    Tick,
}

/// What to do.
#[derive(Debug)]
pub enum Output {
    /// Ask the server. Answer: [`Input::Answered`] or [`Input::Unanswered`].
    Call(Call),
    /// Something that the program wants to know.
    Event(Event),
}

/// What people ask for.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "as in the API")]
pub enum Command {
    /// Become the account of this name.
    Login { name: String, password: Secret },
    /// Keep the account.
    SetPassword(Secret),
    /// Be called so.
    SetName(String),
}

/// A command without what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// [`Command::Login`]
    Login,
    /// [`Command::SetPassword`]
    SetPassword,
    /// [`Command::SetName`]
    SetName,
}

/// What a program wants to know.
#[derive(Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "fields are described with their variants")]
pub enum Event {
    /// The server keeps no accounts: nothing else will be told.
    NoAccounts,
    /// One is this account, and the relay knows one by this token: the first time, and whenever
    /// something of it has changed.
    SignedIn { account: Account, access_token: Secret, cause: Cause },
    /// What was asked for did not happen.
    Failed { deed: Deed, failure: Failure },
    /// Nobody yet: the server is away, and asked again at `retry_at_ms`, Unix time.
    Away { retry_at_ms: u64, error: CallError },
    /// The device does not keep who one is: that ends with the program.
    NotKept(io::Error),
    /// The device does not tell who one is. It is asked again, now and then.
    NotRecalled(io::Error),
}

/// Why one is signed in now, or anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A new guest.
    Newcomer,
    /// A new guest, since the session of the account that was kept has ended.
    Ousted,
    /// The account that was kept.
    Returned,
    /// New tokens. The account is another one if another window changed that.
    Renewed,
    /// Somebody asked for it.
    Did(Deed),
}

/// Why something did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The server keeps none.
    #[error("this server keeps no accounts")]
    NoAccounts,
    /// Nobody is signed in yet.
    #[error("the server is out of reach: try again later")]
    Away,
    /// Too much was asked for at once.
    #[error("too much at once: try again in a moment")]
    Busy,
    /// It was asked for, and no answer came: the other sessions may have ended, this one among them.
    #[error("{0}; the password may be set all the same: if you are signed out, log in with it")]
    Unsure(#[source] CallError),
    /// The server refused, or is out of reach.
    #[error(transparent)]
    Call(CallError),
}

impl Command {
    pub(super) fn call(&self, access_token: &Secret) -> Call {
        match self {
            Self::Login { name, password } => Call::login(name, password.clone()),
            Self::SetPassword(password) => Call::set_password(access_token, password.clone()),
            Self::SetName(name) => Call::set_name(access_token, name),
        }
    }

    /// Which it is.
    pub fn deed(&self) -> Deed {
        match self {
            Self::Login { .. } => Deed::Login,
            Self::SetPassword(_) => Deed::SetPassword,
            Self::SetName(_) => Deed::SetName,
        }
    }
}

impl Deed {
    /// What did not happen, if nobody answered.
    pub(super) fn unanswered(self, error: CallError) -> Failure {
        if self == Self::SetPassword { Failure::Unsure(error) } else { Failure::Call(error) }
    }
}

/// What to tell people, in a line that is safe to print; empty where there is nothing to tell.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAccounts => Ok(()),
            Self::SignedIn { account, cause, .. } => cause.tell(&account.name, f),
            Self::Failed { deed: Deed::SetName, failure: Failure::Call(error) }
                if error.code() == Some(ErrorCode::NameTaken) =>
            {
                write!(f, "{error}; if it is yours: /login NAME PASSWORD")
            }
            Self::Failed { failure: Failure::Call(error), .. } if error.code().is_none() => {
                write!(f, "nothing has changed: {error}")
            }
            Self::Failed { failure, .. } => failure.fmt(f),
            Self::Away { error, .. } => error.fmt(f),
            Self::NotKept(error) => write!(f, "this device does not keep who you are: {error}"),
            Self::NotRecalled(error) => write!(f, "this device does not tell who you are: {error}"),
        }
    }
}

impl Cause {
    fn tell(self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newcomer => {
                write!(f, "you are a guest, {name}: /set password PASSWORD keeps this account")
            }
            Self::Ousted => write!(
                f,
                "signed out: you are a new guest, {name}; /login NAME PASSWORD brings you back"
            ),
            Self::Returned | Self::Renewed => Ok(()),
            Self::Did(Deed::SetPassword) => {
                write!(f, "your account is kept; log in from elsewhere: /login {name} PASSWORD")
            }
            Self::Did(Deed::Login | Deed::SetName) => write!(f, "you are {name} now"),
        }
    }
}
