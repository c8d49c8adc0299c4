//! What the fuzz targets do with their bytes.
//!
//! Each module has one `run`, which takes any bytes and panics if a claim does not hold. libFuzzer
//! calls it through `fuzz/targets`; `tests/replay.rs` calls it with the committed corpus and with
//! everything that was ever found, on stable Rust. `docs/fuzzing.md` says how to run them.

#![allow(clippy::missing_panics_doc, reason = "a panic is a finding")]

mod apply;
pub mod awareness;
pub mod chat;
pub mod digest;
pub mod document;
pub mod extension;
pub mod live;
pub mod log;
pub mod merge;
mod readers;
mod script;
pub mod session;
pub mod structs;
mod tolerance;
pub mod update;
pub mod v2;
pub mod wire;

/// A target: its name, which is also that of its corpus, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("awareness", awareness::run),
    ("chat", chat::run),
    ("digest", digest::run),
    ("document", document::run),
    ("extension", extension::run),
    ("live", live::run),
    ("log", log::run),
    ("merge", merge::run),
    ("session", session::run),
    ("structs", structs::run),
    ("update", update::run),
    ("v2", v2::run),
    ("wire", wire::run),
];
