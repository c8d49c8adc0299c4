//! The server's room as input and output: who is here, what may they do, what goes to whom.
//!
//! A driver owns one [`Room`] per room name, feeds it [`Input`]s and carries out [`Output`]s, in
//! order. A channel is a snapshot and a tail of encoded updates; it is never materialised as a
//! document. Bytes from a peer are checked here before anything else sees them.
//!
//! The driving loop:
//!
//! ```text
//! room.handle(now, input);
//! while let Some(output) = room.poll_output() { carry out }
//! if room.is_idle() { drop the room }
//! ```

mod acknowledge;
mod channel;
mod chat;
mod coming_and_going;
mod io;
mod limits;
mod peer;
mod presence;
mod push;
mod receive;
mod sorted;
mod stored;
mod tell;
mod tick;
mod work;

pub use chat::{Authorship, ChatLimits};
pub use io::{
    ChannelName, Class, Counter, EntryNo, Input, LoadFailure, Output, PeerId, Position, Stored,
};
pub use limits::RoomConfig;
pub use sorted::SortedMap;
pub use tell::keep_alive;
pub use work::{Finished, Job};

use std::collections::VecDeque;
use std::sync::Arc;

use smallvec::SmallVec;

use self::channel::Channels;
use self::chat::{Listings, Rates};
use self::peer::Peer;
use crate::Timestamp;
use crate::wire::ErrorCode;

/// The version of `collab.v1` that `welcome` names.
pub const VERSION: u64 = 1;

/// One room's state.
#[derive(Debug)]
pub struct Room {
    config: Arc<RoomConfig>,
    peers: SortedMap<PeerId, Peer>,
    /// The highest peer that ever joined; peers are numbered in the order in which they come.
    newest_peer: PeerId,
    channels: Channels,
    /// Channels with something for the end of the tick, and since when.
    ticking: SmallVec<[u64; 1]>,
    ticking_since: Timestamp,
    store_ok: bool,
    next_sweep: Timestamp,
    /// How much users have written into chats lately.
    rates: Rates,
    /// Among peers: what verifying presence has cost, by who brought it.
    verified: Rates,
    /// Which chats there are, once somebody has asked.
    listings: Option<Box<Listings>>,
    /// When the first `durable` has waited for long enough.
    next_ride_end: Timestamp,
    going_away: bool,
    outputs: VecDeque<Output>,
}

impl Room {
    /// A room that knows nothing yet; the first peer that opens a channel makes it load.
    pub fn new(config: impl Into<Arc<RoomConfig>>) -> Self {
        Self {
            config: config.into(),
            peers: SortedMap::default(),
            newest_peer: PeerId(0),
            channels: Channels::default(),
            ticking: SmallVec::new(),
            ticking_since: Timestamp::NEVER,
            store_ok: true,
            next_sweep: Timestamp::NEVER,
            rates: Rates::default(),
            verified: Rates::default(),
            listings: None,
            next_ride_end: Timestamp::NEVER,
            going_away: false,
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input at `now` (Unix time in ms) and queues what follows from it.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        if !matches!(input, Input::Frame { .. } | Input::Durable { .. }) {
            self.end_tick(now);
        }
        match input {
            Input::Join { peer, dialect, grant } => self.join(now, peer, dialect, grant),
            Input::Frame { peer, frame } => self.receive(now, peer, &frame),
            Input::Overflowed { peer } => self.resync(now, peer),
            Input::PresenceDropped { peer } => self.resend_presence(peer),
            Input::Regrant { peer, grant } => self.regrant(now, peer, grant),
            Input::TokenRefused { peer } => {
                self.refuse(peer, 0, ErrorCode::Unauthorized, 0, "token refused");
            }
            Input::Leave { peer } => self.leave(now, peer),
            Input::Listed { prefix, names } => self.listed(now, prefix, names),
            Input::Loaded { channel, stored } => self.loaded(now, channel, stored),
            Input::Durable { channel, entry, position } => {
                self.durable(now, &channel, entry, position);
            }
            Input::StoreLate => self.store_late(),
            Input::StoreHealth { ok } => self.store_health(ok),
            Input::Finished(finished) => self.finished(now, finished),
            Input::Replaced { channel, upto: _, ok } => self.replaced(&channel, ok),
            Input::GoingAway { retry_after_ms } => self.going_away(now, retry_after_ms),
            Input::Tick => {}
        }
        if now >= self.next_sweep {
            self.end_tick(now);
            self.sweep(now);
        }
        if now >= self.next_ride_end {
            self.end_rides(now);
        }
        self.ticking_since = match self.ticking[..] {
            [] => Timestamp::NEVER,
            _ => self.ticking_since.min(now),
        };
    }

    /// The next thing to carry out.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        let output = self.outputs.pop_front();
        if output.is_none() {
            // An idle room holds no buffer.
            self.outputs = VecDeque::new();
        }
        output
    }

    /// When [`Input::Tick`] is due next, if at all. While updates wait to be stored, forwarded and
    /// acknowledged it is due at once, but whoever has frames at hand hands them in before.
    pub fn deadline(&self) -> Option<Timestamp> {
        let due = self.next_sweep.min(self.next_ride_end).min(self.ticking_since);
        (due < Timestamp::NEVER).then_some(due)
    }

    /// Whether updates or awareness wait for the end of a tick.
    pub fn is_ticking(&self) -> bool {
        !self.ticking.is_empty()
    }

    /// Whether nobody is here and nothing is under way: the driver may drop the room.
    pub fn is_idle(&self) -> bool {
        self.peers.is_empty() && self.channels.iter().all(channel::Channel::is_settled)
    }
}
