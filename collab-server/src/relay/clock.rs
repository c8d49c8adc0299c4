//! The one place that reads the clock for rooms.

use std::time::{SystemTime, UNIX_EPOCH};

use collab_core::Timestamp;

/// Unix time, which grants expire by.
pub(crate) fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(since_epoch.as_millis() as u64)
}
