//! Sockets, timers and reconnects for the pure clients of `collab_core`.
//!
//! A [`Protocol`] says when to connect, what to send and when it wants to be called again; the
//! driver, one tokio task, does it. Programs talk to the task through a [`Handle`], and hear of
//! changes from [`Changes`]. What is said is the protocol's affair; `collab_core::chat::Client` is one.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use collab_client::{Config, Event, start};
//! use collab_core::chat::{Client, ClientConfig, Place, guest_token};
//!
//! let token = guest_token([7; 20]); // random, drawn once and kept
//! let chat = Client::new(ClientConfig::guest(1 << 40, 42, "Ada", &token));
//! let (handle, mut changes) = start(Config::new("ws://127.0.0.1:8080/sync/lobby"), chat);
//! handle.call(|chat, now| chat.say(now, &Place::Room, "hello", None)).await??;
//! while let Some(event) = changes.next().await {
//!     match event {
//!         Event::Change(change) => println!("{change:?}"),
//!         Event::Unreachable(error) => eprintln!("{error}"),
//!         Event::Missed | _ => { /* read all state afresh */ }
//!     }
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
mod chat;
mod driver;
mod handle;
mod link;
mod protocol;
mod socket;

pub use changes::{CHANGES_MAX, Changes, Event};
pub use handle::{COMMANDS_MAX, Handle, Stopped, prepare, start};
pub use link::UNSENT_MAX_BYTES;
pub use protocol::{Input, Output, Protocol};
pub use socket::{Config, ConnectError};
