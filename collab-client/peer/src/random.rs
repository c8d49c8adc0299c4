//! Random numbers for seeds and client IDs.

use ring::rand::{SecureRandom, SystemRandom};

/// 53 random bits, as JavaScript's numbers hold them. Where the system has none, time must do: nothing
/// secret is made of it.
pub(crate) fn random() -> u64 {
    let mut bytes = [0; 8];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        tracing::warn!("no randomness; taking the time for it");
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        bytes =
            now.unwrap_or_default().as_nanos().to_le_bytes()[..8].try_into().unwrap_or_default();
    }
    u64::from_le_bytes(bytes) >> 11
}
