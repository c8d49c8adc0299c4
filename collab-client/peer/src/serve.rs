//! The listener: TLS first, then the relay's HTTP below it, with the peer's key in a header.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::HeaderValue;
use collab_core::wire::{Access, Grant};
use collab_server::{AuthRequest, Authorizer, Refusal};
use futures_util::future::BoxFuture;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::dial::Reach;
use crate::{PublicKey, tls};

/// Sockets that have not become a connection of the relay yet. One more ends the oldest, so that nobody who
/// opens many and says nothing keeps others out.
const HANDSHAKES_MAX: usize = 64;

/// Time for TLS and for a request's head.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// A pause after the system refused to accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Carries the user that a connection's key belongs to from TLS to [`KeyHolders`].
const PEER_HEADER: &str = "x-collab-peer";

/// Lets everybody in as who their key says.
#[derive(Debug)]
pub(crate) struct KeyHolders {
    /// The only room there is.
    pub(crate) room: String,
}

impl Authorizer for KeyHolders {
    fn authorize<'a>(
        &'a self,
        request: &'a AuthRequest<'a>,
    ) -> BoxFuture<'a, Result<Grant, Refusal>> {
        let user = request.head.headers.get(PEER_HEADER).and_then(|user| user.to_str().ok());
        let answer = match user {
            Some(user) if request.room.as_str() == self.room => {
                Ok(Grant { user: user.to_owned(), access: Access::Write, ..Grant::open() })
            }
            Some(_) => Err(Refusal::Forbidden),
            None => Err(Refusal::Unauthorized),
        };
        Box::pin(async { answer })
    }
}

/// What connections pass through.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) tls: Arc<ServerConfig>,
    pub(crate) app: Router,
    /// Hears of holders of keys before they can say anything.
    pub(crate) reach: Arc<Reach>,
    /// Whose connections are not counted by address.
    pub(crate) own: PublicKey,
}

/// Serves until it is dropped; connections that were upgraded go on.
pub(crate) async fn serve(listener: TcpListener, door: Door) {
    let mut handshakes = VecDeque::<JoinHandle<()>>::new();
    loop {
        let (stream, from) = accept(&listener).await;
        handshakes.retain(|handshake| !handshake.is_finished());
        if handshakes.len() >= HANDSHAKES_MAX
            && let Some(oldest) = handshakes.pop_front()
        {
            oldest.abort();
        }
        let door = door.clone();
        handshakes.push_back(tokio::spawn(async move {
            if door.pass(stream, from).await.is_none() {
                tracing::debug!("a connection did not become a peer");
            }
        }));
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

impl Door {
    /// One connection up to its upgrade; `None` if it does not get so far.
    async fn pass(self, stream: TcpStream, from: SocketAddr) -> Option<()> {
        // Only latency suffers where the system refuses.
        let _ = stream.set_nodelay(true);
        let accepting = TlsAcceptor::from(self.tls).accept(stream);
        let stream = timeout(HANDSHAKE_TIMEOUT, accepting).await.ok()?.ok()?;
        let key = tls::peer_key(stream.get_ref().1.peer_certificates())?;
        let user = HeaderValue::from_str(key.user().as_str()).ok()?;
        self.reach.meet(from.ip());
        let is_own = key == self.own;
        let app = TowerToHyperService::new(self.app);
        let service = service_fn(move |mut request: Request<Incoming>| {
            // Replaces whatever the peer wrote there.
            request.headers_mut().insert(PEER_HEADER, user.clone());
            if !is_own {
                request.extensions_mut().insert(ConnectInfo(from));
            }
            app.call(request)
        });
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HANDSHAKE_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
            .await
            .ok()
    }
}
