//! What a document refuses, and why.

use super::FileId;

/// Why a call to a [`super::Document`] was refused. Nothing was changed, except where a variant
/// says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The peer's update did not pass the check that keeps hostile bytes away.
    #[error("update refused: {0}")]
    Refused(#[from] crate::log::Refusal),
    /// The peer's bytes are not a state vector.
    #[error("not a state vector: {0}")]
    StateVector(#[source] crate::log::Refusal),
    /// An offset beyond the end of the text, in UTF-16 code units.
    #[error("offset {offset} lies beyond the end of the text at {len}")]
    OutOfRange {
        /// The offset that was asked for.
        offset: u64,
        /// The length of the text.
        len: u32,
    },
    /// Splices of one edit are not in ascending order, or overlap.
    #[error("splice {index} starts before the end of the one before it")]
    Overlap {
        /// The place of the offending splice in its edit.
        index: usize,
    },
    /// No such file: it was never created, or its creation has not arrived here yet.
    #[error("no file {0}")]
    UnknownFile(FileId),
    /// A file with this ID exists.
    #[error("file {0} exists already")]
    FileExists(FileId),
    /// Not a file's ID: neither `main` nor `f` and 15 characters of `[a-z0-9]`.
    #[error("not a file ID")]
    InvalidFileId,
    /// A name or language that is empty, longer than 64 characters or holds control characters.
    #[error("not a name of 1 to 64 printable characters")]
    InvalidName,
    /// An order that is not a finite number.
    #[error("order is not finite")]
    InvalidOrder,
    /// A setting's key or value that is too large, or a value that Yjs cannot hold.
    #[error("setting is too large, or not a plain value")]
    InvalidSetting,
    /// Another client put something that is not text into this file's text, so offsets in it mean
    /// nothing. It can be read, but not edited.
    #[error("the text of file {0} holds something that is not text")]
    ForeignContent(FileId),
    /// [`super::EVENTS_MAX`] events wait: the caller must poll them before it changes more.
    #[error("too many events wait to be polled")]
    EventsPending,
}
