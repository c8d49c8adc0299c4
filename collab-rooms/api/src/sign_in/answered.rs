//! What answers change.

use super::{Accounts, Asked, Cause, Deed, Event, Failure, RENEWAL_MARGIN_MS, SignIn, Waiting};
use crate::{Answer, Call, CallError, ErrorCode, Keep, Secret, SignedIn};

impl SignIn {
    pub(super) fn answered(&mut self, now_ms: u64, answer: &Answer, keep: &mut dyn Keep) {
        match self.asked.take() {
            Some(Asked::Probe) => self.probed(now_ms, answer),
            Some(Asked::Refresh { with }) => match signed_in(answer) {
                Ok(signed_in) => {
                    let is_first = self.signed_in.is_none();
                    let cause = if is_first { Cause::Returned } else { Cause::Renewed };
                    self.arrive(now_ms, signed_in, cause, keep);
                }
                Err(error) if error.code() == Some(ErrorCode::RefreshRefused) => {
                    self.oust(&with, keep);
                }
                Err(error) => self.later(now_ms, error),
            },
            Some(Asked::Guest { cause }) => match signed_in(answer) {
                Ok(signed_in) => self.welcome(now_ms, signed_in, cause, keep),
                Err(error) => self.later(now_ms, error),
            },
            Some(Asked::Wish { cause }) => match signed_in(answer) {
                Ok(signed_in) => self.arrive(now_ms, signed_in, cause, keep),
                Err(error) => self.unwelcome_wish(cause, Failure::Call(error)),
            },
            Some(Asked::Command(waiting)) => match signed_in(answer) {
                Ok(signed_in) => {
                    let cause = Cause::Did(waiting.command.deed());
                    self.arrive(now_ms, signed_in, cause, keep);
                }
                Err(error) => self.refused(now_ms, waiting, error),
            },
            None => {}
        }
    }

    pub(super) fn unanswered(&mut self, now_ms: u64, error: CallError) {
        match self.asked.take() {
            Some(Asked::Probe | Asked::Refresh { .. } | Asked::Guest { .. }) => {
                self.later(now_ms, error);
            }
            Some(Asked::Wish { cause }) => self.unwelcome_wish(cause, Failure::Call(error)),
            Some(Asked::Command(Waiting { command, .. })) => {
                self.fail(command.deed(), command.deed().unanswered(error));
            }
            None => {}
        }
    }

    fn probed(&mut self, now_ms: u64, answer: &Answer) {
        match answer.keeps_accounts() {
            Ok(true) => self.accounts = Accounts::Kept,
            Ok(false) => {
                self.accounts = Accounts::None;
                self.tell(Event::NoAccounts);
                self.give_up_waiting(|| Failure::NoAccounts);
            }
            Err(error) => self.later(now_ms, error),
        }
    }

    /// A new guest. One with a wish is shown to nobody before it is granted, or refused.
    fn welcome(&mut self, now_ms: u64, guest: SignedIn, cause: Cause, keep: &mut dyn Keep) {
        let wish = self.wish.clone().filter(|_| cause == Cause::Newcomer);
        let Some(name) = wish else { return self.arrive(now_ms, guest, cause, keep) };
        let call = Call::set_name(&guest.access_token, &name);
        self.settle(now_ms, guest, keep);
        self.ask(Asked::Wish { cause }, call);
    }

    fn unwelcome_wish(&mut self, cause: Cause, failure: Failure) {
        self.tell_who(cause);
        self.fail(Deed::SetName, failure);
    }

    fn arrive(&mut self, now_ms: u64, news: SignedIn, cause: Cause, keep: &mut dyn Keep) {
        self.settle(now_ms, news, keep);
        self.tell_who(cause);
    }

    /// Takes over who one is, and keeps it.
    fn settle(&mut self, now_ms: u64, mut news: SignedIn, keep: &mut dyn Keep) {
        if news.refresh_token.is_none() {
            news.refresh_token = self.signed_in.take().and_then(|before| before.refresh_token);
        }
        if let Some(token) = &news.refresh_token
            && let Err(error) = keep.keep(&news.account, token)
        {
            self.tell(Event::NotKept(error));
        }
        self.retry.reset(now_ms);
        let due_at_ms = news.access_expires_at_ms.saturating_sub(RENEWAL_MARGIN_MS);
        self.due_at_ms = due_at_ms.max(self.retry.pause_ends_at(now_ms));
        self.signed_in = Some(news);
    }

    fn tell_who(&mut self, cause: Cause) {
        if let Some(SignedIn { account, access_token, .. }) = self.signed_in.clone() {
            self.tell(Event::SignedIn { account, access_token, cause });
        }
    }

    /// The refresh token is worth nothing. Perhaps another window has a newer one; else the session
    /// has ended, and one is a new guest.
    fn oust(&mut self, with: &Secret, keep: &mut dyn Keep) {
        if keep.recall().is_ok_and(|kept| kept.is_some_and(|kept| kept.reveal() != with.reveal())) {
            return;
        }
        self.signed_in = None;
        // What was asked for was asked for by somebody else.
        self.give_up_waiting(|| Failure::Away);
        self.ask(Asked::Guest { cause: Cause::Ousted }, Call::guest());
    }

    /// No tokens for now.
    fn later(&mut self, now_ms: u64, error: CallError) {
        let retry_at_ms = self.retry.next_at(now_ms, error.retry_after_ms());
        self.due_at_ms = retry_at_ms;
        if self.signed_in.is_none() {
            self.give_up_waiting(|| Failure::Away);
            self.tell(Event::Away { retry_at_ms, error });
        }
    }

    /// A token that has expired meanwhile is renewed, once.
    fn refused(&mut self, now_ms: u64, waiting: Waiting, error: CallError) {
        if error.code() == Some(ErrorCode::Unauthorized) && !waiting.again {
            self.waiting.push_front(Waiting { again: true, ..waiting });
            self.due_at_ms = now_ms;
        } else {
            self.fail(waiting.command.deed(), Failure::Call(error));
        }
    }

    pub(super) fn give_up_waiting(&mut self, why: impl Fn() -> Failure) {
        while let Some(Waiting { command, .. }) = self.waiting.pop_front() {
            self.fail(command.deed(), why());
        }
    }
}

/// Somebody whom the relay can know, and whose name can be printed.
fn signed_in(answer: &Answer) -> Result<SignedIn, CallError> {
    let signed_in: SignedIn = answer.read()?;
    if signed_in.account.is_sound() { Ok(signed_in) } else { Err(CallError::Foreign) }
}
