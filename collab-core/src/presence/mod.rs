//! Who is here, and where: typed awareness states that expire by the caller's time.
//!
//! Speaks the awareness protocol of y-protocols 1.0.7 with the states that y-codemirror.next and
//! y-monaco read and write. Unlike Yrs' awareness it removes a client at the clock it had, and
//! forgets it after a while. It sends nothing: whoever drives it polls its [`Event`]s, and calls
//! [`Presence::tick`] when [`Presence::deadline`] has come.
//!
//! ```
//! use collab_core::Timestamp;
//! use collab_core::presence::{EXPIRY, Event, Presence, State, User};
//!
//! # fn main() -> Result<(), collab_core::presence::PresenceError> {
//! let now = Timestamp::from_millis(0);
//! let (mut alice, mut bob) = (Presence::new(1), Presence::new(2));
//! let user = User { name: "Alice".to_owned(), ..User::default() };
//! alice.set_local(now, Some(State { user, ..State::default() }))?;
//! while let Some(event) = alice.poll_event() {
//!     if let Event::Send(update) = event {
//!         bob.apply(now, &update)?; // in life: sent by a `sync::Session`
//!     }
//! }
//! assert_eq!(bob.people()[0].state.user.name, "Alice");
//! bob.tick(now + EXPIRY);
//! assert!(bob.people().is_empty());
//! # Ok(())
//! # }
//! ```

mod changes;
mod color;
mod people;
mod state;

pub use state::{Selection, State, Status, User};

use std::time::Duration;

use bytes::Bytes;

use crate::Timestamp;
use crate::sorting::sort_unstable;
use crate::wire::{AwarenessEntry, VAR_UINT_MAX, WireError, read_awareness, write_awareness};
use changes::Changes;
use people::{People, Verdict};

/// A client's own state is sent again after this time, changed or not (y-protocols: half of
/// [`EXPIRY`]).
pub const RENEWAL: Duration = Duration::from_secs(15);

/// Others of whom nothing was heard for this long are gone (y-protocols: `outdatedTimeout`).
pub const EXPIRY: Duration = Duration::from_secs(30);

/// The clock of somebody who is gone is remembered for this long, so that a late message does not
/// bring them back.
pub const TOMBSTONE: Duration = Duration::from_secs(60);

/// As many clients are known at once, those that are gone but remembered included. Beyond it the
/// one that has been gone for longest is forgotten; newcomers are ignored if nobody is gone.
pub const CLIENTS_MAX: usize = 10_000;

/// Largest state, as JSON text (PROTOCOL section 5, `awareness_max_bytes`).
pub const STATE_MAX_BYTES: usize = 16 << 10;

/// Largest sum of all states, as JSON text. A state beyond it is ignored.
pub const STATES_MAX_BYTES: usize = 32 << 20;

/// Why presence was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PresenceError {
    /// Not an awareness update. Nothing of it was applied.
    #[error("not an awareness update: {0}")]
    Malformed(#[from] WireError),
    /// Some entries are not JSON, too large, or too many. All others were applied.
    #[error("{entries} entries were ignored")]
    Ignored {
        /// How many.
        entries: usize,
    },
    /// The own state is larger than [`STATE_MAX_BYTES`]; the one before it stays.
    #[error("own state of {bytes} bytes is too large")]
    TooLarge {
        /// Its size as JSON text.
        bytes: usize,
    },
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Send this awareness update to everybody. Several changes since the last poll make one.
    Send(Bytes),
    /// Who came, changed or left since the last poll: client IDs, ascending, oneself included.
    Changed {
        /// Clients that were not here.
        added: Vec<u64>,
        /// Clients whose state differs from the one before; mere renewals do not count.
        updated: Vec<u64>,
        /// Clients that are gone.
        removed: Vec<u64>,
    },
}

/// Somebody who is here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Person<'a> {
    /// Their Yjs client ID.
    pub client: u64,
    /// What they say of themselves, made fit to be shown.
    pub state: &'a State,
}

/// One room's presence, as one of its clients sees it.
#[derive(Debug)]
pub struct Presence {
    client: u64,
    own: Option<Own>,
    /// Grows with everything that is said of this client; 0 until something was.
    clock: u64,
    others: People,
    changes: Changes,
    send_pending: bool,
    /// Whether the connection is new and nobody was heard of on it.
    is_doubtful: bool,
}

/// This client's state.
#[derive(Debug)]
struct Own {
    state: State,
    json: String,
    sent_at: Timestamp,
}

impl Presence {
    /// Knows nobody yet. `client` is the ID of the replica whose positions the cursors are in.
    pub fn new(client: u64) -> Self {
        Self::among(client, People::new(true))
    }

    /// The same for a channel in which presence lasts as long as its connection (PROTOCOL section 7):
    /// nothing is renewed, nobody expires, and the relay says who is gone.
    pub fn lasting(client: u64) -> Self {
        Self::among(client, People::new(false))
    }

    fn among(client: u64, others: People) -> Self {
        let changes = Changes::default();
        let (send_pending, is_doubtful) = (false, false);
        Self { client, own: None, clock: 0, others, changes, send_pending, is_doubtful }
    }

    /// This client's ID.
    pub const fn client(&self) -> u64 {
        self.client
    }

    /// Says something else of oneself; `None` leaves. Does nothing if nothing differs.
    pub fn set_local(&mut self, now: Timestamp, state: Option<State>) -> Result<(), PresenceError> {
        let Some(state) = state else {
            self.leave();
            return Ok(());
        };
        // What others will see is what we show ourselves: names cut, colours filled in.
        let state = State::from_json(self.client, &state.to_json()).unwrap_or(state);
        let json = state.to_json();
        if json.len() > STATE_MAX_BYTES {
            return Err(PresenceError::TooLarge { bytes: json.len() });
        }
        match &self.own {
            Some(own) if own.json == json => return Ok(()),
            Some(_) => self.changes.updated(self.client),
            None => self.changes.added(self.client),
        }
        self.own = Some(Own { state, json, sent_at: now });
        self.announce(now);
        Ok(())
    }

    /// What this client says of itself.
    pub fn local(&self) -> Option<&State> {
        self.own.as_ref().map(|own| &own.state)
    }

    /// Takes what others say, at `now`. Malformed bytes change nothing.
    pub fn apply(&mut self, now: Timestamp, update: &[u8]) -> Result<(), PresenceError> {
        let mut ignored = 0;
        let entries = read_awareness(update)?;
        if std::mem::take(&mut self.is_doubtful) {
            let mut named: Vec<u64> = entries.iter().map(|entry| entry.client).collect();
            sort_unstable(&mut named);
            self.others.remove_unless(&named, &mut self.changes);
        }
        for entry in entries {
            if entry.client == self.client {
                self.hear_of_self(now, entry);
            } else if self.others.hear(now, entry, &mut self.changes) == Verdict::Unfit {
                ignored += 1;
            }
        }
        if ignored == 0 { Ok(()) } else { Err(PresenceError::Ignored { entries: ignored }) }
    }

    /// Renews what is due, and removes who was not heard of.
    pub fn tick(&mut self, now: Timestamp) {
        if self.renewal().is_some_and(|renewal| renewal <= now) {
            self.announce(now);
        }
        self.others.expire(now, &mut self.changes);
    }

    /// When [`Presence::tick`] is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.renewal().into_iter().chain(self.others.next_expiry()).min()
    }

    /// When the own state is due again, if it is ever.
    fn renewal(&self) -> Option<Timestamp> {
        let own = self.own.as_ref().filter(|_| self.others.expires())?;
        Some(own.sent_at + RENEWAL)
    }

    /// After a new connection: the others may have dropped this client at the clock it had, and
    /// this client may have dropped others that the relay still knows. Says oneself again with a
    /// new clock, and believes what the relay says of those who seemed gone. Where presence lasts,
    /// those are gone whom the relay does not name in what it says first.
    pub fn reconnected(&mut self, now: Timestamp) {
        self.others.forget_gone();
        self.is_doubtful = !self.others.expires();
        self.asked(now);
    }

    /// Says oneself again with a new clock, since somebody asks.
    pub fn asked(&mut self, now: Timestamp) {
        if self.own.is_some() {
            self.announce(now);
        }
    }

    /// Everybody who is here, oneself included, by client ID.
    pub fn people(&self) -> Vec<Person<'_>> {
        let person = |(client, state)| Person { client, state };
        let mut people: Vec<_> = self.others.states().map(person).collect();
        if let Some(own) = &self.own {
            let at = people.partition_point(|person| person.client < self.client);
            people.insert(at, person((self.client, &own.state)));
        }
        people
    }

    /// Awareness update of this client alone; without entries if it never said anything.
    pub fn encode_local(&self) -> Bytes {
        write_awareness(self.own_entry().into_iter())
    }

    /// Awareness update of everybody who is here: the answer to a query.
    pub fn encode_all(&self) -> Bytes {
        let entries: Vec<_> = self.others.entries().chain(self.own_entry()).collect();
        write_awareness(entries.into_iter())
    }

    /// The next thing that happened. Poll until `None` after every call that takes `&mut self`.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event> {
        if let Some(changed) = self.changes.take() {
            return Some(changed);
        }
        std::mem::take(&mut self.send_pending).then(|| Event::Send(self.encode_local()))
    }

    fn own_entry(&self) -> Option<AwarenessEntry<'_>> {
        let json = self.own.as_ref().map_or("null", |own| &own.json);
        (self.clock > 0).then_some(AwarenessEntry { client: self.client, clock: self.clock, json })
    }

    fn leave(&mut self) {
        if self.own.take().is_some() {
            self.changes.removed(self.client);
            self.clock += 1;
            self.send_pending = true;
        }
    }

    fn announce(&mut self, now: Timestamp) {
        if let Some(own) = &mut self.own {
            own.sent_at = now;
        }
        self.clock += 1;
        self.send_pending = true;
    }

    /// Nobody else speaks for this client. Who says that it is gone is told otherwise at once; a
    /// state of a higher clock is only outdone by the next renewal, since two replicas that share
    /// an ID would answer each other for ever.
    fn hear_of_self(&mut self, now: Timestamp, entry: AwarenessEntry<'_>) {
        // Beyond this clock nobody could be outdone any more.
        if entry.clock < self.clock || entry.clock > VAR_UINT_MAX / 2 {
            return;
        }
        self.clock = entry.clock;
        if entry.is_removal() && self.own.is_some() {
            self.announce(now);
        }
    }
}
