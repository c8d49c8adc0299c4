//! The client's side of `collab.v1` as input and output: connect, sync, offline, acknowledgements,
//! reconnect.
//!
//! A [`Session`] knows no socket, clock or document. A driver (the npm package, a native client, the
//! simulation) feeds it [`Input`]s with the time, carries out its [`Output`]s in order, and calls
//! it again at [`Session::deadline`]. Documents stay with the caller behind [`Replica`]: the session
//! asks them for state vectors and diffs, and counts edits instead of keeping them.
//!
//! The driving loop:
//!
//! ```text
//! session.open("doc")?;
//! session.handle(now, Input::Start, &mut replicas);
//! loop {
//!     while let Some(output) = session.poll_output() { carry out }
//!     wait for a socket event, an edit, or session.deadline()
//!     session.handle(now, input, &mut replicas);
//! }
//! ```

mod backoff;
mod channel;
mod clock;
mod config;
mod exchange;
mod expiry;
mod io;
mod ledger;
mod link;
mod listing;
mod liveness;
mod progress;
mod push;
mod random;
mod receive;
mod replica;
mod session;
mod status;

pub use config::SessionConfig;
pub use io::{Cause, ChannelNameError, Fault, Input, ListPrefixError, Output, Reason};
pub use progress::Progress;
pub use replica::{Replica, ReplicaError, Replicas};
pub use session::Session;
pub use status::{Phase, Status};
