//! `collab-core` for JavaScript: one [`Client`] per room, driven by the npm package beside it.
//!
//! Each call is one input; whatever follows from it waits in the client until [`Client::drain`]
//! hands it over in one piece. This crate knows no socket, clock or storage: the TypeScript in
//! `src-ts/` brings those, and nothing else calls it. Errors that can be foreseen are thrown as
//! bare strings, the codes of `src-ts/errors.ts`.

#![allow(
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "JavaScript has only doubles; what we pass is whole and below 2^53"
)]
#![allow(clippy::float_cmp, reason = "in what wasm_bindgen makes of an enum")]

mod batch;
mod client;
mod content;
mod cursor;
mod error;
mod people;
mod recording;
mod status;

/// Half the size of the standard library's; constant time.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

pub use batch::{Changed, DeltaKind, OriginKind, OutputKind};
pub use client::Client;
pub use status::PhaseKind;
