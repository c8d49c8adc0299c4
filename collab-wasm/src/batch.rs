//! What the client wants done, as numbers, one string and one byte array.
//!
//! `codes = record*`; a record is an [`OutputKind`] and its fields. A text is its length in the codes
//! (UTF-16 units) and its content behind the ones before it; a byte string is the next one of those
//! whose ends are told. All of it stays in the module's memory, where `src-ts/batch.ts` reads it: an
//! object made here would be a crossing of the border, and most keystrokes cost less than one.

use collab_core::document::{Delta, Origin};
use collab_core::sync::Status;
use wasm_bindgen::prelude::*;

use crate::status;

/// What changed, in one bit each.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Changed {
    /// The list of files.
    Files = 1,
    /// Who is here, or what they do.
    Presence = 2,
    /// `Client::status`; the last record says it.
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
    /// `file . count . (DeltaKind . (text | length))* . OriginKind`: a file's text changed, which
    /// `Client::open` numbered.
    Text = 4,
    /// `text(key)`: a shared setting changed.
    Setting = 5,
    /// `text(code)`: the relay refused something that does not stop the session.
    Refused = 6,
    /// The grant ends soon.
    TokenExpiring = 7,
    /// `PhaseKind . StatusFlag* . text(error | "")`; [`HeadField`]s say the rest.
    Status = 8,
}

/// What else a status says, in one bit each.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum StatusFlag {
    /// The last grant allows to write.
    CanWrite = 1,
    /// The room keeps what it acknowledges as durable.
    Keeps = 2,
    /// The relay's store takes writes.
    StoreOk = 4,
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

/// What lies where, in this order.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each length is that of what stands before it")]
pub enum HeadField {
    /// Where the codes begin, in bytes, and how many there are.
    Codes = 0,
    CodesLength = 1,
    /// Where the texts begin, and how many bytes they take.
    Text = 2,
    TextLength = 3,
    /// Where the bytes begin, and how many there are.
    Bytes = 4,
    BytesLength = 5,
    /// Where the ends of the byte strings are told, in codes.
    Ends = 6,
    EndsLength = 7,
    /// [`Changed`].
    Changed = 8,
    /// When to call `Client::tick`; `Infinity` for never.
    Deadline = 9,
    /// Edits that are not saved, and when the next connection is tried (or `NaN`), for a status.
    Unsaved = 10,
    RetryAt = 11,
}

/// Outputs that wait for [`Outbox::drain`], and those that were handed out last.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: Batch,
    given: Batch,
    head: [f64; 12],
}

#[derive(Debug, Default)]
struct Batch {
    changed: u32,
    codes: Vec<u32>,
    text: String,
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Outbox {
    pub(crate) const fn changed(&mut self, what: Changed) {
        self.waiting.changed |= what as u32;
    }

    pub(crate) fn record(&mut self, kind: OutputKind) {
        self.waiting.codes.push(kind as u32);
    }

    pub(crate) fn bytes_record(&mut self, kind: OutputKind, bytes: &[u8]) {
        self.record(kind);
        self.waiting.bytes.extend_from_slice(bytes);
        self.waiting.ends.push(self.waiting.bytes.len() as u32);
    }

    pub(crate) fn text_record(&mut self, kind: OutputKind, text: &str) {
        self.record(kind);
        self.push_text(text);
    }

    pub(crate) fn delta(&mut self, file: u32, delta: &[Delta], origin: Origin) {
        self.record(OutputKind::Text);
        self.waiting.codes.extend([file, delta.len() as u32]);
        for op in delta {
            match op {
                Delta::Retain(length) => {
                    self.waiting.codes.extend([DeltaKind::Retain as u32, *length]);
                }
                Delta::Delete(length) => {
                    self.waiting.codes.extend([DeltaKind::Delete as u32, *length]);
                }
                Delta::Insert(text) => {
                    self.waiting.codes.push(DeltaKind::Insert as u32);
                    self.push_text(text);
                }
            }
        }
        self.waiting.codes.push(match origin {
            Origin::Local => OriginKind::Local,
            Origin::Remote => OriginKind::Remote,
            Origin::Undo => OriginKind::Undo,
        } as u32);
    }

    fn push_text(&mut self, text: &str) {
        self.waiting.codes.push(text.encode_utf16().count() as u32);
        self.waiting.text.push_str(text);
    }

    fn status(&mut self, status: &Status) {
        let (phase, error) = status::phase(status);
        let flags = status::flags(status);
        self.waiting.codes.extend([OutputKind::Status as u32, phase as u32, flags]);
        self.push_text(error.unwrap_or_default());
    }

    /// Where the [`HeadField`]s lie, doubles, of all that waits; and begins anew. They and what they
    /// name stay until the next call of anything.
    pub(crate) fn drain(&mut self, status: &Status, deadline: f64) -> *const f64 {
        if self.waiting.changed & Changed::Status as u32 != 0 {
            self.status(status);
        }
        std::mem::swap(&mut self.waiting, &mut self.given);
        self.waiting.clear();
        let Batch { changed, codes, text, bytes, ends } = &self.given;
        self.head = [
            codes.as_ptr() as usize as f64,
            codes.len() as f64,
            text.as_ptr() as usize as f64,
            text.len() as f64,
            bytes.as_ptr() as usize as f64,
            bytes.len() as f64,
            ends.as_ptr() as usize as f64,
            ends.len() as f64,
            f64::from(*changed),
            deadline,
            status.unsaved as f64,
            status.retry_at.map_or(f64::NAN, |at| at.as_millis() as f64),
        ];
        self.head.as_ptr()
    }
}

impl Batch {
    fn clear(&mut self) {
        self.changed = 0;
        self.codes.clear();
        self.text.clear();
        self.bytes.clear();
        self.ends.clear();
    }
}
