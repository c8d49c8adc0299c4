//! Comparing two encoded state vectors: `varUint(count) . (varUint(client) . varUint(clock))*`.

use std::collections::BTreeMap;

use crate::wire::{Reader, WireError};

/// Whether the holder of `ours` has structs that the holder of `theirs` lacks. Deletions do not
/// show in state vectors.
pub(super) fn is_ahead(ours: &[u8], theirs: &[u8]) -> Result<bool, WireError> {
    let theirs: BTreeMap<u64, u64> = read(theirs)?.into_iter().collect();
    Ok(read(ours)?
        .into_iter()
        .any(|(client, clock)| clock > theirs.get(&client).copied().unwrap_or(0)))
}

fn read(bytes: &[u8]) -> Result<Vec<(u64, u64)>, WireError> {
    let mut reader = Reader::new(bytes);
    let count = reader.var_uint()?;
    // Two bytes are the shortest entry, so a count is never trusted for more than is there.
    let mut entries = Vec::with_capacity((count as usize).min(reader.rest().len() / 2));
    for _ in 0..count {
        entries.push((reader.var_uint()?, reader.var_uint()?));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ahead_means_a_higher_clock_of_any_client() {
        assert!(!is_ahead(&[0], &[0]).expect("valid"));
        assert!(is_ahead(&[1, 7, 1], &[0]).expect("valid"));
        assert!(!is_ahead(&[1, 7, 1], &[2, 7, 1, 8, 9]).expect("valid"));
        assert!(is_ahead(&[2, 7, 1, 8, 3], &[2, 8, 2, 7, 5]).expect("valid"));
    }

    #[test]
    fn a_count_beyond_the_frame_is_refused() {
        assert_eq!(is_ahead(&[0], &[200, 1, 1]), Err(WireError::Truncated));
    }
}
