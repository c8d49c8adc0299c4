//! What the client wants done, as numbers, one string and one byte array.
//!
//! `codes = flags . record*`; a record is an [`OutputKind`] and its fields. A text or byte string
//! is a length in the codes (UTF-16 units, bytes) and its content behind the ones before it.
//! `src-ts/batch.ts` reads it.

use collab_core::document::{Delta, Origin};
use js_sys::{Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// The first code: what changed, in one bit each.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Changed {
    /// The list of files.
    Files = 1,
    /// Who is here, or what they do.
    Presence = 2,
    /// `Client::status`.
    Status = 4,
}

/// What a record says.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum OutputKind {
    /// Open a connection.
    Connect = 0,
    /// `bytes`: send one binary frame.
    Send = 1,
    /// Close the connection, and report nothing more of it.
    Disconnect = 2,
    /// `bytes`: keep this update.
    Persist = 3,
    /// `text(file) . count . (DeltaKind . (text | length))* . OriginKind`: a file's text changed.
    Text = 4,
    /// `text(key)`: a shared setting changed.
    Setting = 5,
    /// `text(code)`: the relay refused something that does not stop the session.
    Refused = 6,
    /// The grant ends soon.
    TokenExpiring = 7,
}

/// One step of a changed text.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum DeltaKind {
    /// Keep `length` units.
    Retain = 0,
    /// Insert `text`.
    Insert = 1,
    /// Remove `length` units.
    Delete = 2,
}

/// Who changed a text.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum OriginKind {
    /// `Client::edit`.
    Local = 0,
    /// Somebody else.
    Remote = 1,
    /// `Client::undo` or `Client::redo`.
    Undo = 2,
}

/// Outputs that wait for [`Batch::drain`].
#[derive(Debug, Default)]
pub(crate) struct Batch {
    changed: u32,
    codes: Vec<u32>,
    text: String,
    bytes: Vec<u8>,
}

impl Batch {
    pub(crate) fn changed(&mut self, what: Changed) {
        self.changed |= what as u32;
    }

    pub(crate) fn record(&mut self, kind: OutputKind) {
        if self.codes.is_empty() {
            // The place of `changed`.
            self.codes.push(0);
        }
        self.codes.push(kind as u32);
    }

    pub(crate) fn bytes_record(&mut self, kind: OutputKind, bytes: &[u8]) {
        self.record(kind);
        self.codes.push(bytes.len() as u32);
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn text_record(&mut self, kind: OutputKind, text: &str) {
        self.record(kind);
        self.push_text(text);
    }

    pub(crate) fn delta(&mut self, file: &str, delta: &[Delta], origin: Origin) {
        self.text_record(OutputKind::Text, file);
        self.codes.push(delta.len() as u32);
        for op in delta {
            match op {
                Delta::Retain(length) => self.codes.extend([DeltaKind::Retain as u32, *length]),
                Delta::Delete(length) => self.codes.extend([DeltaKind::Delete as u32, *length]),
                Delta::Insert(text) => {
                    self.codes.push(DeltaKind::Insert as u32);
                    self.push_text(text);
                }
            }
        }
        self.codes.push(match origin {
            Origin::Local => OriginKind::Local,
            Origin::Remote => OriginKind::Remote,
            Origin::Undo => OriginKind::Undo,
        } as u32);
    }

    fn push_text(&mut self, text: &str) {
        self.codes.push(text.encode_utf16().count() as u32);
        self.text.push_str(text);
    }

    /// `[codes | undefined, text, bytes | undefined, deadline]`, and begins anew. Every object made
    /// here is a crossing of the border, so there are no more of them than it takes.
    pub(crate) fn drain(&mut self, deadline: f64) -> Array {
        let Self { changed, mut codes, text, bytes } = std::mem::take(self);
        let nothing = JsValue::UNDEFINED;
        if changed != 0 && codes.is_empty() {
            codes.push(0);
        }
        let codes = match codes.as_mut_slice() {
            [] => nothing.clone(),
            [first, ..] => {
                *first = changed;
                Uint32Array::from(codes.as_slice()).into()
            }
        };
        let bytes = match bytes.as_slice() {
            [] => nothing,
            bytes => Uint8Array::from(bytes).into(),
        };
        Array::of4(&codes, &text.into(), &bytes, &deadline.into())
    }
}
