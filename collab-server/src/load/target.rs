//! Whom the load is put on: an address on this machine, unless somebody vouches for another.

use std::net::SocketAddr;

use tokio::net::lookup_host;
use tokio_tungstenite::tungstenite::http::Uri;

use super::LoadError;
use super::dialect::Dialect;
use super::frame::Opcode;

/// Where a room's name goes in a URL.
const ROOM: &str = "{room}";

/// A relay to load.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) dialect: Dialect,
    host: String,
    path: String,
}

impl Target {
    /// Resolves the URL. Hosts other than loopback are refused unless `is_own_host`.
    pub(super) async fn resolve(
        url: &str,
        dialect: Dialect,
        is_own_host: bool,
    ) -> Result<Self, LoadError> {
        let wrong = || LoadError::Url(url.to_owned());
        // A room's name is put in later; braces are not allowed in a URL.
        let uri: Uri = url.replace(ROOM, "ROOM").parse().map_err(|_| wrong())?;
        if uri.scheme_str() != Some("ws") {
            return Err(wrong());
        }
        let authority = uri.authority().ok_or_else(wrong)?;
        let port = authority.port_u16().unwrap_or(80);
        let name = authority.host().trim_matches(['[', ']']);
        let addresses = lookup_host((name, port)).await?;
        let address = addresses.into_iter().next().ok_or_else(wrong)?;
        if !address.ip().is_loopback() && !is_own_host {
            return Err(LoadError::NotLoopback(address));
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).replace("ROOM", ROOM);
        Ok(Self { address, dialect, host: authority.to_string(), path })
    }

    /// How its frames are marked.
    pub(super) const fn opcode(&self) -> Opcode {
        match self.dialect {
            Dialect::Text => Opcode::Text,
            _ => Opcode::Binary,
        }
    }

    /// The request that opens a WebSocket to this room.
    pub(super) fn request(&self, room: &str) -> String {
        let path = self.path.replace(ROOM, room);
        let subprotocol = match self.dialect {
            Dialect::Collab => "Sec-WebSocket-Protocol: collab.v1\r\n",
            Dialect::YWebsocket | Dialect::Hocuspocus | Dialect::Text => "",
        };
        // The key need not be random: nothing lies between us and the server that could mistake an
        // old answer for a new one (RFC 6455 section 10.3).
        format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             {subprotocol}\r\n",
            self.host
        )
    }
}
