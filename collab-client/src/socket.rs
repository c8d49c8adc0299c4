//! Opening a WebSocket that speaks `collab.v1`, over TLS where the URL says `wss`.

use std::io::ErrorKind;
use std::sync::{Arc, OnceLock};

use collab_core::wire::SUBPROTOCOL;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
};

/// Large enough for what any relay sends by default (PROTOCOL section 5: `frame_max_bytes`), with
/// room for snapshots, which are larger.
const FRAME_MAX_BYTES: usize = 80 << 20;
/// Read at once. An idle client keeps this much.
const READ_BUFFER_BYTES: usize = 16 << 10;

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Where to connect, and how.
#[derive(Clone, Debug)]
pub struct Config {
    /// `ws://` or `wss://`, host, port and room: `ws://127.0.0.1:8080/sync/lobby`.
    pub url: String,
    /// Largest frame that is read, in bytes; a larger one ends the connection.
    pub frame_max_bytes: usize,
    /// For `wss`. `None`: the certificates that the system trusts.
    pub tls: Option<Arc<ClientConfig>>,
}

impl Config {
    /// The defaults, for this URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), frame_max_bytes: FRAME_MAX_BYTES, tls: None }
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// Not a URL of a WebSocket.
    #[error("not a ws:// or wss:// URL")]
    Url(#[source] Box<Error>),
    /// No such host, nobody listens there, or the network fails.
    #[error("cannot reach the server: {0}")]
    Network(#[from] std::io::Error),
    /// The server cannot prove who it is, or speaks no TLS.
    #[error("no secure connection: {0}")]
    Tls(#[source] Box<Error>),
    /// The server answered with an HTTP status instead.
    #[error("the server answered {0}")]
    Status(StatusCode),
    /// Something answered that is no relay, or speaks only the plain dialect.
    #[error("no relay that speaks collab.v1 answers there")]
    NoRelay(#[source] Box<Error>),
}

/// Opens a connection.
pub(crate) async fn open(config: &Config) -> Result<Socket, ConnectError> {
    let mut request = config
        .url
        .as_str()
        .into_client_request()
        .map_err(|error| ConnectError::Url(error.into()))?;
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    let is_secure = request.uri().scheme_str() == Some("wss");
    let connector = is_secure.then(|| {
        Connector::Rustls(config.tls.clone().unwrap_or_else(|| Arc::clone(system_trust())))
    });
    let limits = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(Some(config.frame_max_bytes))
        .max_frame_size(Some(config.frame_max_bytes));
    let opened = connect_async_tls_with_config(request, Some(limits), true, connector).await;
    Ok(opened?.0)
}

/// The system's certificates, read once.
fn system_trust() -> &'static Arc<ClientConfig> {
    static TRUST: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    TRUST.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        // Some that cannot be read are none of ours: without any, no server is trusted.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has ciphers for TLS 1.2 and 1.3");
        Arc::new(config.with_root_certificates(roots).with_no_client_auth())
    })
}

impl From<Error> for ConnectError {
    fn from(error: Error) -> Self {
        match error {
            // So the standard library says what rustls does not trust or understand.
            Error::Io(source) if source.kind() == ErrorKind::InvalidData => {
                Self::Tls(Error::Io(source).into())
            }
            Error::Io(source) => Self::Network(source),
            Error::Tls(_) => Self::Tls(error.into()),
            Error::Url(_) => Self::Url(error.into()),
            Error::Http(response) => Self::Status(response.status()),
            _ => Self::NoRelay(error.into()),
        }
    }
}
