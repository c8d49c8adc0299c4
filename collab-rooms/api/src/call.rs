//! A call of the API as data, its answer, and why it may fail: whoever has a connection (the client
//! for tokio, a browser's `fetch`) only moves these.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{ErrorBody, ErrorCode, Login, Refresh, Secret, SetName, SetPassword};

/// What to ask the server. `Debug` tells no secrets.
#[derive(Clone, Debug)]
pub struct Call {
    method: &'static str,
    path: &'static str,
    access_token: Option<Secret>,
    body: Secret,
}

/// What the server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// JSON, if it is an answer of this API.
    pub body: Secret,
}

/// Why a call did not do what it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The server's URL is none.
    #[error("not the URL of a server: it begins with http:// or https:// and a host")]
    Url,
    /// The server is out of reach.
    #[error("cannot reach the server")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server took too long.
    #[error("the server does not answer")]
    Slow,
    /// The answer is not one of this API.
    #[error("the server answers something else")]
    Foreign,
    /// The server refused. Its own words are left out: they may be anything.
    #[error("{}{}", .0.code, wait(.0.retry_after_ms))]
    Refused(ErrorBody),
}

impl Call {
    /// Whether there are accounts: see [`Answer::keeps_accounts`].
    pub fn probe() -> Self {
        Self { method: "GET", path: "/api/accounts", access_token: None, body: "".into() }
    }

    /// Become a new guest.
    pub fn guest() -> Self {
        Self::post("/api/accounts/guest", None, &())
    }

    /// Become the account of this name.
    pub fn login(name: &str, password: Secret) -> Self {
        Self::post("/api/accounts/login", None, &Login { name: name.to_owned(), password })
    }

    /// Buy new tokens. The given one is worth nothing afterwards.
    pub fn refresh(refresh_token: Secret) -> Self {
        Self::post("/api/accounts/refresh", None, &Refresh { refresh_token })
    }

    /// End the session of this refresh token.
    pub fn logout(refresh_token: Secret) -> Self {
        Self::post("/api/accounts/logout", None, &Refresh { refresh_token })
    }

    /// Keep the account. All its other sessions end.
    pub fn set_password(access_token: &Secret, password: Secret) -> Self {
        Self::post("/api/accounts/password", Some(access_token), &SetPassword { password })
    }

    /// Change the name.
    pub fn set_name(access_token: &Secret, name: &str) -> Self {
        Self::post("/api/accounts/name", Some(access_token), &SetName { name: name.to_owned() })
    }

    /// Whose token this is.
    pub fn me(access_token: &Secret) -> Self {
        let access_token = Some(access_token.clone());
        Self { method: "GET", path: "/api/accounts/me", access_token, body: "".into() }
    }

    fn post(path: &'static str, access_token: Option<&Secret>, body: &impl Serialize) -> Self {
        let body = serde_json::to_string(body).expect("strings are JSON");
        Self { method: "POST", path, access_token: access_token.cloned(), body: body.into() }
    }

    /// `GET` or `POST`.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// The path, from the first slash on.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// What to send as `Authorization`.
    pub fn authorization(&self) -> Option<Secret> {
        let token = self.access_token.as_ref()?;
        Some(format!("Bearer {}", token.reveal()).into())
    }

    /// The body: JSON, or nothing.
    pub fn body(&self) -> &Secret {
        &self.body
    }
}

impl Answer {
    /// What it says, or what was refused.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        let body = self.body.reveal();
        if (200..300).contains(&self.status) {
            serde_json::from_str(body).map_err(|_| CallError::Foreign)
        } else {
            Err(serde_json::from_str(body).map_or(CallError::Foreign, CallError::Refused))
        }
    }

    /// What it says to [`Call::probe`]. A relay alone answers with its page, or that there is nothing;
    /// an error means that nobody knows.
    pub fn keeps_accounts(&self) -> Result<bool, CallError> {
        #[derive(serde::Deserialize)]
        struct Kept {
            accounts: bool,
        }
        if self.status >= 500 {
            return Err(CallError::Foreign);
        }
        Ok(self.read().is_ok_and(|kept: Kept| kept.accounts))
    }
}

impl CallError {
    /// The code of a refusal.
    pub fn code(&self) -> Option<ErrorCode> {
        if let Self::Refused(body) = self { Some(body.code) } else { None }
    }

    /// When trying again may help, as the server says.
    pub fn retry_after_ms(&self) -> Option<u64> {
        if let Self::Refused(body) = self { body.retry_after_ms } else { None }
    }
}

/// How long to wait, in words.
fn wait(ms: Option<u64>) -> String {
    ms.map(|ms| format!(" ({} s)", ms.div_ceil(1000))).unwrap_or_default()
}
