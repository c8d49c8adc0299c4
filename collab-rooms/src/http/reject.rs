//! Answers that are not a success: one place from errors to status, code and headers.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use collab_rooms_api::{ErrorBody, ErrorCode};
use serde::de::DeserializeOwned;

use crate::accounts::AccountError;

/// A refusal on its way to the client.
pub(super) struct Rejected(ErrorBody);

/// A JSON body. What is wrong with it is not said in detail: it may hold a password.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Rejected;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejected> {
        let body = Json::<T>::from_request(request, state).await;
        body.map(|Json(body)| Self(body)).map_err(|_: JsonRejection| invalid_request())
    }
}

/// Answers what is not one of the calls.
pub(super) async fn no_such_call() -> Response {
    (StatusCode::NOT_FOUND, invalid_request().into_response()).into_response()
}

fn invalid_request() -> Rejected {
    let code = ErrorCode::InvalidRequest;
    Rejected(ErrorBody { code, message: code.to_string(), retry_after_ms: None })
}

impl From<AccountError> for Rejected {
    fn from(error: AccountError) -> Self {
        if let AccountError::Unavailable(cause) = &error {
            tracing::error!(
                error = &**cause as &dyn std::error::Error,
                "accounts are not available"
            );
        }
        Self(error.body())
    }
}

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        let Self(body) = self;
        let status = StatusCode::from_u16(body.code.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after_s = body.retry_after_ms.map(|ms| HeaderValue::from(ms.div_ceil(1000)));
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
