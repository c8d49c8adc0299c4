//! What a document promises, by its public interface.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_types,
    reason = "test code, which reads its histories itself"
)]

#[path = "../chains/mod.rs"]
mod chains;
mod convergence;
mod files;
mod hostile;
mod nesting;
mod positions;
mod settings;
mod support;
mod text;
mod traces;
mod undo;
