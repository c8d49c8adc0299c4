//! A small client, over HTTP or HTTPS, for programs on tokio.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self};
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{
    Account, ErrorBody, ErrorCode, Login, Refresh, Secret, SetName, SetPassword, SignedIn,
};

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

/// Why a call did not do what it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The server's URL is none.
    #[error("not the URL of a server: it begins with http:// or https:// and a host")]
    Url,
    /// This machine has no certificates of authorities.
    #[error("no certificates to verify servers with")]
    Certificates(#[source] std::io::Error),
    /// The server is out of reach.
    #[error("the server is out of reach")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server took too long.
    #[error("the server does not answer")]
    Slow,
    /// The answer is not one of this API.
    #[error("the server answers something else")]
    Foreign,
    /// The server refused.
    #[error("{}", .0.message)]
    Refused(ErrorBody),
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
        let provider = rustls::crypto::ring::default_provider();
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(provider)
            .map_err(CallError::Certificates)?
            .https_or_http()
            .enable_http1()
            .build();
        let http = legacy::Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { base: format!("{scheme}://{host}/api/accounts"), http })
    }

    /// Becomes a new guest.
    pub async fn guest(&self) -> Result<SignedIn, CallError> {
        self.post("guest", None, &()).await
    }

    /// Becomes the account of this name.
    pub async fn login(&self, name: &str, password: Secret) -> Result<SignedIn, CallError> {
        self.post("login", None, &Login { name: name.to_owned(), password }).await
    }

    /// Buys new tokens. The given one is worth nothing afterwards.
    pub async fn refresh(&self, refresh_token: Secret) -> Result<SignedIn, CallError> {
        self.post("refresh", None, &Refresh { refresh_token }).await
    }

    /// Ends the session of this refresh token.
    pub async fn logout(&self, refresh_token: Secret) -> Result<(), CallError> {
        self.post("logout", None, &Refresh { refresh_token }).await
    }

    /// Keeps the account. All its other sessions end.
    pub async fn set_password(
        &self,
        access_token: &Secret,
        password: Secret,
    ) -> Result<SignedIn, CallError> {
        self.post("password", Some(access_token), &SetPassword { password }).await
    }

    /// Changes the name.
    pub async fn set_name(&self, access_token: &Secret, name: &str) -> Result<SignedIn, CallError> {
        self.post("name", Some(access_token), &SetName { name: name.to_owned() }).await
    }

    /// Whose token this is.
    pub async fn me(&self, access_token: &Secret) -> Result<Account, CallError> {
        self.call(Method::GET, "me", Some(access_token), Bytes::new()).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        access_token: Option<&Secret>,
        body: &impl Serialize,
    ) -> Result<T, CallError> {
        let body = serde_json::to_vec(body).map_err(|_| CallError::Foreign)?;
        self.call(Method::POST, path, access_token, body.into()).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        access_token: Option<&Secret>,
        body: Bytes,
    ) -> Result<T, CallError> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = format!("{}/{path}", self.base).parse().map_err(|_| CallError::Url)?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        if let Some(token) = access_token {
            let bearer = HeaderValue::try_from(format!("Bearer {}", token.reveal()));
            let mut bearer = bearer.map_err(|_| unauthorized())?;
            bearer.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, bearer);
        }
        tokio::time::timeout(TIMEOUT, self.answer(request)).await.map_err(|_| CallError::Slow)?
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<T, CallError> {
        let answer = self.http.request(request).await;
        let answer = answer.map_err(|error| CallError::Unreachable(error.into()))?;
        let is_success = answer.status().is_success();
        let body = Limited::new(answer.into_body(), ANSWER_MAX_BYTES).collect().await;
        let body = body.map_err(CallError::Unreachable)?.to_bytes();
        if is_success {
            serde_json::from_slice(&body).map_err(|_| CallError::Foreign)
        } else {
            Err(serde_json::from_slice(&body).map_or(CallError::Foreign, CallError::Refused))
        }
    }
}

/// A token that cannot even be sent.
fn unauthorized() -> CallError {
    let code = ErrorCode::Unauthorized;
    CallError::Refused(ErrorBody { code, message: code.to_string(), retry_after_ms: None })
}
