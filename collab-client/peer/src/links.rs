//! How a connection to a peer's relay is made: its own, or another one.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use collab_client::Config;
use collab_server::RoomName;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rustls::Error;

use crate::{Identity, PublicKey, tls};

/// Connections that one identity opens in one room.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    identity: Arc<Identity>,
    room: RoomName,
    here: Config,
}

impl Links {
    /// `listen` is where this peer's own relay listens.
    pub(crate) fn new(
        identity: Arc<Identity>,
        room: RoomName,
        listen: SocketAddr,
    ) -> Result<Self, Error> {
        let here = config(&identity, &room, &local(listen), Some(identity.public_key()))?;
        Ok(Self { identity, room, here })
    }

    /// Who opens them.
    pub(crate) fn own(&self) -> PublicKey {
        self.identity.public_key()
    }

    /// To this peer's own relay.
    pub(crate) fn here(&self) -> Config {
        self.here.clone()
    }

    /// To the relay at an address: of whoever holds `whose`, or of anybody.
    pub(crate) fn to(&self, address: &str, whose: Option<PublicKey>) -> Result<Config, Error> {
        config(&self.identity, &self.room, address, whose)
    }
}

fn config(
    identity: &Identity,
    room: &RoomName,
    address: &str,
    whose: Option<PublicKey>,
) -> Result<Config, Error> {
    let room = utf8_percent_encode(room.as_str(), NON_ALPHANUMERIC);
    let tls = Some(tls::client_config(identity, whose)?);
    Ok(Config { tls, ..Config::new(format!("wss://{address}/sync/{room}")) })
}

/// How to reach from here what listens at `address`, which may be all interfaces.
fn local(address: SocketAddr) -> String {
    let ip = match address {
        SocketAddr::V4(_) if address.ip().is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) if address.ip().is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        _ => address.ip(),
    };
    SocketAddr::new(ip, address.port()).to_string()
}
