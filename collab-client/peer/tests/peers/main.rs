//! Peers that talk without a relay, over real sockets on the loopback.

#![allow(clippy::unwrap_used, reason = "test code")]

mod chain;
mod dialling;
mod kit;
mod presence;
mod trust;
mod wire;
