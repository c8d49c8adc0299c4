//! The command line of `load`: which scenario, how large, how long.

use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Subcommand};

use super::LoadError;
use super::chat::Chat;
use super::dialect::Dialect;
use super::report::Report;
use super::session::Session;
use super::traffic::Traffic;
use super::{chat, churn, idle, joins, rate};

/// About as many as one address has ports for.
const CONNECTIONS_MAX: usize = 20_000;
/// The longest run, in seconds.
const SECONDS_MAX: u64 = 3600;
/// The highest rate, in updates per second.
const RATE_MAX: u64 = 1_000_000;
/// The largest document, in KiB: larger updates are refused by our relay's defaults.
const DOCUMENT_MAX_KIB: u64 = 4096;
/// How long to wait at the end for what is on its way.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same in a search, where being late decides.
const RATE_PATIENCE: Duration = Duration::from_secs(1);

/// What to do, to whom.
#[derive(Debug, Args)]
pub(crate) struct Load {
    /// Where a room is; {room} stands for its name
    #[arg(long, global = true, default_value = "ws://127.0.0.1:8080/sync/{room}")]
    pub(super) url: String,
    /// What the relay speaks
    #[arg(long, global = true, value_enum, default_value = "collab")]
    pub(super) dialect: Dialect,
    /// Process of the relay: read its processor time and memory (Linux)
    #[arg(long, global = true)]
    pub(super) pid: Option<u32>,
    /// How long to keep the load up; in a search, each step
    #[arg(long, global = true, default_value_t = 10, value_parser = number(SECONDS_MAX))]
    pub(super) seconds: u64,
    /// One JSON object instead of a table
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Load a host that is not this machine
    #[arg(long, global = true)]
    pub(super) i_own_this_host: bool,
    #[command(subcommand)]
    pub(super) scenario: Scenario,
}

/// A load.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Scenario {
    /// Some write, all others of one room receive
    FanOut {
        #[arg(long, default_value_t = 10, value_parser = connections())]
        writers: usize,
        #[arg(long, default_value_t = 200, value_parser = connections())]
        readers: usize,
        /// Updates per second of all writers together
        #[arg(long, default_value_t = 100, value_parser = number(RATE_MAX))]
        rate: u64,
    },
    /// Many rooms of two who both write
    Rooms {
        #[arg(long, default_value_t = 500, value_parser = connections())]
        rooms: usize,
        /// Updates per second of each member
        #[arg(long, default_value_t = 2, value_parser = number(RATE_MAX))]
        rate: u64,
    },
    /// The highest rate at which 99 of 100 deliveries are in time
    Rate {
        #[arg(long, default_value_t = 20, value_parser = connections())]
        writers: usize,
        #[arg(long, default_value_t = 200, value_parser = connections())]
        readers: usize,
        /// In time is within so many ms
        #[arg(long, default_value_t = 100, value_parser = number(60_000))]
        p99_ms: u64,
        /// The highest rate that is tried, in updates per second
        #[arg(long, default_value_t = RATE_MAX, value_parser = number(RATE_MAX))]
        max: u64,
    },
    /// Newcomers load a document, one after the other
    Join {
        #[arg(long, default_value_t = 550, value_parser = number(DOCUMENT_MAX_KIB))]
        document_kib: u64,
        #[arg(long, default_value_t = 200, value_parser = connections())]
        joins: usize,
    },
    /// Newcomers load a document, all at once
    Storm {
        #[arg(long, default_value_t = 36, value_parser = number(DOCUMENT_MAX_KIB))]
        document_kib: u64,
        #[arg(long, default_value_t = 1000, value_parser = connections())]
        joins: usize,
    },
    /// Memory of connections that do nothing, in one room and in a room each
    Idle {
        #[arg(long, default_value_t = 1000, value_parser = connections())]
        connections: usize,
    },
    /// One room in which everybody says something now and then, and all others hear it
    Chat {
        #[arg(long, default_value_t = 1000, value_parser = connections())]
        clients: usize,
        /// Messages per second of all together
        #[arg(long, default_value_t = 50, value_parser = number(RATE_MAX))]
        rate: u64,
        /// So many who say nothing, instead
        #[arg(long, value_parser = connections())]
        idle: Option<usize>,
        /// What each shows at the door; {secret} and {name} are filled in
        #[arg(long, default_value = "{secret}")]
        token: String,
    },
    /// People come, type and leave
    Churn {
        /// How many at a time
        #[arg(long, default_value_t = 50, value_parser = connections())]
        at_once: usize,
    },
}

fn number(max: u64) -> RangedU64ValueParser {
    RangedU64ValueParser::new().range(1..=max)
}

fn connections() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=CONNECTIONS_MAX as u64)
}

impl Load {
    /// Puts the load on.
    pub(super) async fn put_on(&self, session: &Session) -> Result<Report, LoadError> {
        let time = Duration::from_secs(self.seconds);
        if self.dialect == Dialect::Text && !matches!(self.scenario, Scenario::Chat { .. }) {
            return Err(LoadError::Dialect);
        }
        match self.scenario {
            Scenario::Chat { idle: Some(count), ref token, .. } => {
                chat::idle(session, count, time, token).await
            }
            Scenario::Chat { clients, rate, ref token, .. } => {
                let chat = Chat { clients, messages_per_s: rate, time, patience: PATIENCE };
                chat.run(session, token).await
            }
            Scenario::FanOut { writers, readers, rate } => {
                traffic(1, writers, readers, rate, time).measure("fan-out", session).await
            }
            Scenario::Rooms { rooms, rate } => {
                let rate = rate.saturating_mul(2 * rooms as u64);
                traffic(rooms, 2, 0, rate, time).measure("rooms", session).await
            }
            Scenario::Rate { writers, readers, p99_ms, max } => {
                let traffic = traffic(1, writers, readers, max, time);
                let traffic = Traffic { patience: RATE_PATIENCE, ..traffic };
                traffic.check()?;
                rate::search(session, traffic, Duration::from_millis(p99_ms)).await
            }
            Scenario::Join { document_kib, joins } => {
                joins::one_by_one(session, bytes(document_kib), joins, time).await
            }
            Scenario::Storm { document_kib, joins } => {
                joins::at_once(session, bytes(document_kib), joins).await
            }
            Scenario::Idle { connections } => idle::run(session, connections).await,
            Scenario::Churn { at_once } => churn::run(session, at_once, time).await,
        }
    }
}

impl Traffic {
    fn check(self) -> Result<(), LoadError> {
        match self.connections() {
            count if count > CONNECTIONS_MAX => {
                Err(LoadError::Connections { count, max: CONNECTIONS_MAX })
            }
            _ => Ok(()),
        }
    }

    async fn measure(self, scenario: &'static str, session: &Session) -> Result<Report, LoadError> {
        self.check()?;
        Ok(self.report(scenario, self.run(session).await?))
    }
}

fn traffic(rooms: usize, writers: usize, readers: usize, rate: u64, time: Duration) -> Traffic {
    Traffic { rooms, writers, readers, updates_per_s: rate, time, patience: PATIENCE }
}

fn bytes(kib: u64) -> usize {
    (kib as usize) << 10
}
