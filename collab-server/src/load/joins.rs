//! Newcomers who load a document: one after the other, or all at once.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use collab_core::log;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::connection::Connection;
use super::delays::Delays;
use super::dialect::Said;
use super::received::{Decoder, Received};
use super::report::{Joins, Report};
use super::session::{Session, Usage};
use super::{LoadError, typing};

/// A newcomer who has not everything after this time has lost it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A room with a document in it.
struct Library {
    room: String,
    first_client: u64,
    document_bytes: usize,
    /// What somebody who has everything holds.
    units: u64,
    decoder: RefCell<Decoder>,
    /// Keeps the room alive where the server forgets empty ones.
    _keeper: Connection,
}

/// So many joins, one after the other, but no longer than `time`.
pub(super) async fn one_by_one(
    session: &Session,
    document_bytes: usize,
    joins_max: usize,
    time: Duration,
) -> Result<Report, LoadError> {
    let mut usage = Usage::start(session)?;
    let library = Library::open(session, document_bytes).await?;
    usage.settle(session).await?;
    let (mut delays, mut joins, mut lost) = (Delays::new(), 0, 0);
    let started = Instant::now();
    while joins < joins_max as u64 && started.elapsed() < time {
        let begun = Instant::now();
        match library.visit(session).await {
            Ok(visitor) => {
                delays.record(begun.elapsed());
                visitor.mouth().close();
            }
            Err(LoadError::Slow) => lost += 1,
            Err(error) => return Err(error),
        }
        joins += 1;
    }
    usage.stop(session)?;
    usage.after_leaving(session).await?;
    Ok(library.report("join", joins, lost, &delays, &usage))
}

/// So many joins at once.
pub(super) async fn at_once(
    session: &Session,
    document_bytes: usize,
    joins: usize,
) -> Result<Report, LoadError> {
    let mut usage = Usage::start(session)?;
    let library = Rc::new(Library::open(session, document_bytes).await?);
    let shared = session.clone();
    usage.settle(session).await?;
    let mut visits = JoinSet::new();
    let begun = Instant::now();
    for _ in 0..joins {
        let (library, session) = (Rc::clone(&library), shared.clone());
        visits.spawn_local(async move {
            let visitor = library.visit(&session).await;
            (visitor, begun.elapsed())
        });
    }
    let (mut delays, mut visitors, mut failures) = (Delays::new(), Vec::new(), Vec::new());
    while let Some(visit) = visits.join_next().await {
        match visit {
            Ok((Ok(visitor), elapsed)) => {
                delays.record(elapsed);
                visitors.push(visitor);
            }
            Ok((Err(error), _)) => failures.push(error.to_string()),
            Err(panicked) => failures.push(panicked.to_string()),
        }
    }
    usage.stop(session)?;
    visitors.drain(..).for_each(|visitor| visitor.mouth().close());
    usage.after_leaving(session).await?;
    let lost = failures.len() as u64;
    let report = library.report("storm", joins as u64, lost, &delays, &usage);
    Ok(Report { failures, ..report })
}

impl Library {
    async fn open(session: &Session, bytes: usize) -> Result<Self, LoadError> {
        let room = session.take_room();
        let first_client = session.take_clients(typing::AUTHORS as usize);
        let state = typing::document(first_client, bytes)?;
        let runs = log::check(&state, usize::MAX)?;
        let units = runs.inserts().map(|(_, clocks)| clocks.len() as u64).sum();
        let keeper = session.join(&room).await?;
        keeper.mouth().send_update(&state);
        let decoder = RefCell::new(Decoder::new());
        let document_bytes = state.len();
        let library = Self { room, first_client, document_bytes, units, decoder, _keeper: keeper };
        // The server has taken the document when a newcomer gets it.
        library.visit(session).await?.mouth().close();
        Ok(library)
    }

    /// Joins, and stays until everything is there.
    async fn visit(&self, session: &Session) -> Result<Connection, LoadError> {
        let visit = async {
            let mut received = Received::new(self.first_client, typing::AUTHORS as usize);
            let mut connection = Connection::open(&session.target, &self.room).await?;
            while received.units() < self.units {
                let take = |said: Said<'_>, _| match said {
                    Said::Update(update) | Said::Answer(update) => {
                        for (client, clocks) in &*self.decoder.borrow_mut().runs(update)? {
                            received.add(*client, clocks.clone());
                        }
                        Ok(())
                    }
                    Said::Refused(code) => Err(LoadError::Refused(code)),
                    Said::Nothing => Ok(()),
                };
                connection.hear(take).await?;
            }
            Ok(connection)
        };
        timeout(PATIENCE, visit).await.map_err(|_| LoadError::Slow)?
    }

    fn report(
        &self,
        scenario: &'static str,
        joins: u64,
        lost: u64,
        delays: &Delays,
        usage: &Usage,
    ) -> Report {
        #[allow(clippy::cast_precision_loss, reason = "counts of one run")]
        let each = usage.cpu.map(|cpu| cpu.as_secs_f64() * 1e3 / joins.max(1) as f64);
        Report {
            scenario,
            rooms: 1,
            connections: joins as usize,
            joins: Some(Joins {
                document_bytes: self.document_bytes,
                joined: joins - lost,
                lost,
                join_ms: delays.quantiles(),
                server_cpu_ms_per_join: each,
            }),
            server: usage.server(None),
            generator_cpu_s: usage.generator_cpu_s(),
            ..Report::default()
        }
    }
}
