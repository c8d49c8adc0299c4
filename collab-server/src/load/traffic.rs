//! Writers type at a steady rate, everybody else in their room listens.
//!
//! The rate is kept whatever the server does: a delay counts from the moment at which an update was
//! due, so a server that is slow to take updates shows it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::LoadError;
use super::connection::{Connection, Mouth};
use super::delays::Quantiles;
use super::received::{Decoder, Received};
use super::report::{Deliveries, Report};
use super::session::{Session, Usage};
use super::tally::Tally;
use super::typing::Typist;

/// How often updates that are due are sent.
const TICK: Duration = Duration::from_millis(1);
const NANOS_PER_S: u64 = 1_000_000_000;
/// More does not wait for one writer's socket; updates that are due then wait unsent.
const WAITING_MAX_BYTES: usize = 1 << 20;

/// Who types how much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traffic {
    pub(super) rooms: usize,
    /// In each room; they listen too.
    pub(super) writers: usize,
    /// In each room, beside the writers.
    pub(super) readers: usize,
    /// Of all writers together.
    pub(super) updates_per_s: u64,
    pub(super) time: Duration,
    /// How long to wait for what is still on its way at the end.
    pub(super) patience: Duration,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) sent: u64,
    pub(super) unsent: u64,
    pub(super) expected: u64,
    pub(super) delivered: u64,
    pub(super) duplicates: u64,
    pub(super) delay_ms: Quantiles,
    pub(super) usage: Usage,
    pub(super) failures: Vec<String>,
}

/// Who hears what, and when it was due.
struct Hearing {
    tally: Tally,
    decoder: RefCell<Decoder>,
    updates_per_s: u64,
    writers: u64,
}

struct Writer {
    number: u64,
    typist: Typist,
    mouth: Rc<Mouth>,
}

impl Traffic {
    fn members(self) -> usize {
        self.writers + self.readers
    }

    pub(super) fn connections(self) -> usize {
        self.rooms * self.members()
    }

    /// Connects everybody, types, waits for what is on its way, leaves.
    pub(super) async fn run(self, session: &Session) -> Result<Outcome, LoadError> {
        let mut usage = Usage::start(session)?;
        let first_client = session.take_clients(self.rooms * self.writers);
        let name = session.take_room();
        let room = |member| format!("{name}-{}", member / self.members());
        let connections = session.join_all(self.connections(), room).await?;
        let hearing = Rc::new(Hearing::new(self));
        let (mut writers, mut listeners) = (Vec::new(), JoinSet::new());
        for (member, connection) in connections {
            let (room, place) = (member / self.members(), member % self.members());
            let first = first_client + (room * self.writers) as u64;
            let received = Received::new(first, self.writers);
            let own = (place < self.writers).then(|| first + place as u64);
            if let Some(client) = own {
                let number = client - first_client;
                let mouth = connection.mouth();
                writers.push(Writer { number, typist: Typist::new(client), mouth });
            }
            let first_writer = (room * self.writers) as u64;
            let listener = Listener { received, own, first_writer };
            listeners.spawn_local(Rc::clone(&hearing).listen(listener, connection));
        }
        usage.settle(session).await?;
        hearing.tally.start();
        let unsent = self.type_all(&mut writers, &hearing).await;
        let sent: u64 = writers.iter().map(|writer| u64::from(writer.typist.typed)).sum();
        let expected = sent * (self.members() as u64 - 1);
        hearing.tally.wait_for(expected, self.patience).await;
        usage.stop(session)?;
        listeners.abort_all();
        drop(writers);
        while listeners.join_next().await.is_some() {}
        usage.after_leaving(session).await?;
        Ok(hearing.outcome(sent, unsent, expected, usage))
    }

    /// Returns how many updates were due and not sent.
    async fn type_all(self, writers: &mut [Writer], hearing: &Hearing) -> u64 {
        let end_ns = self.time.as_nanos() as u64;
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tick.tick().await;
            let now_ns = hearing.tally.elapsed_ns(Instant::now());
            for writer in writers.iter_mut() {
                writer.send_due(hearing, now_ns.min(end_ns));
            }
            if now_ns >= end_ns {
                return writers.iter().map(|w| w.unsent(hearing, end_ns)).sum();
            }
        }
    }

    /// What came of it, as a report.
    pub(super) fn report(self, scenario: &'static str, outcome: Outcome) -> Report {
        Report {
            scenario,
            rooms: self.rooms,
            connections: self.connections(),
            deliveries: Some(Deliveries {
                seconds: self.time.as_secs_f64(),
                updates_per_s: self.updates_per_s,
                updates: outcome.sent,
                updates_unsent: outcome.unsent,
                delivered: outcome.delivered,
                lost: outcome.expected - outcome.delivered,
                duplicates: outcome.duplicates,
                delay_ms: outcome.delay_ms,
            }),
            server: outcome.usage.server(Some(outcome.delivered)),
            generator_cpu_s: outcome.usage.generator_cpu_s(),
            failures: outcome.failures,
            ..Report::default()
        }
    }
}

impl Writer {
    fn send_due(&mut self, hearing: &Hearing, now_ns: u64) {
        if self.mouth.waiting_bytes() > WAITING_MAX_BYTES {
            return;
        }
        let mut updates = Vec::new();
        while hearing.due_ns(self.number, self.typist.typed) < now_ns {
            updates.push(self.typist.keystroke());
        }
        if !updates.is_empty() {
            self.mouth.send_updates(&updates);
        }
    }

    fn unsent(&self, hearing: &Hearing, end_ns: u64) -> u64 {
        let due = |&number: &u32| hearing.due_ns(self.number, number) < end_ns;
        (self.typist.typed..u32::MAX).take_while(due).count() as u64
    }
}

struct Listener {
    received: Received,
    /// Whose updates are its own: an echo is no delivery.
    own: Option<u64>,
    /// The number of the room's first writer among all.
    first_writer: u64,
}

impl Hearing {
    fn new(traffic: Traffic) -> Self {
        Self {
            tally: Tally::new(),
            decoder: RefCell::new(Decoder::new()),
            updates_per_s: traffic.updates_per_s,
            writers: (traffic.rooms * traffic.writers) as u64,
        }
    }

    /// Writers take turns.
    fn due_ns(&self, writer: u64, number: u32) -> u64 {
        (u64::from(number) * self.writers + writer) * NANOS_PER_S / self.updates_per_s
    }

    /// Somebody listens for as long as their connection lasts.
    async fn listen(self: Rc<Self>, mut listener: Listener, connection: Connection) {
        let take = |update: &[u8], now| self.take(&mut listener, update, now);
        let error = connection.hear_updates(take).await;
        self.tally.fail(&error);
    }

    /// Counts what is new to one listener.
    fn take(&self, listener: &mut Listener, update: &[u8], now: Instant) -> Result<(), LoadError> {
        let runs = self.decoder.borrow_mut().runs(update)?;
        for (client, clocks) in runs.iter().filter(|(client, _)| Some(*client) != listener.own) {
            let Some((writer, fresh, again)) = listener.received.add(*client, clocks.clone())
            else {
                continue;
            };
            self.tally.repeat(u64::from(again));
            for number in fresh {
                self.tally.deliver(self.due_ns(listener.first_writer + writer as u64, number), now);
            }
        }
        Ok(())
    }

    fn outcome(&self, sent: u64, unsent: u64, expected: u64, usage: Usage) -> Outcome {
        Outcome {
            sent,
            unsent,
            expected,
            delivered: self.tally.delivered(),
            duplicates: self.tally.duplicates(),
            delay_ms: self.tally.delay_ms(),
            usage,
            failures: self.tally.take_failures(),
        }
    }
}
