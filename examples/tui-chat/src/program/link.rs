//! Where a room's connection comes from: a relay, by WebSocket. Another transport has its place here.

use anyhow::Result;
use collab_client::{Changes, Config, Handle};
use collab_core::chat::{Client, ClientConfig, Event};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::identity::{self, Identity};
use super::options::Chat;

/// A client of one room, running in a task of its own.
pub(super) struct Link {
    pub(super) handle: Handle<Client>,
    pub(super) changes: Changes<Event>,
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
pub(super) fn client(identity: &Identity, name: &str) -> Result<Client> {
    let client_id = identity::random()? & CLIENT_ID_MASK | 1 << 31;
    let config = ClientConfig::guest(client_id, identity::random()?, name, &identity.token);
    Ok(Client::new(config))
}

/// Connects it, and keeps it connected.
pub(super) fn connect(url: String, client: Client) -> Link {
    let (handle, changes) = collab_client::start(Config::new(url), client);
    Link { handle, changes }
}
