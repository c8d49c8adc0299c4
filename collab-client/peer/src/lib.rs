//! Rooms without a server: every peer runs a relay of its own and mirrors those of the peers that it
//! knows.
//!
//! ```text
//! client -> own relay <- mirror -> TLS -> other peer's relay <- mirror ...
//! ```
//!
//! Links are TLS 1.3 between bare Ed25519 keys. What travels is `collab.v1`, as with any relay, so
//! whatever joins a room through a server joins it through a peer. Who wrote a message is proven by
//! its signature, since it may come through many hands (PROTOCOL section 7, "Peers").

mod beacon;
mod dial;
mod identity;
mod links;
mod mirror;
mod node;
mod random;
mod serve;
mod tls;

pub use dial::PEERS_MAX;
pub use identity::{Identity, IdentityError, PublicKey};
pub use node::{Peer, PeerConfig, PeerError};

/// Channels of a room, and of one connection: a mirror has all segments of a chat open.
pub(crate) const CHANNELS_MAX: usize = 4096;

/// People who are present in a room; beyond it those are forgotten who were not heard of for longest.
pub(crate) const PRESENT_MAX: usize = 1024;
