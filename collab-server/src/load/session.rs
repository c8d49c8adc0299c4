//! One run against one relay: names that no other run uses, connections, the server's process.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::{sleep, timeout};

use super::LoadError;
use super::chatter::Chatter;
use super::connection::{Connection, Voice};
use super::dialect::Dialect;
use super::process::{Cpu, Process};
use super::report::Server;
use super::target::Target;

/// Connections that are opened at once, unless that is what is measured.
const OPENING_MAX: usize = 64;
/// A connection that is not synced after this time fails.
const JOIN_PATIENCE: Duration = Duration::from_secs(60);
/// How long the server is left alone before its memory is read.
const SETTLING: Duration = Duration::from_millis(500);
/// Between two looks at a server that should come to rest.
const LOOK: Duration = Duration::from_millis(100);
/// A server that does not come to rest is measured all the same.
const REST_PATIENCE: Duration = Duration::from_secs(10);

/// Whom to load, and what is watched. Clones share their names.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) target: Target,
    pub(super) process: Option<Process>,
    nonce: u64,
    rooms: Rc<Cell<u64>>,
    clients: Rc<Cell<u64>>,
}

impl Session {
    pub(super) fn new(target: Target, process: Option<Process>) -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let nonce = since_epoch.as_millis() as u64;
        // Yjs client IDs have 32 bits; a run on a server that keeps rooms starts elsewhere.
        let clients = Cell::new(1 << 31 | (nonce & 0x7fff) << 16);
        Self { target, process, nonce, rooms: Rc::default(), clients: Rc::new(clients) }
    }

    /// A room's name that is used once.
    pub(super) fn take_room(&self) -> String {
        let number = self.rooms.replace(self.rooms.get() + 1);
        format!("load-{}-{number}", self.nonce)
    }

    /// So many client IDs that are used once, from the returned one on.
    pub(super) fn take_clients(&self, count: usize) -> u64 {
        self.clients.replace(self.clients.get() + count as u64)
    }

    /// Connects and waits until the server has told everything.
    pub(super) async fn join(&self, room: &str) -> Result<Connection, LoadError> {
        let join = async {
            let mut connection = Connection::open(&self.target, room).await?;
            connection.synced(|_| Ok(())).await?;
            Ok(connection)
        };
        timeout(JOIN_PATIENCE, join).await.map_err(|_| LoadError::Slow)?
    }

    /// Joins a chat; in a dialect that tells newcomers nothing there is nothing to wait for.
    pub(super) async fn join_chat(
        &self,
        room: &str,
        chatter: Chatter,
    ) -> Result<Connection, LoadError> {
        let is_told = self.target.dialect == Dialect::Collab;
        let join = async {
            let voice = Voice::Chatter(chatter);
            let mut connection = Connection::open_as(&self.target, room, voice).await?;
            if is_told {
                connection.synced(|_| Ok(())).await?;
            }
            Ok(connection)
        };
        timeout(JOIN_PATIENCE, join).await.map_err(|_| LoadError::Slow)?
    }

    /// So many connections, each with its number, in the rooms that `room` names.
    pub(super) async fn join_all(
        &self,
        count: usize,
        room: impl Fn(usize) -> String,
    ) -> Result<Vec<(usize, Connection)>, LoadError> {
        let (join, mut all) = (async |number| self.join(&room(number)).await, Vec::new());
        self.each_as_it_joins(count, join, |number, connection| all.push((number, connection)))
            .await?;
        Ok(all)
    }

    /// Opens so many connections, some at once, and hands over each with its number when it is there.
    pub(super) async fn each_as_it_joins(
        &self,
        count: usize,
        join: impl AsyncFn(usize) -> Result<Connection, LoadError>,
        mut here: impl FnMut(usize, Connection),
    ) -> Result<(), LoadError> {
        let join = async |number| Ok::<_, LoadError>((number, join(number).await?));
        let mut joining = stream::iter(0..count).map(join).buffer_unordered(OPENING_MAX);
        while let Some((number, connection)) = joining.try_next().await? {
            here(number, connection);
        }
        Ok(())
    }

    /// Waits until the server has nothing to do, if it is watched, so that its memory and the next figure are its own.
    pub(super) async fn rest(&self) -> Result<(), LoadError> {
        sleep(LOOK).await;
        let Some(process) = self.process else { return Ok(()) };
        sleep(SETTLING).await;
        let started = Instant::now();
        let mut before = process.cpu()?;
        while started.elapsed() < REST_PATIENCE {
            sleep(LOOK).await;
            let now = process.cpu()?;
            if now - before <= LOOK / 10 {
                break;
            }
            before = now;
        }
        Ok(())
    }
}

/// What the server and the generator used during a measurement.
#[derive(Debug, Default)]
pub(super) struct Usage {
    started: Option<(Cpu, Option<Cpu>)>,
    pub(super) cpu: Option<Duration>,
    generator_cpu: Option<Duration>,
    resident_before_kib: u64,
    resident_kib: u64,
    resident_after_kib: u64,
}

impl Usage {
    /// Before anybody is there.
    pub(super) fn start(session: &Session) -> Result<Self, LoadError> {
        let resident_before_kib = resident_kib(session)?;
        Ok(Self { resident_before_kib, ..Self::default() })
    }

    /// Everybody is there; from now on processor time counts.
    pub(super) async fn settle(&mut self, session: &Session) -> Result<(), LoadError> {
        session.rest().await?;
        self.count(session)
    }

    /// From now on processor time counts.
    pub(super) fn count(&mut self, session: &Session) -> Result<(), LoadError> {
        let server = session.process.map(Process::cpu).transpose()?;
        self.started = Process::own().cpu().ok().map(|own| (own, server));
        Ok(())
    }

    /// The work is done, everybody is still there.
    pub(super) fn stop(&mut self, session: &Session) -> Result<(), LoadError> {
        if let Some((own, server)) = self.started {
            self.generator_cpu = Process::own().cpu().ok().map(|now| now - own);
            if let (Some(process), Some(server)) = (session.process, server) {
                self.cpu = Some(process.cpu()? - server);
            }
        }
        self.resident_kib = resident_kib(session)?;
        Ok(())
    }

    /// Everybody has left.
    pub(super) async fn after_leaving(&mut self, session: &Session) -> Result<(), LoadError> {
        session.rest().await?;
        self.resident_after_kib = resident_kib(session)?;
        Ok(())
    }

    /// What each of so many connections has added to the server's memory; `None` if no process is
    /// watched.
    pub(super) fn grown_kib_each(&self, session: &Session, count: usize) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "memory of one machine")]
        let each = self.resident_kib.saturating_sub(self.resident_before_kib) as f64 / count as f64;
        session.process.map(|_| each)
    }

    /// Processor time of the generator.
    pub(super) fn generator_cpu_s(&self) -> Option<f64> {
        self.generator_cpu.map(|cpu| cpu.as_secs_f64())
    }

    /// For the report; `deliveries` is what the processor time is divided by.
    pub(super) fn server(&self, deliveries: Option<u64>) -> Option<Server> {
        let cpu_s = self.cpu?.as_secs_f64();
        #[allow(clippy::cast_precision_loss, reason = "counts of one run")]
        let millions = deliveries.filter(|&count| count > 0).map(|count| count as f64 / 1e6);
        Some(Server {
            cpu_s,
            cpu_s_per_million_deliveries: millions.map(|millions| cpu_s / millions),
            resident_before_kib: self.resident_before_kib,
            resident_kib: self.resident_kib,
            resident_after_kib: self.resident_after_kib,
        })
    }
}

/// Resident memory of the server; 0 if none is watched.
pub(super) fn resident_kib(session: &Session) -> Result<u64, LoadError> {
    session.process.map_or(Ok(0), Process::resident_kib)
}
