//! The calls, each one line into [`crate::accounts::Accounts`].

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use collab_rooms_api::{Account, Login, Refresh, SetName, SetPassword, SignedIn};

use super::Shared;
use super::bearer::Bearer;
use super::peer::Peer;
use super::reject::{Body, Rejected};

type Answer<T> = Result<Json<T>, Rejected>;

/// Tells pages that there are accounts here.
pub(super) async fn kept() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], r#"{"accounts": true}"#)
}

pub(super) async fn guest(
    State(shared): State<Shared>,
    Peer(address): Peer,
) -> Result<(StatusCode, Json<SignedIn>), Rejected> {
    Ok((StatusCode::CREATED, Json(shared.accounts.guest(address).await?)))
}

pub(super) async fn login(
    State(shared): State<Shared>,
    Peer(address): Peer,
    Body(Login { name, password }): Body<Login>,
) -> Answer<SignedIn> {
    Ok(Json(shared.accounts.login(&name, password, address).await?))
}

pub(super) async fn refresh(
    State(shared): State<Shared>,
    Body(Refresh { refresh_token }): Body<Refresh>,
) -> Answer<SignedIn> {
    Ok(Json(shared.accounts.refresh(&refresh_token).await?))
}

pub(super) async fn logout(
    State(shared): State<Shared>,
    Body(Refresh { refresh_token }): Body<Refresh>,
) -> Answer<()> {
    Ok(Json(shared.accounts.logout(&refresh_token).await?))
}

pub(super) async fn set_password(
    State(shared): State<Shared>,
    Bearer(token): Bearer,
    Body(SetPassword { password }): Body<SetPassword>,
) -> Answer<SignedIn> {
    Ok(Json(shared.accounts.set_password(&token, password).await?))
}

pub(super) async fn set_name(
    State(shared): State<Shared>,
    Bearer(token): Bearer,
    Body(SetName { name }): Body<SetName>,
) -> Answer<SignedIn> {
    Ok(Json(shared.accounts.set_name(&token, &name).await?))
}

pub(super) async fn me(State(shared): State<Shared>, Bearer(token): Bearer) -> Answer<Account> {
    Ok(Json(shared.accounts.me(&token).await?))
}
