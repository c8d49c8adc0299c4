//! A peer: a relay of its own that others dial, and a mirror to each peer that it knows.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use collab_client::{Config, Handle, start};
use collab_core::chat::Seal;
use collab_core::relay::Authorship;
use collab_server::{EphemeralStore, Relay, RelayConfig, RoomName, RoomNameError};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::beacon::Beacon;
use crate::dial::{Dialler, Known, PEERS_MAX, Reach};
use crate::links::Links;
use crate::serve::{self, Door, KeyHolders};
use crate::{CHANNELS_MAX, Identity, PRESENT_MAX, identity, tls};

/// Connections of a peer's relay: those of its own, one for each mirror among them, and those of others.
const CONNECTIONS_MAX: usize = 256;

/// Connections of others from one address.
const ADDRESS_CONNECTIONS_MAX: usize = 64;

/// Messages that a mirror brings at once. Who floods is dealt with where they write.
const UNITS_MAX: u32 = 1_000_000;

/// Largest presence of one of them: a name, an address, a key and a signature.
const PRESENCE_MAX_BYTES: u64 = 2 << 10;

/// A peer that does not answer is gone after this long: there is nobody else to notice.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(15);
const PING_INTERVAL: Duration = Duration::from_secs(5);

/// Time for last words to the peers that are linked.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(2);

/// Where and as whom a peer meets others.
#[derive(Debug)]
pub struct PeerConfig {
    /// The name of the room; only peers with the same one meet.
    pub room: String,
    /// Where others may dial; `None`: only this peer dials others.
    pub listen: Option<SocketAddr>,
    /// What others should dial, if that differs from `listen`.
    pub announce: Option<SocketAddr>,
    /// Peers to dial, always: hosts and ports.
    pub peers: Vec<String>,
}

/// Why a peer did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeerError {
    /// The room's name.
    #[error(transparent)]
    Room(#[from] RoomNameError),
    /// The address cannot be listened at.
    #[error("cannot listen at {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The key does not serve for TLS.
    #[error("no TLS with this key")]
    Tls(#[from] rustls::Error),
}

/// A running peer. It stops when it is dropped.
#[derive(Debug)]
pub struct Peer {
    address: SocketAddr,
    links: Links,
    seal: Seal,
    relay: Relay,
    serving: JoinHandle<()>,
    dialling: JoinHandle<()>,
    known: Known,
    beacon: Handle<Beacon>,
    leaves: watch::Sender<bool>,
}

impl Peer {
    /// Listens, dials the known peers, and dials whomever they know.
    pub async fn start(identity: Arc<Identity>, config: PeerConfig) -> Result<Self, PeerError> {
        let room = RoomName::new(&config.room)?;
        let address = config.listen.unwrap_or((Ipv4Addr::LOCALHOST, 0).into());
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|source| PeerError::Listen { address, source })?;
        let address = listener.local_addr().unwrap_or(address);
        let relay = relay(&room);
        let reach = Arc::<Reach>::default();
        let links = Links::new(Arc::clone(&identity), room.clone(), address)?;
        let door = Door {
            tls: tls::server_config(&identity)?,
            app: Router::new().nest("/sync", relay.router()),
            reach: Arc::clone(&reach),
            own: identity.public_key(),
        };
        let serving = tokio::spawn(serve::serve(listener, door));
        let own = config.announce.or_else(|| announced(config.listen.map(|_| address)));
        let seal = Seal { room: room.as_str().into(), signer: Arc::clone(&identity) as Arc<_> };
        let (learn, learned) = mpsc::channel(PEERS_MAX);
        let (beacon, _) = start(links.here(), Beacon::new(seal.clone(), own, learn));
        let (leaves, known) = (watch::Sender::new(false), Known::default());
        let dialler = Dialler::new(links.clone(), reach, leaves.subscribe(), known.clone());
        let dialling = tokio::spawn(dialler.run(config.peers, learned));
        Ok(Self { address, links, seal, relay, serving, dialling, known, beacon, leaves })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// How this peer's own client connects to it.
    pub fn local(&self) -> Config {
        self.links.here()
    }

    /// What this peer's own client seals its messages with.
    pub fn seal(&self) -> Seal {
        self.seal.clone()
    }

    /// The addresses of all peers that it knows, and dials.
    pub fn known(&self) -> Vec<String> {
        self.known.addresses()
    }

    /// Leaves: everybody is told, and the connections are closed.
    pub async fn stop(mut self) {
        self.beacon.stop().await;
        self.leaves.send_replace(true);
        self.relay.shutdown().await;
        // Who cannot be told in time sees it by themselves.
        let _ = timeout(GOODBYE_TIMEOUT, &mut self.dialling).await;
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.serving.abort();
        self.dialling.abort();
    }
}

fn relay(room: &RoomName) -> Relay {
    let mut config = RelayConfig::default();
    config.room.channels_max = CHANNELS_MAX;
    config.room.room_channels_max = CHANNELS_MAX;
    config.room.chat.rate_per_s = UNITS_MAX;
    config.room.chat.burst = UNITS_MAX;
    config.room.chat.push_units_max = UNITS_MAX as usize;
    // Whoever brings a message, its author has signed it.
    config.room.authorship =
        Authorship::Sealed { room: room.as_str().into(), verify: identity::verify };
    config.room.awareness_clients_max = PRESENT_MAX;
    config.room.limits.awareness_max_bytes = PRESENCE_MAX_BYTES;
    config.connections_max = CONNECTIONS_MAX;
    config.room_connections_max = CONNECTIONS_MAX;
    config.address_connections_max = ADDRESS_CONNECTIONS_MAX;
    config.ping_interval = PING_INTERVAL;
    config.silence_timeout = SILENCE_TIMEOUT;
    let authorizer = KeyHolders { room: room.as_str().to_owned() };
    Relay::builder().store(EphemeralStore::default()).authorizer(authorizer).limits(config).build()
}

/// What others may dial, unless only this machine knows what it means.
fn announced(listen: Option<SocketAddr>) -> Option<SocketAddr> {
    listen.filter(|address| !address.ip().is_unspecified())
}
