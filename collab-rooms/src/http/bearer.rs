//! The access token of a request.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::reject::Rejected;
use crate::accounts::AccountError;

/// What stands behind `Authorization: Bearer`.
pub(super) struct Bearer(pub(super) String);

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = Rejected;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejected> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = header.and_then(|header| header.split_once(' ')).unwrap_or_default();
        if scheme.eq_ignore_ascii_case("bearer") {
            Ok(Self(token.trim().to_owned()))
        } else {
            Err(AccountError::Unauthorized.into())
        }
    }
}
