//! Many updates into one, without a document.

use bytes::Bytes;

use super::check::check;
use super::ids::IdSet;
use super::{Contents, Refusal};

/// How many updates go into one merge: yrs 0.28 takes quadratic time in this number.
const FAN_IN: usize = 32;

/// Why a merge gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// An input is not an update.
    #[error("input is not an update: {0}")]
    Input(#[from] Refusal),
    /// The result does not hold exactly what the inputs hold. It must not replace them.
    #[error("the merged update differs from its input")]
    Mismatch,
}

/// One update that holds what many held.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The update.
    pub update: Bytes,
    pub(super) inserts: IdSet,
}

/// Merges updates into one that holds exactly what they hold, and proves it before it returns.
///
/// Inputs may be in any order, overlap and repeat. Missing dependencies stay missing.
pub fn merge<B: AsRef<[u8]>>(updates: &[B]) -> Result<Merged, MergeError> {
    let mut expected = Contents::default();
    for update in updates {
        expected.add(&check(update.as_ref(), usize::MAX)?);
    }
    let merged = merge_tree(updates)?;
    let mut contents = Contents::default();
    contents.add(&check(&merged, usize::MAX)?);
    if contents != expected {
        return Err(MergeError::Mismatch);
    }
    Ok(Merged { update: merged.into(), inserts: contents.inserts })
}

fn merge_tree<B: AsRef<[u8]>>(updates: &[B]) -> Result<Vec<u8>, MergeError> {
    let mut level = merge_groups(updates)?;
    while level.len() > 1 {
        level = merge_groups(&level)?;
    }
    Ok(level.pop().unwrap_or_else(|| super::EMPTY_UPDATE.to_vec()))
}

fn merge_groups<B: AsRef<[u8]>>(updates: &[B]) -> Result<Vec<Vec<u8>>, MergeError> {
    let merge = |group: &[B]| match group {
        [single] => Ok(single.as_ref().to_vec()),
        _ => yrs::merge_updates_v1(group).map_err(|_| MergeError::Mismatch),
    };
    updates.chunks(FAN_IN).map(merge).collect()
}
