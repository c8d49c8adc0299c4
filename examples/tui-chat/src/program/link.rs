//! Where a room's connection comes from: a relay, or this program as a peer among peers.

use std::sync::Arc;

use anyhow::Result;
use collab_client::{Changes, Config, Handle};
use collab_core::chat::{Client, ClientConfig, Event, Input};
use collab_core::sync::SessionConfig;
use collab_peer::{Peer, PeerConfig};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::identity::{self, Identity};
use super::options::Chat;
use super::who::Who;

/// A client of one room, running in a task of its own.
pub(super) struct Link {
    pub(super) handle: Handle<Client>,
    pub(super) changes: Changes<Event>,
    /// This program's part in a room without a server.
    peer: Option<Peer>,
}

/// Client IDs are Yjs client IDs: 53 bits, few of which collide.
const CLIENT_ID_MASK: u64 = (1 << 53) - 1;

/// The address of a room.
pub(super) fn url(options: &Chat, room: &str) -> String {
    let scheme = if options.tls { "wss" } else { "ws" };
    // An IPv6 address stands in brackets.
    let host = if options.host.contains(':') && !options.host.starts_with('[') {
        format!("[{}]", options.host)
    } else {
        options.host.clone()
    };
    let room = utf8_percent_encode(room, NON_ALPHANUMERIC);
    format!("{scheme}://{host}:{}/sync/{room}", options.port)
}

/// A client that is not connected yet.
pub(super) fn client(who: &Who) -> Result<Client> {
    let (client_id, seed) = (client_id()?, identity::random()?);
    let session = SessionConfig::new("", seed);
    let (user, name) = (who.user.clone(), who.name.clone());
    Ok(Client::new(ClientConfig { client_id, name, user, seal: None, session }))
}

/// Runs it; [`Link::come_as`] connects.
pub(super) fn prepare(url: String, client: Client) -> Link {
    let (handle, changes) = collab_client::prepare(Config::new(url), client);
    Link { handle, changes, peer: None }
}

/// Becomes a peer in a room, and a client of oneself that waits to be given what was not sent.
pub(super) async fn meet(
    options: &Chat,
    identity: &Identity,
    room: &str,
) -> Result<(Peer, ClientConfig)> {
    let config = PeerConfig {
        room: room.to_owned(),
        listen: options.listen,
        announce: options.announce,
        peers: options.peers.clone(),
    };
    let peer = Peer::start(Arc::new(identity.key()?), config).await?;
    let (client_id, seed) = (client_id()?, identity::random()?);
    let client = ClientConfig::peer(client_id, seed, &identity.name, peer.seal());
    Ok((peer, client))
}

/// Connects a peer's own client, and keeps it connected.
pub(super) fn connect_to_self(peer: Peer, client: Client) -> Link {
    let (handle, changes) = collab_client::start(peer.local(), client);
    Link { handle, changes, peer: Some(peer) }
}

impl Link {
    /// Connects, or goes on, by this token.
    pub(super) async fn come_as(&self, token: String, is_first: bool) {
        let come = move |client: &mut Client, now| {
            client.handle(now, Input::Token(token));
            if is_first {
                client.handle(now, Input::Start);
            }
        };
        // A client that has stopped stays so.
        let _ = self.handle.call(come).await;
    }

    /// Takes leave of the others.
    pub(super) async fn stop(self) {
        self.handle.stop().await;
        if let Some(peer) = self.peer {
            peer.stop().await;
        }
    }
}

fn client_id() -> Result<u64> {
    Ok(identity::random()? & CLIENT_ID_MASK | 1 << 31)
}
