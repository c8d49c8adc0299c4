//! Who one is at a server, kept over time: a guest at once, a member by a password, the same person
//! again with the next start. Renews tokens before they end, and carries out what people ask for.
//!
//! Sans IO and without a clock: [`SignIn::handle`] takes what happened, [`SignIn::poll_output`] says
//! what to do, [`SignIn::deadline`] when to look again. Programs on tokio let `keep_signed_in` do all
//! that; a page in a browser carries calls out with `fetch`.

mod answered;
mod io;
mod retry;
#[cfg(test)]
mod tests;

pub use io::{Cause, Command, Deed, Event, Failure, Input, Output};

use std::collections::VecDeque;

use crate::{Call, Keep, Secret, SignedIn};
use retry::Retry;

/// How long before its end an access token is replaced: before the relay asks for it.
const RENEWAL_MARGIN_MS: u64 = 120_000;
/// Between two renewals, whatever the clock says, and however often the relay refuses what it gets.
const RENEWAL_PAUSE_MS: u64 = 10_000;
/// So many commands may wait for their turn.
const COMMANDS_MAX: usize = 8;

/// Comes back to the account that a device keeps, or begins as a new guest, and stays signed in.
#[derive(Debug)]
pub struct SignIn {
    /// What a newcomer would like to be called.
    wish: Option<String>,
    accounts: Accounts,
    /// Who one is; none until the server has answered.
    signed_in: Option<SignedIn>,
    /// The call that is on its way: they go one after the other, since a late answer to an old one
    /// would undo the newer.
    asked: Option<Asked>,
    waiting: VecDeque<Waiting>,
    /// When to ask for tokens next, by Unix time in ms.
    due_at_ms: u64,
    retry: Retry,
    outputs: VecDeque<Output>,
}

/// Whether the server keeps accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accounts {
    Unknown,
    Kept,
    None,
}

/// What was asked.
#[derive(Debug)]
enum Asked {
    Probe,
    Refresh { with: Secret },
    Guest { cause: Cause },
    Wish { cause: Cause },
    Command(Waiting),
}

/// A command, and whether it is tried for the second time, with a new token.
#[derive(Debug)]
struct Waiting {
    command: Command,
    again: bool,
}

impl SignIn {
    /// Waits for [`Input::Start`]. `wish` is what a newcomer would like to be called; an account that
    /// is there already keeps its name. `seed` is random: many clients do not come back at once.
    pub fn new(wish: Option<String>, seed: u64) -> Self {
        Self {
            wish,
            accounts: Accounts::Unknown,
            signed_in: None,
            asked: None,
            waiting: VecDeque::new(),
            due_at_ms: u64::MAX,
            retry: Retry::new(seed),
            outputs: VecDeque::new(),
        }
    }

    /// Takes what happened at `now_ms`, Unix time.
    pub fn handle(&mut self, now_ms: u64, input: Input, keep: &mut dyn Keep) {
        match input {
            Input::Start => self.due_at_ms = now_ms,
            Input::Do(command) => self.enqueue(now_ms, command),
            Input::Renew => self.due_at_ms = self.due_at_ms.min(self.retry.pause_ends_at(now_ms)),
            Input::Answered(answer) => self.answered(now_ms, &answer, keep),
            Input::Unanswered(error) => self.unanswered(now_ms, error),
            Input::Tick => {}
        }
        self.go_on(now_ms, keep);
    }

    /// The next thing to do. Poll until `None` after each input.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Tick`] is due, by Unix time in ms.
    pub fn deadline(&self) -> Option<u64> {
        let waits = self.asked.is_none() && self.accounts != Accounts::None;
        (waits && self.due_at_ms < u64::MAX).then_some(self.due_at_ms)
    }

    /// Takes a command, unless it is clear that it cannot be carried out.
    fn enqueue(&mut self, now_ms: u64, command: Command) {
        let is_away = self.signed_in.is_none() && self.asked.is_none() && self.due_at_ms > now_ms;
        let failure = match self.accounts {
            Accounts::None => Failure::NoAccounts,
            _ if is_away => Failure::Away,
            _ if self.waiting.len() >= COMMANDS_MAX => Failure::Busy,
            _ => return self.waiting.push_back(Waiting { command, again: false }),
        };
        self.fail(command.deed(), failure);
    }

    /// Asks for what is due, if no answer is awaited.
    fn go_on(&mut self, now_ms: u64, keep: &mut dyn Keep) {
        if self.asked.is_some() || self.accounts == Accounts::None {
            return;
        }
        if self.due_at_ms <= now_ms {
            self.come_back(now_ms, keep);
        } else if let Some(signed_in) = &self.signed_in
            && let Some(waiting) = self.waiting.pop_front()
        {
            let call = waiting.command.call(&signed_in.access_token);
            self.ask(Asked::Command(waiting), call);
        }
    }

    /// Asks for tokens, first whether there are any.
    fn come_back(&mut self, now_ms: u64, keep: &mut dyn Keep) {
        if self.accounts == Accounts::Unknown {
            return self.ask(Asked::Probe, Call::probe());
        }
        let in_memory = || self.signed_in.as_ref()?.refresh_token.clone();
        match keep.recall() {
            Ok(token) => match token.or_else(in_memory) {
                Some(with) => {
                    let call = Call::refresh(with.clone());
                    self.ask(Asked::Refresh { with }, call);
                }
                None => self.ask(Asked::Guest { cause: Cause::Newcomer }, Call::guest()),
            },
            // A new guest in place of an account that cannot be read would lose it.
            Err(error) => {
                self.tell(Event::NotRecalled(error));
                self.due_at_ms = self.retry.next_at(now_ms, None);
                if self.signed_in.is_none() {
                    self.give_up_waiting(|| Failure::Away);
                }
            }
        }
    }

    fn ask(&mut self, asked: Asked, call: Call) {
        self.asked = Some(asked);
        self.outputs.push_back(Output::Call(call));
    }

    fn tell(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    fn fail(&mut self, deed: Deed, failure: Failure) {
        self.tell(Event::Failed { deed, failure });
    }
}
