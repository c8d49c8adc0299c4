//! A small client, over HTTP or HTTPS, for programs on tokio.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self};
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use serde::de::DeserializeOwned;

use crate::{Account, Answer, Call, CallError, Secret, SignedIn};

/// No answer is longer.
const ANSWER_MAX_BYTES: usize = 64 << 10;
/// A server that takes longer is out of reach. Hashing a password may have to wait for others.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Calls `/api/accounts/...` of one server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    /// As in `https://host:port`.
    base: String,
    http: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Client {
    /// A client of the server at `url`, of which scheme, host and port are used. `ws://` and
    /// `wss://` are understood as well, so that one setting serves the relay and this.
    pub fn new(url: &str) -> Result<Self, CallError> {
        let url: Uri = url.parse().map_err(|_| CallError::Url)?;
        let scheme = match url.scheme_str() {
            Some("http" | "ws") => "http",
            Some("https" | "wss") => "https",
            _ => return Err(CallError::Url),
        };
        let host = url.authority().ok_or(CallError::Url)?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(trust(scheme == "https"))
            .https_or_http()
            .enable_http1()
            .build();
        let http = legacy::Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { base: format!("{scheme}://{host}"), http })
    }

    /// The server, as in `https://host:port`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Becomes a new guest.
    pub async fn guest(&self) -> Result<SignedIn, CallError> {
        self.call(Call::guest()).await
    }

    /// Becomes the account of this name.
    pub async fn login(&self, name: &str, password: Secret) -> Result<SignedIn, CallError> {
        self.call(Call::login(name, password)).await
    }

    /// Buys new tokens. The given one is worth nothing afterwards.
    pub async fn refresh(&self, refresh_token: Secret) -> Result<SignedIn, CallError> {
        self.call(Call::refresh(refresh_token)).await
    }

    /// Ends the session of this refresh token.
    pub async fn logout(&self, refresh_token: Secret) -> Result<(), CallError> {
        self.call(Call::logout(refresh_token)).await
    }

    /// Keeps the account. All its other sessions end.
    pub async fn set_password(
        &self,
        access_token: &Secret,
        password: Secret,
    ) -> Result<SignedIn, CallError> {
        self.call(Call::set_password(access_token, password)).await
    }

    /// Changes the name.
    pub async fn set_name(&self, access_token: &Secret, name: &str) -> Result<SignedIn, CallError> {
        self.call(Call::set_name(access_token, name)).await
    }

    /// Whose token this is.
    pub async fn me(&self, access_token: &Secret) -> Result<Account, CallError> {
        self.call(Call::me(access_token)).await
    }

    async fn call<T: DeserializeOwned>(&self, call: Call) -> Result<T, CallError> {
        self.send(&call).await?.read()
    }

    /// Carries out any call. What the server refuses is an answer, too.
    pub async fn send(&self, call: &Call) -> Result<Answer, CallError> {
        let body = Bytes::copy_from_slice(call.body().reveal().as_bytes());
        let url = format!("{}{}", self.base, call.path());
        let json = HeaderValue::from_static("application/json");
        let mut request = Request::builder().method(call.method()).uri(url);
        request = request.header(CONTENT_TYPE, json);
        if let Some(bearer) = call.authorization() {
            let bearer = HeaderValue::try_from(bearer.reveal());
            let mut bearer = bearer.map_err(|_| CallError::Foreign)?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        let request = request.body(Full::new(body)).map_err(|_| CallError::Url)?;
        tokio::time::timeout(TIMEOUT, self.answer(request)).await.map_err(|_| CallError::Slow)?
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Result<Answer, CallError> {
        let answer = self.http.request(request).await;
        let answer = answer.map_err(|error| CallError::Unreachable(error.into()))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_MAX_BYTES).collect().await;
        let body = body.map_err(CallError::Unreachable)?.to_bytes();
        let body = std::str::from_utf8(&body).map_err(|_| CallError::Foreign)?;
        Ok(Answer { status, body: body.into() })
    }
}

/// What the system trusts, which is read only where it is needed. Without any certificates no server
/// is trusted.
fn trust(is_secure: bool) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    if is_secure {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("ring has ciphers for TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
