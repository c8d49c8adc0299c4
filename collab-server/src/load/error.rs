//! Why a load could not be put on, or measured.

use std::net::SocketAddr;

use collab_core::document::DocumentError;
use collab_core::log::Refusal;
use collab_core::wire::WireError;

/// Nothing was lost without a report: these end the run, or one connection of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// Not `ws://HOST[:PORT]/...`.
    #[error("{0:?} is not a URL of the form ws://HOST:PORT/PATH, with {{room}} in the path")]
    Url(String),
    /// Nobody has vouched for this host.
    #[error(
        "{0} is not on this machine: load is put on loopback addresses only, unless you say \
         --i-own-this-host"
    )]
    NotLoopback(SocketAddr),
    /// More than can be opened.
    #[error("{count} connections; allowed are {max}")]
    Connections { count: usize, max: usize },
    /// The network, or the limit of open files.
    #[error("the connection fails")]
    Connect(#[from] std::io::Error),
    /// What was said instead of 101.
    #[error("no WebSocket here: {0}")]
    NoUpgrade(String),
    /// A byte of a frame's head that is masked, fragmented, or no opcode.
    #[error("a WebSocket frame starts with {0:#04x}, which no relay sends")]
    Frame(u8),
    /// Not a message of the dialect.
    #[error("not a message of this dialect")]
    Wire(#[from] WireError),
    /// Not an update.
    #[error("not an update")]
    Update(#[from] Refusal),
    /// With the code of the dialect.
    #[error("refused with code {0}")]
    Refused(u64),
    /// With the code of the close frame, if there was one.
    #[error("closed by the relay, code {0:?}")]
    Closed(Option<u16>),
    /// Not synced in time.
    #[error("no answer in time")]
    Slow,
    /// A template of tokens that gives an empty one.
    #[error("a chat needs a token; {{secret}} and {{name}} are filled in")]
    NoSecret,
    /// A dialect that has nothing of what the scenario needs.
    #[error("the scenario cannot be had in this dialect")]
    Dialect,
    /// A document to load could not be written.
    #[error("cannot write a document")]
    Document(#[from] DocumentError),
    /// Gone, somebody else's, or not on Linux.
    #[error("cannot read /proc/{pid}: --pid needs Linux and a process that runs")]
    Process { pid: u32, source: Option<std::io::Error> },
}
