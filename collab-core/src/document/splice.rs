//! Changes to a text as editors describe them, made safe before they reach the CRDT.
//!
//! Pure: works on offsets and strings alone. Offsets are UTF-16 code units everywhere.

use std::borrow::Cow;

use super::{Delta, DocumentError};

/// One change of an edit. Several splices of one edit all refer to the text **before** the edit,
/// ascend and do not overlap, like the change sets of CodeMirror and Monaco.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Splice<'a> {
    /// Where, in UTF-16 code units.
    pub at: u32,
    /// How many code units to remove there.
    pub delete: u32,
    /// What to insert instead. Line endings become LF.
    pub insert: &'a str,
}

/// A splice that is safe to carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SafeSplice<'a> {
    pub(super) at: u32,
    pub(super) delete: u32,
    pub(super) insert: Cow<'a, str>,
}

/// Checks order and range against a text of `len` units, makes line endings LF, and drops splices
/// that change nothing.
pub(super) fn check<'a>(
    splices: &[Splice<'a>],
    len: u32,
) -> Result<Vec<SafeSplice<'a>>, DocumentError> {
    let mut safe = Vec::with_capacity(splices.len());
    let mut previous_end = 0;
    for (index, splice) in splices.iter().enumerate() {
        if splice.at < previous_end {
            return Err(DocumentError::Overlap { index });
        }
        let end = u64::from(splice.at) + u64::from(splice.delete);
        if end > u64::from(len) {
            return Err(DocumentError::OutOfRange { offset: end, len });
        }
        previous_end = splice.at + splice.delete;
        if splice.delete > 0 || !splice.insert.is_empty() {
            let insert = with_lf(splice.insert);
            safe.push(SafeSplice { at: splice.at, delete: splice.delete, insert });
        }
    }
    Ok(safe)
}

/// Widens what is deleted to whole characters, and moves an insertion inside a surrogate pair before
/// it: half a pair would become U+FFFD in every replica.
pub(super) fn keep_pairs_whole(
    splices: &mut [SafeSplice<'_>],
    is_inside_pair: impl Fn(u32) -> bool,
) {
    let mut previous_end = 0;
    for splice in splices {
        let end = splice.at + splice.delete;
        // Two splices may have shared a pair; the first one took all of it.
        let start = (splice.at - u32::from(is_inside_pair(splice.at))).max(previous_end);
        let end = if splice.delete == 0 {
            start
        } else {
            (end + u32::from(is_inside_pair(end))).max(start)
        };
        splice.at = start;
        splice.delete = end - start;
        previous_end = end;
    }
}

/// The delta that `splices` amount to.
pub(super) fn to_delta(splices: &[SafeSplice<'_>]) -> Vec<Delta> {
    let mut delta = Vec::with_capacity(splices.len() * 2);
    let mut position = 0;
    for splice in splices {
        if splice.at > position {
            delta.push(Delta::Retain(splice.at - position));
        }
        if !splice.insert.is_empty() {
            delta.push(Delta::Insert(splice.insert.clone().into_owned()));
        }
        if splice.delete > 0 {
            delta.push(Delta::Delete(splice.delete));
        }
        position = splice.at + splice.delete;
    }
    delta
}

/// Length in UTF-16 code units.
pub(super) fn utf16_len(text: &str) -> u32 {
    text.chars().map(|c| c.len_utf16() as u32).sum()
}

fn with_lf(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut lines = String::with_capacity(text.len());
    for (number, line) in text.split('\r').enumerate() {
        // A line feed behind a carriage return belongs to it.
        let line = if number > 0 { line.strip_prefix('\n').unwrap_or(line) } else { line };
        lines.push_str(if number > 0 { "\n" } else { "" });
        lines.push_str(line);
    }
    Cow::Owned(lines)
}
