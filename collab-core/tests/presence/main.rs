//! What presence promises, by its public interface.

#![allow(clippy::unwrap_used, reason = "test code")]

mod bounds;
mod lasting;
mod model;
mod protocol;
mod states;
mod support;
