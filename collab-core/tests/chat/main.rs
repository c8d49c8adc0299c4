//! Chats, from the units of one segment to clients of a relay's room.

#[path = "../relay_kit/mod.rs"]
mod relay_kit;
#[path = "../vectors/mod.rs"]
mod vectors;

mod forged;
mod kit;
mod long;
mod offline;
mod oracle;
mod refused;
mod talking;
mod yjs;
