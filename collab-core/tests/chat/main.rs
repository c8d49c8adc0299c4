//! Chats, from the units of one segment to clients of a relay's room.

#[path = "../relay_kit/mod.rs"]
mod relay_kit;

mod kit;
mod talking;
