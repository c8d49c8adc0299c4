//! What the account's events mean for the tab.

use collab_core::chat::UserId;
use collab_core::sync::Phase;
use collab_core::wire::ErrorCode;
use collab_rooms_api::sign_in::{Event, Input};
use tui_chat::{Action, seat};

use crate::program::Program;

/// As whom one enters rooms.
#[derive(Clone)]
pub(crate) struct Who {
    pub(crate) user: Option<UserId>,
    pub(crate) name: String,
    /// What the relay's `hello` takes.
    pub(crate) token: String,
}

impl Program {
    /// Lets the server of accounts be asked, and takes what it says.
    pub(crate) fn drive_account(&mut self) {
        let Some(desk) = &mut self.desk else { return };
        for event in desk.drive() {
            self.is_stale = true;
            self.signed_in(event);
        }
    }

    fn signed_in(&mut self, event: Event) {
        let words = event.to_string();
        match event {
            Event::NoAccounts => {
                self.desk = None;
                let (token, name) = (self.kept.token.clone(), self.kept.name.clone());
                self.come_as(Who { user: UserId::of_guest(&token), name, token });
            }
            Event::SignedIn { account, access_token, cause } => {
                let known = self.desk.as_mut().map(|desk| &mut desk.known);
                let before = known.and_then(|known| known.replace(account.clone()));
                let model = self.app.model();
                let lines = seat::tell_who(model, before.as_ref(), &account, cause, words);
                if !lines.is_empty() {
                    self.app.tell(lines);
                }
                let (user, token) = (UserId::new(&account.id).ok(), access_token.reveal().into());
                self.come_as(Who { user, name: account.name, token });
            }
            _ => self.app.warn(words),
        }
    }

    /// Asks the server of accounts for what is its affair. False if that is not, or there is none.
    pub(crate) fn ask_account(&mut self, action: &Action) -> bool {
        let Some(desk) = &mut self.desk else { return false };
        let Some(command) = seat::account_command(action) else { return false };
        self.app.tell(vec!["asking the server…".to_owned()]);
        desk.handle(Input::Do(command));
        true
    }

    /// Gets a new token where that is wanted, or the relay does not take the old one any more.
    pub(crate) fn renew_token(&mut self) {
        let is_wanted = std::mem::take(&mut self.wants_token);
        let is_refused = self.seats.iter().any(|seat| {
            seat.is_stale && seat.client.status().phase == Phase::Refused(ErrorCode::Unauthorized)
        });
        if let Some(desk) = self.desk.as_mut().filter(|_| is_wanted || is_refused) {
            desk.handle(Input::Renew);
        }
    }
}
