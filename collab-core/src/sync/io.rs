//! What goes into a [`super::Session`] and what comes out.

use std::sync::Arc;

use bytes::Bytes;

use super::ReplicaError;
use crate::log::Refusal;
use crate::wire::{ErrorCode, WireError};

/// What happened outside.
#[derive(Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "fields are described with their variants")]
pub enum Input<'a> {
    /// Connect now, whatever stood in the way: stopped, waiting or refused. On a live connection,
    /// refused channels are opened again.
    Start,
    /// Disconnect and stay so. Edits go on being counted.
    Stop,
    /// [`Output::Connect`] succeeded, with the subprotocol `collab.v1`.
    Connected,
    /// A binary frame arrived.
    Frame(&'a [u8]),
    /// The connection failed or ended by itself; `code` is the WebSocket close code, if there was
    /// one. Never given for a connection that [`Output::Disconnect`] ended.
    Disconnected { code: Option<u16> },
    /// The channel's replica was edited here and contains `update` already. One call is one edit
    /// of [`super::Status::unsaved`].
    Edited { channel: &'a str, update: Bytes },
    /// Own presence to send. Dropped while the channel is not open: [`Output::SendPresence`] asks
    /// again.
    Presence { channel: &'a str, update: Bytes },
    /// The replica was filled from offline storage, in which `unsaved` edits were not yet durable.
    Restored { channel: &'a str, unsaved: u64 },
    /// The network may be there again (the browser's `online` event, a visible page): skip the
    /// wait, or see whether the connection still lives.
    NetworkBack,
    /// A new token, for this connection and later ones. Connects again if the old one was refused.
    Token(String),
    /// Bytes for one other peer of the room.
    Signal { peer: u64, payload: Bytes },
    /// Time passed; see [`super::Session::deadline`].
    Tick,
}

/// What the session wants done, in this order.
#[derive(Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "fields are described with their variants")]
pub enum Output {
    /// Open a connection. Answer: [`Input::Connected`] or [`Input::Disconnected`].
    Connect,
    /// Send one binary frame.
    Send(Bytes),
    /// Close the connection, or stop opening it, and report nothing more of it.
    Disconnect(Cause),
    /// Others' presence arrived: an awareness update.
    PresenceReceived { channel: Arc<str>, update: Bytes },
    /// The channel was opened (`is_new`: what the relay says next tells everybody who is here), or the
    /// relay asks: answer with the whole of one's own presence as [`Input::Presence`], under a new clock.
    SendPresence { channel: Arc<str>, is_new: bool },
    /// [`super::Session::status`] differs from before.
    StatusChanged,
    /// All edits of this channel are durable at the relay: offline storage may clear its mark.
    /// Never said in an ephemeral room.
    Durable { channel: Arc<str> },
    /// Another peer sent a signal.
    SignalReceived { peer: u64, payload: Bytes },
    /// Another `collab.v1` connection entered the room.
    PeerJoined { peer: u64, user: String },
    /// Another `collab.v1` connection left the room.
    PeerLeft { peer: u64 },
    /// The grant ends soon: answer with [`Input::Token`].
    TokenExpiring,
    /// Channels that hold something and may be opened, after [`super::Session::list`]: all with this
    /// prefix after each connect, then each new one. A name may come twice.
    Listed { prefix: &'static str, names: Vec<Arc<str>> },
    /// Something was refused that does not stop the session: a signal, presence, a token.
    Refused { channel: Option<Arc<str>>, code: ErrorCode },
}

/// Why the session ends a connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// [`Input::Stop`].
    Stopped,
    /// No `welcome` in time.
    ConnectTimeout,
    /// Nothing was heard for too long.
    Silent,
    /// The relay broke the protocol.
    Fault(Fault),
}

/// How a relay broke the protocol. The session disconnects and tries again later.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A frame that cannot be read.
    #[error("malformed frame from the relay")]
    Malformed(#[from] WireError),
    /// A message that is not allowed now or in this direction.
    #[error("unexpected message from the relay")]
    Unexpected,
    /// A protocol version that this session does not speak.
    #[error("relay speaks version {0}")]
    Version(u64),
    /// An acknowledgement of a push that was never sent.
    #[error("relay acknowledged push {acknowledged} of {pushed}")]
    Acknowledgement {
        /// What the relay said.
        acknowledged: u64,
        /// The last push sent.
        pushed: u64,
    },
    /// A state vector, or a word about deletions, that cannot be read.
    #[error("malformed state vector or digest")]
    StateVector(#[from] Refusal),
    /// Document bytes that the replica does not take.
    #[error("document bytes from the relay were refused")]
    Replica(#[from] ReplicaError),
    /// The caller has no replica for a channel that it opened.
    #[error("no replica for an open channel")]
    NoReplica,
}

/// Why [`super::Session::deadline`] wants an [`Input::Tick`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// The wait before the next connection ends.
    Reconnect,
    /// The relay has not said `welcome`.
    ConnectTimeout,
    /// A `ping` is due.
    Ping,
    /// The relay has been silent for too long.
    Silence,
    /// The grant ends soon.
    TokenExpiry,
    /// A channel that the store could not serve, or that took no more for now, is opened again.
    Reopen,
}

/// What cannot be listed: see [`crate::wire::LIST_PREFIXES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a prefix that relays list")]
pub struct ListPrefixError;

/// A name that cannot name a channel: see [`crate::wire::is_channel_name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a channel name")]
pub struct ChannelNameError;
