//! A chat: one room, everybody has a name, says something in turn, and hears all others.
//!
//! Each message has a number by which it is known, so that one that is lost or comes twice shows. A
//! delay counts from the moment at which a message was due.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::LoadError;
use super::chatter::Chatter;
use super::connection::{Connection, Mouth};
use super::delays::Delays;
use super::dialect::Said;
use super::marks::{self, Seen};
use super::report::{Deliveries, Idle, Report};
use super::session::{Session, Usage};

/// How often messages that are due are sent.
const TICK: Duration = Duration::from_millis(1);
const NANOS_PER_S: u64 = 1_000_000_000;

/// Who says how much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chat {
    pub(super) clients: usize,
    /// Of all together.
    pub(super) messages_per_s: u64,
    pub(super) time: Duration,
    /// How long to wait for what is still on its way at the end.
    pub(super) patience: Duration,
}

/// What all listeners write into.
struct Tally {
    start: Cell<Instant>,
    messages_per_s: u64,
    clients: u64,
    delays: RefCell<Delays>,
    delivered: Cell<u64>,
    /// What came again, or to its sender.
    duplicates: Cell<u64>,
    failures: RefCell<Vec<String>>,
}

impl Chat {
    /// Connects everybody, talks, waits for what is on its way, leaves.
    pub(super) async fn run(self, session: &Session, token: &str) -> Result<Report, LoadError> {
        let mut usage = Usage::start(session)?;
        let tally = Rc::new(Tally::new(self));
        let (mouths, mut listeners) = listen(session, self.clients, token, &tally).await?;
        usage.settle(session).await?;
        tally.start.set(Instant::now());
        let sent = self.talk(&mouths, &tally).await;
        let expected = sent * (self.clients as u64 - 1);
        self.wait_for(expected, &tally).await;
        usage.stop(session)?;
        let connection_kib = usage.grown_kib_each(session, self.clients);
        listeners.abort_all();
        drop(mouths);
        while listeners.join_next().await.is_some() {}
        usage.after_leaving(session).await?;
        Ok(Report {
            scenario: "chat",
            rooms: 1,
            connections: self.clients,
            deliveries: Some(tally.deliveries(self, sent, expected)),
            idle: Some(Idle { connection_kib, room_kib: None }),
            server: usage.server(Some(tally.delivered.get())),
            generator_cpu_s: usage.generator_cpu_s(),
            failures: tally.failures.take(),
            ..Report::default()
        })
    }

    /// Returns how many messages were sent.
    async fn talk(self, mouths: &[Rc<Mouth>], tally: &Tally) -> u64 {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let total = self.messages_per_s * self.time.as_secs();
        let mut number = 0;
        while number < total {
            tick.tick().await;
            let elapsed_ns = tally.elapsed_ns(Instant::now());
            while number < total && tally.due_ns(number) <= elapsed_ns {
                let speaker = (number % self.clients as u64) as usize;
                mouths[speaker].send_message(&marks::write(number));
                number += 1;
            }
        }
        total
    }

    async fn wait_for(self, expected: u64, tally: &Tally) {
        let started = Instant::now();
        while tally.delivered.get() < expected && started.elapsed() < self.patience {
            sleep(TICK).await;
        }
    }
}

/// So many people who say nothing: what do they cost in `time`, and how much memory do they take?
pub(super) async fn idle(
    session: &Session,
    clients: usize,
    time: Duration,
    token: &str,
) -> Result<Report, LoadError> {
    let mut usage = Usage::start(session)?;
    let silence = Chat { clients, messages_per_s: 1, time, patience: Duration::ZERO };
    let tally = Rc::new(Tally::new(silence));
    let (mouths, mut listeners) = listen(session, clients, token, &tally).await?;
    usage.settle(session).await?;
    sleep(time).await;
    usage.stop(session)?;
    let connection_kib = usage.grown_kib_each(session, clients);
    listeners.abort_all();
    drop(mouths);
    while listeners.join_next().await.is_some() {}
    usage.after_leaving(session).await?;
    Ok(Report {
        scenario: "chat-idle",
        rooms: 1,
        connections: clients,
        idle: Some(Idle { connection_kib, room_kib: None }),
        server: usage.server(None),
        generator_cpu_s: usage.generator_cpu_s(),
        failures: tally.failures.take(),
        ..Report::default()
    })
}

/// Brings so many people into one room, and has each of them listen in a task. Their mouths are in
/// the order of their numbers.
async fn listen(
    session: &Session,
    clients: usize,
    token: &str,
    tally: &Rc<Tally>,
) -> Result<(Vec<Rc<Mouth>>, JoinSet<()>), LoadError> {
    let (room, first_client) = (session.take_room(), session.take_clients(clients));
    let join = async |number: usize| {
        let (name, secret) = (format!("load-{number}"), format!("{room}-{number}"));
        let token = token.replace("{secret}", &secret).replace("{name}", &name);
        let client = first_client + number as u64;
        let chatter = Chatter::new(session.target.dialect, client, name, &secret, token)?;
        session.join_chat(&room, chatter).await
    };
    // Who is there already must hear those who come, or the relay's queues fill.
    let (mut mouths, mut listeners) = (Vec::with_capacity(clients), JoinSet::new());
    session
        .each_as_it_joins(clients, join, |number, connection| {
            mouths.push((number, connection.mouth()));
            let listener = Listener { number: number as u64, connection, seen: Seen::default() };
            listeners.spawn_local(listener.listen(Rc::clone(tally)));
        })
        .await?;
    mouths.sort_unstable_by_key(|(number, _)| *number);
    Ok((mouths.into_iter().map(|(_, mouth)| mouth).collect(), listeners))
}

struct Listener {
    number: u64,
    connection: Connection,
    seen: Seen,
}

impl Listener {
    async fn listen(mut self, tally: Rc<Tally>) {
        let (number, seen) = (self.number, &mut self.seen);
        loop {
            let heard = self.connection.hear(|said, now| match said {
                Said::Update(bytes) | Said::Answer(bytes) => {
                    marks::find(bytes).for_each(|mark| tally.take(number, seen, mark, now));
                    Ok(())
                }
                Said::Refused(code) => Err(LoadError::Refused(code)),
                Said::Nothing => Ok(()),
            });
            if let Err(error) = heard.await {
                tally.failures.borrow_mut().push(error.to_string());
                return;
            }
        }
    }
}

impl Tally {
    fn new(chat: Chat) -> Self {
        Self {
            start: Cell::new(Instant::now()),
            messages_per_s: chat.messages_per_s,
            clients: chat.clients as u64,
            delays: RefCell::new(Delays::new()),
            delivered: Cell::default(),
            duplicates: Cell::default(),
            failures: RefCell::default(),
        }
    }

    fn due_ns(&self, number: u64) -> u64 {
        number * NANOS_PER_S / self.messages_per_s
    }

    fn elapsed_ns(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.start.get()).as_nanos() as u64
    }

    fn take(&self, listener: u64, seen: &mut Seen, mark: u64, now: Instant) {
        if mark % self.clients == listener || !seen.add(mark) {
            self.duplicates.set(self.duplicates.get() + 1);
            return;
        }
        self.delivered.set(self.delivered.get() + 1);
        let late_ns = self.elapsed_ns(now).saturating_sub(self.due_ns(mark));
        self.delays.borrow_mut().record(Duration::from_nanos(late_ns));
    }

    fn deliveries(&self, chat: Chat, sent: u64, expected: u64) -> Deliveries {
        Deliveries {
            seconds: chat.time.as_secs_f64(),
            updates_per_s: chat.messages_per_s,
            updates: sent,
            updates_unsent: 0,
            delivered: self.delivered.get(),
            lost: expected.saturating_sub(self.delivered.get()),
            duplicates: self.duplicates.get(),
            delay_ms: self.delays.borrow().quantiles(),
        }
    }
}
