//! What one channel looks like: row by row, and as a whole in the eyes of two implementations.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use collab_core::log::{self, Deleted, Log, Refusal};
use collab_core::relay::Stored;
use collab_server::store::sqlite::{Row, RowKind};

use super::DoctorError;
use super::probe::{self, Verdict};

/// One channel.
pub(super) struct Diagnosis {
    pub(super) room: String,
    pub(super) channel: String,
    rows: Vec<(Row, Finding)>,
    /// The state that a relay would open; `None` if it would quarantine the channel.
    opened: Option<Opened>,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// Nothing.
    Whole,
    /// Its bytes are not those that were written, but still an update.
    Changed,
    /// Its bytes are no update (any more).
    Unreadable(Refusal),
    /// It was written for another channel.
    Stray { room: String, channel: String },
}

struct Opened {
    bytes: usize,
    updates: usize,
    clients: usize,
    digest: [u8; 32],
    second: Verdict,
}

impl Diagnosis {
    pub(super) fn new(
        (room, channel): (&str, &str),
        rows: Vec<Row>,
        loaded: Option<Stored>,
        channels: &[(String, String)],
        patience: Duration,
    ) -> Result<Self, DoctorError> {
        let judge = |row: Row| {
            let finding = Finding::of(&row, (room, channel), channels);
            (row, finding)
        };
        let opened = loaded.map(|stored| Opened::new(&stored, patience)).transpose()?.flatten();
        let rows = rows.into_iter().map(judge).collect();
        Ok(Self { room: room.to_owned(), channel: channel.to_owned(), rows, opened })
    }

    pub(super) fn is_healthy(&self) -> bool {
        self.rows.iter().all(|(_, finding)| *finding == Finding::Whole)
            && self.opened.as_ref().is_some_and(|opened| opened.second.is_readable())
    }

    /// The bytes of all rows that were written for this channel, whole or not.
    pub(super) fn own_rows(&self) -> Vec<Bytes> {
        let own = self.rows.iter().filter(|(_, f)| !matches!(f, Finding::Stray { .. }));
        own.map(|(row, _)| row.bytes.clone()).collect()
    }
}

impl Finding {
    fn of(row: &Row, (room, channel): (&str, &str), channels: &[(String, String)]) -> Self {
        let readable = log::check(&row.bytes, usize::MAX);
        if row.belongs_to(room, channel) {
            return readable.map_or_else(Self::Unreadable, |_| Self::Whole);
        }
        let owner = channels.iter().find(|(room, channel)| row.belongs_to(room, channel));
        if let Some((room, channel)) = owner.cloned() {
            return Self::Stray { room, channel };
        }
        readable.map_or_else(Self::Unreadable, |_| Self::Changed)
    }
}

impl Opened {
    /// `None` if a relay would refuse these bytes.
    fn new(stored: &Stored, patience: Duration) -> Result<Option<Self>, DoctorError> {
        let tail = stored.tail.iter().map(|(_, update)| update.clone());
        let updates: Vec<Bytes> = stored.snapshot.iter().cloned().chain(tail).collect();
        let Ok(merged) = log::merge(&updates, Deleted::Drop) else { return Ok(None) };
        let Ok(log) = Log::open(None, updates.iter().cloned()) else { return Ok(None) };
        let checked = log::check(&merged.update, usize::MAX).ok();
        let clients: BTreeSet<u64> =
            checked.iter().flat_map(|c| c.inserts().map(|(client, _)| client)).collect();
        Ok(Some(Self {
            bytes: log.len_bytes(),
            updates: updates.len(),
            clients: clients.len(),
            digest: merged.convergence_digest(),
            second: probe::ask(&merged.update, patience)?,
        }))
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}: ", self.room, self.channel)?;
        match &self.opened {
            None => writeln!(f, "QUARANTINED: a relay does not open it")?,
            Some(opened) => writeln!(f, "{opened}")?,
        }
        for (row, finding) in &self.rows {
            let what = match row.kind {
                RowKind::Snapshot => "snapshot up to",
                RowKind::Entry => "entry at",
            };
            let (position, bytes) = (row.position, row.bytes.len());
            match finding {
                Finding::Whole => continue,
                Finding::Changed => write!(f, "  {what} {position}: changed, still readable")?,
                Finding::Unreadable(why) => write!(f, "  {what} {position}: unreadable: {why}")?,
                Finding::Stray { room, channel } => {
                    write!(f, "  {what} {position}: belongs to {room:?} {channel:?}")?;
                }
            }
            writeln!(f, " ({bytes} bytes)")?;
        }
        Ok(())
    }
}

impl fmt::Display for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, updates, clients, digest, second } = self;
        write!(f, "{bytes} bytes in {updates} updates, {clients} clients, ")?;
        write!(f, "digest ")?;
        digest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write!(f, ", second implementation {second}")
    }
}
