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

mod io;
mod limits;
mod work;

pub use io::{
    ChannelName, Class, Counter, EntryNo, Input, LoadFailure, Output, PeerId, Position, Stored,
};
pub use limits::RoomConfig;
pub use work::{Finished, Job};

use std::collections::VecDeque;

use bytes::Bytes;

use crate::Timestamp;
use crate::wire::{Dialect, Message};

/// One room's state.
#[derive(Debug)]
pub struct Room {
    outputs: VecDeque<Output>,
}

impl Room {
    /// A room that knows nothing yet; its first peer makes it load.
    pub fn new(_config: RoomConfig) -> Self {
        Self { outputs: VecDeque::new() }
    }

    /// Takes one input at `now` (Unix time in ms) and queues what follows from it.
    pub fn handle(&mut self, _now: Timestamp, _input: Input) {}

    /// The next thing to carry out.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Tick`] is due next, if at all.
    pub fn deadline(&self) -> Option<Timestamp> {
        None
    }

    /// Whether nobody is here and nothing waits to become durable: the driver may drop the room.
    pub fn is_idle(&self) -> bool {
        true
    }
}

/// A frame that means nothing, sent to a peer that has heard nothing for 25 s: y-websocket
/// reconnects after 30 s without data, and WebSocket pings do not count.
pub fn keep_alive(dialect: Dialect) -> Bytes {
    match dialect {
        Dialect::Plain => Message::Awareness(&[0]).frame(dialect, 0),
        Dialect::V1 => Message::Ping { nonce: 0 }.frame(dialect, 0),
    }
}
