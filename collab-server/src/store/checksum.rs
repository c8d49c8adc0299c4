//! What tells a row that was changed, or that ended up in the wrong channel.

/// A CRC-32 of a channel's names and of one row's bytes.
pub(super) fn checksum(room: &str, channel: &str, bytes: &[u8]) -> i64 {
    let mut hasher = crc32fast::Hasher::new();
    // A zero byte occurs in neither name, so the parts cannot run into each other.
    for part in [room.as_bytes(), b"\0", channel.as_bytes(), b"\0", bytes] {
        hasher.update(part);
    }
    i64::from(hasher.finalize())
}
