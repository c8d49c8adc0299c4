//! A chat on a terminal: what is shown, and what keys and mouse do.
//!
//! Nothing here reads a clock, a socket or a terminal, so the same code runs on a tty and, compiled
//! to WASM, in a browser tab; those two give it events and carry out its actions.
//!
//! | module | its job |
//! |---|---|
//! | [`model`] | rooms, conversations, messages and people as plain data |
//! | [`app`] | keys, mouse and commands -> actions |
//! | [`view`] | model and state -> cells |
//! | [`seat`] | a client of the core -> model; actions -> calls of that client |

pub mod app;
pub mod model;
pub mod seat;
pub mod view;

pub use app::{Action, App, Event};
pub use model::Model;
