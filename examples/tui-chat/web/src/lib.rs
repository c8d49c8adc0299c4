//! The chat of `tui-chat` in a browser tab: the same app, drawn as text in the page.
//!
//! Own drawing and keys instead of `ratzilla` 0.3, which drops keys outside ASCII, hears neither
//! paste nor wheel, draws on a canvas that cannot be selected, and there ignores a resize.
//!
//! | module | its job |
//! |---|---|
//! | `account`, `signing_in` | who one is, where the server keeps accounts |
//! | `program` | the app, its rooms, and when to draw |
//! | `socket` | a chat's client on a WebSocket |
//! | `screen` | cells -> spans |
//! | `keys` | what browsers call keys, paste and mouse -> events |
//! | `storage` | who one is in this browser, and what was not sent |

#![allow(
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "JavaScript has only doubles; times and sizes are whole and small"
)]

#[cfg(target_arch = "wasm32")]
mod account;
#[cfg(target_arch = "wasm32")]
mod keys;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod program;
#[cfg(target_arch = "wasm32")]
mod screen;
#[cfg(target_arch = "wasm32")]
mod signing_in;
#[cfg(target_arch = "wasm32")]
mod socket;
#[cfg(target_arch = "wasm32")]
mod storage;

#[cfg(target_arch = "wasm32")]
pub use program::start;
