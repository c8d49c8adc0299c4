//! One update of any bytes: what enters a room, everybody survives.

use collab_core::log::{self, Deleted, Log};

use crate::readers::{VIEWS, VIEWS_BUT_ARRAY, View, survive};

/// Larger inputs only make libFuzzer slower.
const UPDATE_MAX_BYTES: usize = 1 << 16;

/// The claims: the check returns; what it accepts, our merge takes; what a log takes as well, Yrs
/// reads, applies, shows, edits and encodes.
pub fn run(bytes: &[u8]) {
    if log::check(bytes, UPDATE_MAX_BYTES).is_err() {
        let refused = log::merge(&[bytes], Deleted::Drop).is_err();
        assert!(refused || bytes.len() > UPDATE_MAX_BYTES || is_refused_only_alone(bytes));
        return;
    }
    merges(&[bytes]);
    let checked = log::check(bytes, UPDATE_MAX_BYTES).expect("it was accepted just now");
    if Log::new().append(bytes, checked).is_ok() {
        for &view in views(bytes) {
            survive(&[bytes], view);
        }
    }
}

/// What a root may be read as: Yrs 0.28.1 never ends reading an array that holds characters of two
/// UTF-16 units (four bytes from 0xF0 on), and a log cannot tell what a root is that holds text.
fn views(bytes: &[u8]) -> &'static [View] {
    let has_pairs = bytes.iter().any(|&byte| byte >= 0xf0);
    if has_pairs { &VIEWS_BUT_ARRAY } else { &VIEWS }
}

/// Two sections of one client are merged, but no update may have them.
fn is_refused_only_alone(bytes: &[u8]) -> bool {
    log::check(bytes, UPDATE_MAX_BYTES) == Err(log::Refusal::DuplicateClient)
}

/// Merging makes an update that passes the check, and changes nothing the second time.
pub(crate) fn merges<B: AsRef<[u8]>>(updates: &[B]) {
    for deleted in [Deleted::Drop, Deleted::Keep] {
        let merged = log::merge(updates, deleted).expect("what the check accepts can be merged");
        log::check(&merged.update, usize::MAX).expect("what was merged passes the check");
        let again = log::merge(&[&merged.update], deleted).expect("a merged update can be merged");
        assert_eq!(again.update, merged.update, "merging again changes the bytes");
    }
}
