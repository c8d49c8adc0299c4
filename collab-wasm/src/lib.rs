//! `collab-core` for JavaScript: one `Client` or `ChatClient` per room, driven by the npm package
//! beside it. They are built as two modules, by feature.
//!
//! Each call is one input; whatever follows from it waits in the client until `drain`
//! hands it over in one piece. This crate knows no socket, clock or storage: the TypeScript in
//! `src-ts/` brings those, and nothing else calls it. Errors that can be foreseen are thrown as
//! bare strings, the codes of `src-ts/errors.ts`.

#![allow(
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "JavaScript has only doubles; what we pass is whole and below 2^53"
)]
#![allow(clippy::float_cmp, reason = "in what wasm_bindgen makes of an enum")]

#[cfg(feature = "documents")]
mod batch;
#[cfg(feature = "chat")]
mod chat;
#[cfg(feature = "documents")]
mod client;
#[cfg(feature = "documents")]
mod content;
#[cfg(feature = "documents")]
mod cursor;
mod error;
#[cfg(feature = "documents")]
mod people;
#[cfg(feature = "documents")]
mod recording;
mod status;
mod time;

/// Half the size of the standard library's; constant time.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[cfg(feature = "documents")]
pub use batch::{Changed, DeltaKind, HeadField, OriginKind, OutputKind, StatusFlag};
#[cfg(feature = "chat")]
pub use chat::{ChatClient, ChatOutput};
#[cfg(feature = "documents")]
pub use client::Client;
pub use status::PhaseKind;
