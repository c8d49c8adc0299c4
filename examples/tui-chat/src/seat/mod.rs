//! Between a chat's client in the core and the app: reads the one into the model, carries out the
//! actions of the other. Whoever moves the client's bytes (tokio, a browser, peers) calls both.

mod account;
mod carry_out;
mod guest_name;
mod names;
mod read;

pub use account::{account_command, tell_who};
pub use carry_out::{NotDone, carry_out};
pub use guest_name::guest_name;
pub use read::{read, refused};
