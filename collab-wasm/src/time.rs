//! JavaScript's time.

use collab_core::Timestamp;

/// Of `Date.now()`.
pub(crate) fn timestamp(now: f64) -> Timestamp {
    Timestamp::from_millis(now as u64)
}
