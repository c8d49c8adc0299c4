//! Keeps one room of two relays the same: what is new in one is pushed into the other.
//!
//! A mirror has two ends, a session with each relay, that share the channels' logs and the presence.
//! Each end is driven by a task of its own (`collab_client`); [`run`] carries the word that there is
//! news from one to the other. Nothing is decided here: what may enter a room is its relay's affair.

mod end;
mod people;
mod shared;

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use collab_client::{Config, ConnectError, Event, Handle, start};
use collab_core::sync::SessionConfig;
use tokio::select;
use tokio::sync::watch;
use tokio::time::sleep_until;

use end::{End, Told};
use shared::{Shared, Side};

use crate::random::random;

/// Longest wait before a peer that the user gave is dialled again: somebody may sit there and wait.
const GIVEN_BACKOFF_MAX: Duration = Duration::from_secs(8);

/// How long a mirror goes on.
pub(crate) struct Term {
    /// This peer leaves: the mirror ends with the connection to this peer's relay.
    pub(crate) leaves: watch::Receiver<bool>,
    /// Told since when the other relay is away.
    pub(crate) down_since: watch::Sender<Option<Instant>>,
    /// How long it may be away, and be somebody else; `None`: for ever.
    pub(crate) patience: Option<Duration>,
}

/// Why a mirror ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// This peer leaves.
    Left,
    /// The other relay was there and is away for too long.
    Lost,
    /// It never was there.
    Unreachable,
    /// Somebody else answers there, or nobody who speaks TLS.
    WrongKey,
}

/// The two ends as they are driven.
struct Mirror {
    here: Handle<End>,
    there: Handle<End>,
    term: Term,
    was_linked: bool,
}

/// Mirrors the relay of this peer here and another one there.
pub(crate) async fn run([here, there]: [Config; 2], term: Term) -> Ending {
    let shared = Arc::new(Mutex::new(Shared::new()));
    let drive = |side, config| {
        let mut session = SessionConfig::new("", random());
        if term.patience.is_none() {
            session.backoff_max = GIVEN_BACKOFF_MAX;
        }
        start(config, End::new(side, session, Arc::clone(&shared)))
    };
    let (here, mut ours) = drive(Side::Here, here);
    let (there, mut theirs) = drive(Side::There, there);
    let mut mirror = Mirror { here, there, term, was_linked: false };
    loop {
        let ending = select! {
            event = ours.next() => mirror.hear(Side::Here, event).await,
            event = theirs.next() => mirror.hear(Side::There, event).await,
            () = mirror.patience() => Some(mirror.given_up()),
        };
        if let Some(ending) = ending {
            // What was passed on is still sent.
            mirror.there.stop().await;
            return ending;
        }
    }
}

impl Mirror {
    /// Lets one end take what the other has heard, and sees whether that was the last.
    async fn hear(&mut self, from: Side, event: Option<Event<Told>>) -> Option<Ending> {
        let is_pinned = self.term.patience.is_some();
        match event {
            Some(Event::Unreachable(ConnectError::Tls(_))) if from == Side::There && is_pinned => {
                return Some(Ending::WrongKey);
            }
            // A peer that is away comes back, or does not.
            Some(Event::Unreachable(_)) => return None,
            Some(_) => {}
            None => return Some(Ending::Left),
        }
        let (end, other) = match from {
            Side::Here => (&self.here, &self.there),
            Side::There => (&self.there, &self.here),
        };
        let taken = other.call(End::take_news).await;
        let is_linked = end.call(|end, _| end.is_linked()).await;
        match (taken, is_linked) {
            (Ok(()), Ok(is_linked)) => self.linked(from, is_linked),
            _ => Some(Ending::Left),
        }
    }

    fn linked(&mut self, side: Side, is_linked: bool) -> Option<Ending> {
        if side == Side::Here {
            return (!is_linked && *self.term.leaves.borrow()).then_some(Ending::Left);
        }
        self.was_linked |= is_linked;
        self.term.down_since.send_if_modified(|down_since| {
            let is_news = is_linked == down_since.is_some();
            if is_news {
                *down_since = (!is_linked).then(Instant::now);
            }
            is_news
        });
        None
    }

    /// Ends when the other relay was away for too long.
    async fn patience(&self) {
        let down_since = *self.term.down_since.borrow();
        match (self.term.patience, down_since) {
            (Some(patience), Some(since)) => sleep_until((since + patience).into()).await,
            _ => pending().await,
        }
    }

    const fn given_up(&self) -> Ending {
        if self.was_linked { Ending::Lost } else { Ending::Unreachable }
    }
}
