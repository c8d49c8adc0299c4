//! What a room promises those who chat: nobody writes, changes or deletes in another's name, nobody
//! hears of a conversation of two others, and nobody can say so much that others suffer.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

mod authorship;
#[path = "../chat_kit/mod.rs"]
mod chat_kit;
mod crimes;
mod direct;
mod kit;
mod limits;
mod people;
#[path = "../relay_kit/mod.rs"]
mod relay_kit;
mod sealed_people;
