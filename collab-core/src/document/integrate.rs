//! A peer's bytes on their way into Yrs.

use yrs::error::UpdateError;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{BranchID, ClientID, ID, ReadTxn, TransactionMut, Update};

use super::DocumentError;
use crate::log;

/// Largest update that is applied: twice a relay's `room_max_bytes`, since a snapshot may have
/// grown by what this replica holds itself.
const UPDATE_MAX_BYTES: usize = 128 << 20;

/// How often an update is repaired before it is given up. One repair removes all that can be seen
/// to be wrong, so a second one is only needed where the first made more of the update readable.
const REPAIRS_MAX: usize = 16;

/// The only way from a peer's bytes to anything that reads them. Whether there are types in types.
pub(super) fn check(update: &[u8]) -> Result<bool, DocumentError> {
    Ok(log::check(update, UPDATE_MAX_BYTES)?.nests())
}

/// An update that passed the check.
pub(super) struct Incoming<'a> {
    bytes: &'a [u8],
    update: Update,
}

impl<'a> Incoming<'a> {
    /// Reads an update that passed [`check`].
    pub(super) fn decode(bytes: &'a [u8]) -> Result<Self, DocumentError> {
        Ok(Self { bytes, update: decode(bytes)? })
    }

    /// Merges it. Yrs gives up on an update with a struct whose parent is no type; Yjs puts a GC
    /// struct in its place, and so do we: else one such struct would make every snapshot of its
    /// room unreadable.
    pub(super) fn integrate(self, txn: &mut TransactionMut<'_>) -> Result<(), DocumentError> {
        // Yrs loses what was pending when it gives up.
        let pending = pending(txn);
        let Err(error) = txn.apply_update(self.update) else { return Ok(()) };
        let mut parts = vec![self.bytes.to_vec()];
        parts.extend(pending);
        repair(txn, parts, error)
    }
}

fn decode(bytes: &[u8]) -> Result<Update, DocumentError> {
    Update::decode_v1(bytes).map_err(DocumentError::Undecodable)
}

/// What waits for something that has not arrived, as updates.
fn pending(txn: &TransactionMut<'_>) -> Vec<Vec<u8>> {
    let structs = txn.store().pending_update().map(|pending| pending.update.encode_v1());
    // An update without structs: no sections, then the delete set.
    let deletions =
        txn.store().pending_ds().map(|deletions| [&[0], &deletions.encode_v1()[..]].concat());
    structs.into_iter().chain(deletions).collect()
}

/// Merges `parts` without the structs that made Yrs give up.
fn repair(
    txn: &mut TransactionMut<'_>,
    mut parts: Vec<Vec<u8>>,
    mut error: UpdateError,
) -> Result<(), DocumentError> {
    for _ in 0..REPAIRS_MAX {
        let UpdateError::InvalidParent(failed, _) = error;
        let known = txn.state_vector();
        for part in &mut parts {
            *part = log::bury_children(part, |client, clock| {
                let parent = ID::new(ClientID::new(client), clock);
                let is_known = known.get(&parent.client) > clock;
                parent == failed || (is_known && BranchID::get_nested(txn, &parent).is_none())
            })?;
        }
        match merge(txn, &parts)? {
            None => return Ok(()),
            Some(next) => error = next,
        }
    }
    Err(DocumentError::Unintegrable(error))
}

/// Merges `parts`. Returns why Yrs gave up, if it did.
fn merge(
    txn: &mut TransactionMut<'_>,
    parts: &[Vec<u8>],
) -> Result<Option<UpdateError>, DocumentError> {
    for part in parts {
        if let Err(error) = txn.apply_update(decode(part)?) {
            return Ok(Some(error));
        }
    }
    Ok(None)
}
