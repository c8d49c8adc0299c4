//! A chat: one room, everybody has a name, says something in turn, and hears all others.
//!
//! Each message has a number by which it is known, so that one that is lost or comes twice shows. A
//! delay counts from the moment at which a message was due.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::LoadError;
use super::chatter::Chatter;
use super::connection::{Connection, Mouth};
use super::marks::{self, Seen};
use super::report::{Deliveries, Idle, Report};
use super::session::{Session, Usage};
use super::tally::Tally;

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

/// Who hears what, and when it was due.
struct Hearing {
    tally: Tally,
    messages_per_s: u64,
    clients: u64,
}

impl Chat {
    /// Connects everybody, talks, waits for what is on its way, leaves.
    pub(super) async fn run(self, session: &Session, token: &str) -> Result<Report, LoadError> {
        let mut usage = Usage::start(session)?;
        let hearing = Rc::new(Hearing::new(self));
        let (mouths, mut listeners) = listen(session, self.clients, token, &hearing).await?;
        usage.settle(session).await?;
        hearing.tally.start();
        let sent = self.talk(&mouths, &hearing).await;
        let expected = sent * (self.clients as u64 - 1);
        hearing.tally.wait_for(expected, self.patience).await;
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
            deliveries: Some(hearing.deliveries(self, sent, expected)),
            idle: Some(Idle { connection_kib, room_kib: None }),
            server: usage.server(Some(hearing.tally.delivered())),
            generator_cpu_s: usage.generator_cpu_s(),
            failures: hearing.tally.take_failures(),
            ..Report::default()
        })
    }

    /// Returns how many messages were sent.
    async fn talk(self, mouths: &[Rc<Mouth>], hearing: &Hearing) -> u64 {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let total = self.messages_per_s * self.time.as_secs();
        let mut number = 0;
        while number < total {
            tick.tick().await;
            let elapsed_ns = hearing.tally.elapsed_ns(Instant::now());
            while number < total && hearing.due_ns(number) <= elapsed_ns {
                let speaker = (number % self.clients as u64) as usize;
                mouths[speaker].send_message(&marks::write(number));
                number += 1;
            }
        }
        total
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
    let hearing = Rc::new(Hearing::new(silence));
    let (mouths, mut listeners) = listen(session, clients, token, &hearing).await?;
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
        failures: hearing.tally.take_failures(),
        ..Report::default()
    })
}

/// Brings so many people into one room, and has each of them listen in a task. Their mouths are in
/// the order of their numbers.
async fn listen(
    session: &Session,
    clients: usize,
    token: &str,
    hearing: &Rc<Hearing>,
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
            listeners.spawn_local(Rc::clone(hearing).listen(number as u64, connection));
        })
        .await?;
    mouths.sort_unstable_by_key(|(number, _)| *number);
    Ok((mouths.into_iter().map(|(_, mouth)| mouth).collect(), listeners))
}

impl Hearing {
    fn new(chat: Chat) -> Self {
        let (messages_per_s, clients) = (chat.messages_per_s, chat.clients as u64);
        Self { tally: Tally::new(), messages_per_s, clients }
    }

    /// Somebody listens for as long as their connection lasts.
    async fn listen(self: Rc<Self>, listener: u64, connection: Connection) {
        let mut seen = Seen::default();
        let take = |update: &[u8], now| {
            marks::find(update).for_each(|mark| self.take(listener, &mut seen, mark, now));
            Ok(())
        };
        let error = connection.hear_updates(take).await;
        self.tally.fail(&error);
    }

    /// What comes again, or to its sender, is no delivery.
    fn take(&self, listener: u64, seen: &mut Seen, mark: u64, now: Instant) {
        if mark % self.clients == listener || !seen.add(mark) {
            return self.tally.repeat(1);
        }
        self.tally.deliver(self.due_ns(mark), now);
    }

    fn due_ns(&self, number: u64) -> u64 {
        number * NANOS_PER_S / self.messages_per_s
    }

    fn deliveries(&self, chat: Chat, sent: u64, expected: u64) -> Deliveries {
        let delivered = self.tally.delivered();
        Deliveries {
            seconds: chat.time.as_secs_f64(),
            updates_per_s: chat.messages_per_s,
            updates: sent,
            updates_unsent: 0,
            delivered,
            lost: expected.saturating_sub(delivered),
            duplicates: self.tally.duplicates(),
            delay_ms: self.tally.delay_ms(),
        }
    }
}
