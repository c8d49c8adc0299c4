//! Who one is to the server: by a name that is claimed, or by an account where it keeps them.

use anyhow::{Context, bail};
use collab_core::chat::UserId;
use collab_rooms_api::sign_in::{Event, SignIn};
use collab_rooms_api::{Account, Client, Events, Handle, Secret, keep_signed_in};

use super::Options;
use super::slots::Slots;
use super::terminal::{Terminal, Typed};
use crate::name::Name;

/// The account, and what keeps it signed in.
pub(crate) struct Desk {
    pub(crate) handle: Handle,
    pub(crate) events: Events,
    pub(crate) account: Account,
    pub(crate) token: Secret,
    pub(crate) asking: Asking,
}

/// How far a command has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// There is none.
    Nothing,
    /// The server of accounts has not answered.
    Accounts,
    /// The relay does not know yet who one is now.
    Relay,
}

/// What the server says to a newcomer.
pub(crate) enum Door {
    /// Names are claimed.
    Names,
    Accounts(Box<Desk>),
    /// The person has left before it was known.
    Left,
}

/// Asks the server whether it keeps accounts, and signs in if it does.
pub(crate) async fn knock(options: &Options, terminal: &mut Terminal) -> anyhow::Result<Door> {
    let client = Client::new(&options.url())?;
    let username = options.username.as_ref().map(Name::as_str);
    let slots = Slots::new(options.config.clone(), client.base(), username);
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).context("no random numbers")?;
    let sign_in = SignIn::new(username.map(str::to_owned), u64::from_le_bytes(seed));
    let (handle, mut events) = keep_signed_in(client, sign_in, slots);
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            typed = terminal.line(terminal.is_interactive()) => match typed? {
                Typed::Line(_) => {
                    terminal.remark("not connected yet")?;
                    continue;
                }
                Typed::End => return Ok(Door::Left),
            },
        };
        let words = event.to_string();
        match event {
            Event::NoAccounts => return Ok(Door::Names),
            Event::Away { error, .. } => {
                return Err(anyhow::Error::new(error).context(options.place()));
            }
            Event::SignedIn { account, access_token: token, .. } => {
                if !words.is_empty() {
                    terminal.remark(&words)?;
                }
                let desk = Desk { handle, events, account, token, asking: Asking::Nothing };
                return Ok(Door::Accounts(Box::new(desk)));
            }
            Event::NotKept(_) => terminal.remark(&words)?,
            _ => bail!("{words}"),
        }
    }
}

impl Desk {
    /// The user, as the relay knows them.
    pub(crate) fn user(&self) -> Option<UserId> {
        UserId::new(&self.account.id).ok()
    }
}
