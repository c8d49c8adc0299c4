//! What a second implementation makes of an update: Yrs, which others read it with.
//!
//! For tools that look for damage; nothing else here builds a Yrs document. Bytes made to harm Yrs can
//! still panic in it, or never end: ask in a process of its own.

use yrs::error::UpdateError;
use yrs::updates::decoder::Decode;
use yrs::{
    BranchID, ClientID, Doc, ID, Options, ReadTxn, StateVector, Transact, TransactionMut, Update,
};

use super::{Refusal, bury_children, check};

/// Why Yrs has no state to show.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecondError {
    /// The bytes are no update.
    #[error("update refused: {0}")]
    Refused(#[from] Refusal),
    /// They passed our check, but Yrs could not decode them.
    #[error("bytes cannot be decoded: {0}")]
    Undecodable(#[source] yrs::encoding::read::Error),
    /// Yrs could not integrate all of it, not even after many repairs.
    #[error("update cannot be integrated: {0}")]
    Unintegrable(#[source] yrs::error::UpdateError),
    /// The document is in use, which cannot be: nobody else has it.
    #[error("the document is in use")]
    Busy(#[from] yrs::TransactionAcqError),
}

/// How often an update is repaired before it is given up. One repair removes all that can be seen
/// to be wrong, so a second one is only needed where the first made more of the update readable.
const REPAIRS_MAX: usize = 16;

/// The state of a Yrs document that was given this update, as an update.
pub fn yrs_state(update: &[u8]) -> Result<Vec<u8>, SecondError> {
    check(update, usize::MAX)?;
    let doc = Doc::with_options(Options::with_guid_and_client_id("log".into(), ClientID::new(0)));
    integrate(update, &mut doc.try_transact_mut()?)?;
    Ok(doc.try_transact()?.encode_state_as_update_v1(&StateVector::default()))
}

/// Merges it. Yrs gives up on an update with a struct whose parent is no type; Yjs puts a GC
/// struct in its place, and so do we.
fn integrate(update: &[u8], txn: &mut TransactionMut<'_>) -> Result<(), SecondError> {
    let Err(error) = txn.apply_update(decode(update)?) else { return Ok(()) };
    repair(txn, update.to_vec(), error)
}

fn decode(bytes: &[u8]) -> Result<Update, SecondError> {
    Update::decode_v1(bytes).map_err(SecondError::Undecodable)
}

/// Merges an update without the structs that made Yrs give up.
fn repair(
    txn: &mut TransactionMut<'_>,
    mut update: Vec<u8>,
    mut error: UpdateError,
) -> Result<(), SecondError> {
    for _ in 0..REPAIRS_MAX {
        let UpdateError::InvalidParent(failed, _) = error;
        let known = txn.state_vector();
        update = bury_children(&update, |client, clock| {
            let parent = ID::new(ClientID::new(client), clock);
            let is_known = known.get(&parent.client) > clock;
            parent == failed || (is_known && BranchID::get_nested(txn, &parent).is_none())
        })?;
        match txn.apply_update(decode(&update)?) {
            Ok(()) => return Ok(()),
            Err(next) => error = next,
        }
    }
    Err(SecondError::Unintegrable(error))
}
