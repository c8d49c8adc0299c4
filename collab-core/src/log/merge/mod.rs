//! Many updates into one, squashed, without a document.
//!
//! Two structs of one client may become one wherever a later split would restore exactly the two
//! (see [`run`]); so the result is at most as large as what a document would encode, and usually
//! smaller. The same set of updates gives the same bytes in any order and with any duplicates.
//! Time is linear in bytes for updates in order, n log n otherwise.

mod collect;
mod run;
pub(super) mod text;
mod write;

use bytes::Bytes;
use sha2::{Digest, Sha256};

pub(super) use self::collect::normalize;
use self::collect::{ClientRuns, Collector};
pub(crate) use self::text::Cutter;
use super::check::check;
use super::{Contents, Refusal, survivable};
use crate::wire::Writer;

/// What becomes of the content of deleted units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// Only its length stays, as in a document that collects its garbage.
    Drop,
    /// It stays, for a replay of the history.
    Keep,
}

/// One update that holds what many held.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The update.
    pub update: Bytes,
}

impl Merged {
    /// SHA-256 of the update. Equal for all who merged the same updates and deletions in the same
    /// way, in whatever order and parts they had them; so it tells whether two of them agree.
    pub fn convergence_digest(&self) -> [u8; 32] {
        Sha256::digest(&self.update).into()
    }
}

/// Why a compaction gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompactError {
    /// An input is not an update.
    #[error("input is not an update: {0}")]
    Input(#[from] Refusal),
    /// The result does not hold exactly what the inputs hold, or a second implementation cannot
    /// read it. It must not replace them.
    #[error("the merged update differs from its input")]
    Mismatch,
}

/// Merges updates into one that holds exactly what they hold.
///
/// Inputs may be in any order, overlap and repeat. What is missing between them stays missing.
/// Where two inputs tell different content under one identity, which honest clients never do, one
/// of them is taken.
pub fn merge<B: AsRef<[u8]>>(updates: &[B], deleted: Deleted) -> Result<Merged, Refusal> {
    let mut collector = Collector::default();
    for update in updates {
        collector.add(update.as_ref())?;
    }
    let clients = collector.finish();
    Ok(Merged { update: encode(&clients, deleted) })
}

/// What can still be read of damaged updates, as one update: each up to the first byte that makes no
/// sense, where its delete set is lost, and without what some reader does not survive. For repairs only.
pub fn salvage<B: AsRef<[u8]>>(updates: &[B], deleted: Deleted) -> Merged {
    let mut collector = Collector::default();
    for update in updates {
        let _readable_part = collector.add(update.as_ref());
    }
    let update = encode(&collector.finish(), deleted);
    // It was written just now, so it can be read.
    let survivable = survivable(&update).ok().flatten();
    Merged { update: survivable.map_or(update, Bytes::from) }
}

/// [`merge`], and a comparison of what the result says it holds with its input, before anybody is
/// given it in place of that.
pub fn merge_compared<B: AsRef<[u8]>>(
    updates: &[B],
    deleted: Deleted,
) -> Result<Merged, CompactError> {
    let mut expected = Contents::default();
    for update in updates {
        expected.add(&check(update.as_ref(), usize::MAX)?);
    }
    let merged = merge(updates, deleted)?;
    let mut contents = Contents::default();
    contents.add(&check(&merged.update, usize::MAX)?);
    if contents == expected { Ok(merged) } else { Err(CompactError::Mismatch) }
}

/// [`merge_compared`], and a look by a second implementation: for what replaces all that there is.
pub fn compact<B: AsRef<[u8]>>(updates: &[B], deleted: Deleted) -> Result<Merged, CompactError> {
    use yrs::updates::decoder::Decode;
    let merged = merge_compared(updates, deleted)?;
    let readable = yrs::Update::decode_v1(&merged.update).is_ok();
    if readable { Ok(merged) } else { Err(CompactError::Mismatch) }
}

fn encode(clients: &[ClientRuns<'_>], deleted: Deleted) -> Bytes {
    let mut sections = Writer::with_capacity(1024);
    let mut count = 0;
    for client in clients {
        count += u64::from(write::write_section(client, deleted, &mut sections));
    }
    let mut update = Writer::with_capacity(sections.len() + 1024);
    update.var_uint(count);
    update.bytes(&sections.into_vec());
    write_delete_set(clients, &mut update);
    update.into_bytes()
}

fn write_delete_set(clients: &[ClientRuns<'_>], update: &mut Writer) {
    let with_deletes = || clients.iter().filter(|client| !client.deleted.is_empty());
    update.var_uint(with_deletes().count() as u64);
    for client in with_deletes() {
        update.var_uint(client.client);
        update.var_uint(client.deleted.len() as u64);
        for &(start, end) in &client.deleted {
            update.var_uint(u64::from(start));
            update.var_uint(u64::from(end - start));
        }
    }
}
