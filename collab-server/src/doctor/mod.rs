//! `collab-server doctor`: looks at every stored channel, says what is damaged, and repairs it.
//!
//! It reads what a relay reads, with two implementations: our engine here, and Yrs in a process of
//! its own ([`probe`]), since bytes that overflow a stack or never end must not end the report.

mod diagnosis;
mod probe;
mod repair;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use collab_server::RoomName;
use collab_server::store::StoreError;
use collab_server::store::sqlite::{Examined, OpenError};

use diagnosis::Diagnosis;
pub(crate) use probe::Probe;

/// What to look at.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Directory of the store
    #[arg(long, env = "COLLAB_DATA", default_value = "data")]
    data: PathBuf,
    /// Only this room
    #[arg(long)]
    room: Option<String>,
    /// Only this channel
    #[arg(long)]
    channel: Option<String>,
    /// Rebuild damaged channels from what is readable; the server must not run. The replaced rows
    /// are kept in the table `set_aside`
    #[arg(long, requires = "room")]
    repair: bool,
    /// How long the second implementation may take for one channel
    #[arg(long, default_value_t = 30_000)]
    patience_ms: u64,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DoctorError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the database cannot be read")]
    Store(#[from] StoreError),
    #[error("no such room or channel in this store")]
    NothingThere,
    #[error("cannot start the second implementation")]
    Probe(#[from] std::io::Error),
    #[error("the rebuilt channel is not readable either; nothing was changed")]
    NotRebuilt,
}

impl Doctor {
    /// Prints a line or more per channel. Fails if something is damaged and was not repaired.
    pub(crate) fn run(&self) -> Result<ExitCode, DoctorError> {
        let mut store = if self.repair {
            Examined::exclusive(&self.data)?
        } else {
            Examined::read_only(&self.data)?
        };
        let pages = store.damaged_pages()?;
        for page in &pages {
            println!("database: {page}");
        }
        let channels = store.channels()?;
        let mut seen = 0;
        let mut damaged = pages.len();
        for (room, channel) in channels.iter().filter(|(room, name)| self.wants(room, name)) {
            seen += 1;
            let mut diagnosis = self.diagnose(&mut store, &channels, room, channel)?;
            print!("{diagnosis}");
            if self.repair && !diagnosis.is_healthy() {
                repair::repair(&mut store, &diagnosis, self.patience())?;
                diagnosis = self.diagnose(&mut store, &channels, room, channel)?;
                print!("repaired: {diagnosis}");
            }
            damaged += usize::from(!diagnosis.is_healthy());
        }
        if seen == 0 && (self.room.is_some() || self.channel.is_some()) {
            return Err(DoctorError::NothingThere);
        }
        println!("{seen} channels, {damaged} findings");
        Ok(if damaged == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn wants(&self, room: &str, channel: &str) -> bool {
        self.room.as_deref().is_none_or(|wanted| wanted == room)
            && self.channel.as_deref().is_none_or(|wanted| wanted == channel)
    }

    fn diagnose(
        &self,
        store: &mut Examined,
        channels: &[(String, String)],
        room: &str,
        channel: &str,
    ) -> Result<Diagnosis, DoctorError> {
        let rows = store.rows(room, channel)?;
        let name = RoomName::new(room).ok();
        let loaded = name.and_then(|name| store.load(&name, channel).ok());
        Diagnosis::new((room, channel), rows, loaded, channels, self.patience())
    }

    const fn patience(&self) -> Duration {
        Duration::from_millis(self.patience_ms)
    }
}
