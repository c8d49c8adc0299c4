//! What the account's events and commands mean for a talk.

use collab_core::chat::{Client, Input};
use collab_rooms_api::Secret;
use collab_rooms_api::sign_in::{self, Cause, Event};

use super::command::Command;
use super::door::Asking;
use super::talk::{Flushed, Next, Talk};
use super::terminal::Terminal;

impl Talk {
    /// Whether the outcome of a command is awaited: a pipe waits for it, so that what follows is said as
    /// whom one is then.
    pub(super) fn is_asking(&self) -> bool {
        self.desk.as_ref().is_some_and(|desk| desk.asking != Asking::Nothing)
    }

    /// Asks the server for what is its affair.
    pub(super) async fn ask_account(
        &mut self,
        command: Command,
        terminal: &mut Terminal,
    ) -> anyhow::Result<Next> {
        if self.desk.is_none() {
            terminal.remark("this server keeps no accounts: you are who --username says")?;
            return Ok(Next::Stay);
        }
        let Some(command) = complete(command, terminal).await? else {
            terminal.remark("without a password nothing happens")?;
            return Ok(Next::Stay);
        };
        // What was said was said by whom one is now.
        match self.flush(terminal).await? {
            Flushed::Ended(ended) => return Ok(Next::Ended(ended)),
            Flushed::Unsent(_) => {
                terminal.remark("not now: what you said has not reached the server yet")?;
                return Ok(Next::Stay);
            }
            Flushed::All => {}
        }
        if let Some(desk) = &mut self.desk
            && desk.handle.ask(command)
        {
            desk.asking = Asking::Accounts;
        }
        Ok(Next::Stay)
    }

    /// Something is known of who one is.
    pub(super) async fn signed_in(
        &mut self,
        event: Event,
        terminal: &mut Terminal,
    ) -> anyhow::Result<()> {
        let words = event.to_string();
        if !words.is_empty() {
            terminal.remark(&words)?;
        }
        let Some(desk) = &mut self.desk else { return Ok(()) };
        match event {
            Event::SignedIn { account, access_token, cause } => {
                if cause == Cause::Renewed && account.name != desk.account.name {
                    terminal
                        .remark(&format!("you are {} now, by another terminal", account.name))?;
                }
                if matches!(cause, Cause::Did(_)) {
                    desk.asking = Asking::Relay;
                }
                (desk.account, desk.token) = (account, access_token);
                let token = desk.token.reveal().to_owned();
                let come =
                    move |chat: &mut Client, now| chat.handle(now, Input::Token(token.clone()));
                self.handle.call(come).await?;
                self.follow_grant().await?;
            }
            Event::Failed { .. } => desk.asking = Asking::Nothing,
            _ => {}
        }
        Ok(())
    }

    /// The relay may know now who one is.
    pub(super) async fn follow_grant(&mut self) -> anyhow::Result<()> {
        let Some(desk) = &mut self.desk else { return Ok(()) };
        if desk.asking == Asking::Relay {
            let look = |chat: &mut Client, _| (chat.own().cloned(), chat.name().to_owned());
            let (user, name) = self.handle.call(look).await?;
            if user == desk.user() && name == desk.account.name {
                desk.asking = Asking::Nothing;
            }
        }
        Ok(())
    }

    /// The relay does not take the token any more.
    pub(super) fn renew(&self, terminal: &mut Terminal) -> anyhow::Result<()> {
        if let Some(desk) = &self.desk {
            desk.handle.renew();
            terminal.remark("signing in again")?;
        }
        Ok(())
    }
}

/// The command with its password, for which somebody may have to be asked.
async fn complete(
    command: Command,
    terminal: &mut Terminal,
) -> anyhow::Result<Option<sign_in::Command>> {
    Ok(match command {
        Command::SetName(name) => Some(sign_in::Command::SetName(name)),
        Command::Login { name, password } => {
            let password = typed(password, terminal).await?;
            password.map(|password| sign_in::Command::Login { name, password })
        }
        Command::SetPassword(password) => {
            typed(password, terminal).await?.map(sign_in::Command::SetPassword)
        }
        _ => None,
    })
}

async fn typed(
    password: Option<Secret>,
    terminal: &mut Terminal,
) -> anyhow::Result<Option<Secret>> {
    if password.is_some() { Ok(password) } else { terminal.password().await }
}
