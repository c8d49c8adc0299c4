//! What a room promises: who hears what, what is acknowledged when, and what is refused.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

mod acknowledged;
#[path = "../chains/mod.rs"]
mod chains;
mod durable;
mod gaps;
mod presence;
mod refused;
#[path = "../relay_kit/mod.rs"]
mod relay_kit;
mod tick;
mod updates;

use bytes::Bytes;
use collab_core::relay::RoomConfig;
use collab_core::wire::{Message, write_awareness};
use relay_kit::Relay;

const NOBODY: &[u8] = &[0];

fn relay() -> Relay {
    Relay::new(RoomConfig::default())
}

fn push(seq: u64, update: &[u8]) -> Message<'_> {
    Message::Push { seq, update }
}

fn presence(client: u64, clock: u64, json: &str) -> Bytes {
    let entry = collab_core::wire::AwarenessEntry { client, clock, json };
    write_awareness([entry].into_iter())
}
