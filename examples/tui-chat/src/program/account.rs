//! The account at the server, if that keeps any: a file of this device, and the task that stays signed in.

use anyhow::{Context, Result};
use collab_rooms_api::sign_in::{Command, Event, SignIn};
use collab_rooms_api::{AccountFile, Client, Events, Handle, keep_signed_in};

use super::identity::{self, Identity};
use super::link;
use super::options::Chat;
use super::who::Who;

/// One person's account at one server, if that keeps any.
pub(super) struct Account {
    handle: Handle,
    events: Events,
    /// Who was kept here, or is now.
    pub(super) known: Option<collab_rooms_api::Account>,
}

impl Account {
    /// Signs in, as the account that is kept on this device or as a new guest.
    pub(super) fn open(options: &Chat, identity: &Identity) -> Result<Self> {
        let client = Client::new(&link::url(options, ""))?;
        let file = AccountFile::new(identity.account(client.base()));
        let kept = file.read();
        let kept = kept.with_context(|| format!("cannot read {}", file.path().display()))?;
        let sign_in = SignIn::new(options.name.clone(), identity::random()?);
        let (handle, events) = keep_signed_in(client, sign_in, file);
        Ok(Self { handle, events, known: kept.map(|kept| kept.account) })
    }

    /// Who one will probably be.
    pub(super) fn expected(&self, identity: &Identity) -> Who {
        let guest = || Who { token: None, ..Who::guest(identity) };
        self.known.as_ref().map_or_else(guest, Who::expected)
    }

    /// What happened. Safe to cancel.
    pub(super) async fn next(&mut self) -> Event {
        self.events.next().await
    }

    /// Wants something; an event tells what came of it. False if too much waits already.
    pub(super) fn ask(&self, command: Command) -> bool {
        self.handle.ask(command)
    }

    /// The relay does not take the token any more.
    pub(super) fn renew(&self) {
        self.handle.renew();
    }
}
