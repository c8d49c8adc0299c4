//! The pure heart of collab: documents, presence and a transport-agnostic sync protocol.
//!
//! Nothing in this crate reads a clock, opens a socket, starts a thread or draws a random
//! number: time ([`Timestamp`]) and seeds are parameters, bytes go in, bytes and decisions
//! come out. The same code runs in a browser (`collab-wasm`), in a relay (`collab-server`)
//! and in a simulation on a virtual clock (`tests/simulation`).
//!
//! | module | its job |
//! |---|---|
//! | [`wire`] | bytes to messages and back: y-protocols, and the extension `collab.v1` |
//! | [`log`] | encoded updates without a document: check, merge, diff, compaction |
//! | [`relay`] | the server's room: who is here, what may they do, what goes to whom |
//! | [`document`] | a room's text files, compatible with Yjs: edits, deltas, undo, sticky positions |
//! | [`chat`] | messages in segments, conversations, and a client that only chats |
//! | [`command`] | what people type into a chat: slash commands, direct messages, completion |
//! | [`presence`] | typed awareness: who is here, where is their cursor |
//! | [`sync`] | the client's session: connect, sync, offline, acknowledgements, reconnect |
//!
//! The formats are specified in `PROTOCOL.md`, the design in `ARCHITECTURE.md`.

pub mod chat;
pub mod command;
pub mod document;
pub mod log;
pub mod presence;
pub mod relay;
mod sorting;
pub mod sync;
mod time;
pub mod wire;

pub use time::Timestamp;
