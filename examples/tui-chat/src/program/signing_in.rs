//! What the account's events and commands mean for the rooms and the screen.

use anyhow::Result;
use collab_core::Timestamp;
use collab_rooms_api::sign_in::Event;
use tui_chat::{Action, seat};

use super::screen::Program;
use super::who::Who;

impl Program {
    /// Something is known of who one is.
    pub(super) async fn signed_in(&mut self, event: Event) -> Result<()> {
        let words = event.to_string();
        match event {
            Event::NoAccounts => {
                self.account = None;
                self.rooms.come_as(Who::guest(&self.identity)).await?;
            }
            Event::SignedIn { account, access_token, cause } => {
                let known = self.account.as_mut().map(|own| &mut own.known);
                let before = known.and_then(|known| known.replace(account.clone()));
                let model = self.app.model();
                let lines = seat::tell_who(model, before.as_ref(), &account, cause, words);
                if !lines.is_empty() {
                    self.app.tell(lines);
                }
                self.rooms.come_as(Who::account(&account, access_token)).await?;
            }
            Event::Away { retry_at_ms, .. } => {
                self.rooms.wait_until(Timestamp::from_millis(retry_at_ms), words);
            }
            _ => self.app.warn(words),
        }
        Ok(())
    }

    /// Asks the server of accounts for what is its affair. False if that is not, or there is none.
    pub(super) fn ask_account(&mut self, action: &Action) -> bool {
        let Some(account) = &self.account else { return false };
        let Some(command) = seat::account_command(action) else { return false };
        if account.ask(command) {
            self.app.tell(vec!["asking the server…".to_owned()]);
        } else {
            self.app.warn("too much at once: try again in a moment");
        }
        true
    }
}
