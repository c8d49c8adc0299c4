//! Rebuilding a channel from what is readable of it.

use std::time::Duration;

use collab_core::log::{Deleted, salvage};
use collab_server::store::sqlite::Examined;

use super::DoctorError;
use super::diagnosis::Diagnosis;
use super::probe;

/// Merges everything readable of all generations and entries into one snapshot and puts it in their
/// place; they are set aside. Changes nothing if the result would be quarantined again. What is
/// lost for good comes back from the first client that still has it: the relay asks each of them.
pub(super) fn repair(
    store: &mut Examined,
    diagnosis: &Diagnosis,
    patience: Duration,
) -> Result<(), DoctorError> {
    let rebuilt = salvage(&diagnosis.own_rows(), Deleted::Drop).update;
    if !probe::ask(&rebuilt, patience)?.is_readable() {
        return Err(DoctorError::NotRebuilt);
    }
    let rows = store.replace(&diagnosis.room, &diagnosis.channel, &rebuilt)?;
    println!("  {rows} rows set aside, {} bytes rebuilt", rebuilt.len());
    Ok(())
}
