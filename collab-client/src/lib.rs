//! Sockets, timers and reconnects for the pure clients of `collab_core`.
//!
//! A [`Protocol`] says when to connect, what to send and when it wants to be called again; the
//! driver, one tokio task, does it. Programs talk to the task through a [`Handle`], and hear of
//! changes from [`Changes`]. Nothing here knows what is said: that is the protocol's affair.
//!
//! ```no_run
//! # async fn example<P: collab_client::Protocol>(chat: P) -> Result<(), collab_client::Stopped> {
//! use collab_client::{Config, Event, start};
//!
//! let (handle, mut changes) = start(Config::new("ws://127.0.0.1:8080/sync/lobby"), chat);
//! while let Some(event) = changes.next().await {
//!     match event {
//!         Event::Change(change) => { /* what the protocol says */ }
//!         Event::Unreachable(error) => eprintln!("{error}"),
//!         Event::Missed | _ => { /* read all state afresh */ }
//!     }
//!     let answer = handle.call(|chat, now| { /* any method of the protocol */ }).await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | bound | reached |
//! |---|---|
//! | [`COMMANDS_MAX`] commands that wait | [`Handle::call`] waits |
//! | [`UNSENT_MAX_BYTES`] that the socket has not taken | commands wait |
//! | [`CHANGES_MAX`] changes that nobody has read | the oldest is forgotten, [`Event::Missed`] says so |

mod changes;
mod driver;
mod handle;
mod link;
mod protocol;
mod socket;

pub use changes::{CHANGES_MAX, Changes, Event};
pub use handle::{COMMANDS_MAX, Handle, Stopped, start};
pub use link::UNSENT_MAX_BYTES;
pub use protocol::{Input, Output, Protocol};
pub use socket::{Config, ConnectError};
