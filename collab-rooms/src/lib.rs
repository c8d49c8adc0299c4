//! The product server: accounts around the relay of `collab-server`.
//!
//! | module | its job |
//! |---|---|
//! | [`accounts`] | guests, passwords, names, sessions; issues the access tokens that the relay verifies |
//! | [`http`] | the JSON API, `/api/accounts/...` |
//!
//! Only the binary composes them with a relay. Clients find types and calls in `collab-rooms-api`.

pub mod accounts;
pub mod http;
