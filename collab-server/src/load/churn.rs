//! People who come, type one character and leave, while somebody stays and counts.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::LoadError;
use super::connection::Connection;
use super::dialect::Said;
use super::received::{Decoder, Received};
use super::report::{Churn, Report};
use super::session::{Session, Usage};
use super::typing::Typist;

/// Client IDs that are set aside: more visits than a run can have.
const VISITS_MAX: usize = 1 << 20;
/// How long to wait for the last keystrokes.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(5);

/// So many at once, as often as `time` allows.
pub(super) async fn run(
    session: &Session,
    at_once: usize,
    time: Duration,
) -> Result<Report, LoadError> {
    let mut usage = Usage::start(session)?;
    let (room, first_client) = (session.take_room(), session.take_clients(VISITS_MAX));
    let seen = Rc::new(RefCell::new(Received::new(first_client, VISITS_MAX)));
    let mut staying = JoinSet::new();
    staying.spawn_local(watch(session.join(&room).await?, Rc::clone(&seen)));
    usage.settle(session).await?;
    let (next, started) = (Rc::new(Cell::new(0)), Instant::now());
    let mut visitors = JoinSet::new();
    for _ in 0..at_once {
        let visitor = Visitor { session: session.clone(), room: room.clone(), first_client };
        visitors.spawn_local(visitor.come_again(Rc::clone(&next), started + time));
    }
    let mut failures = Vec::new();
    while let Some(ended) = visitors.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => failures.push(error.to_string()),
            Err(panicked) => failures.push(panicked.to_string()),
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    usage.stop(session)?;
    let visits: u64 = next.get();
    let waiting = Instant::now();
    while seen.borrow().units() < visits && waiting.elapsed() < PATIENCE {
        sleep(LOOK).await;
    }
    let lost = visits - seen.borrow().units();
    drop(staying);
    usage.after_leaving(session).await?;
    #[allow(clippy::cast_precision_loss, reason = "counts of one run")]
    let visits_per_s = visits as f64 / seconds;
    Ok(Report {
        scenario: "churn",
        rooms: 1,
        connections: at_once,
        churn: Some(Churn { seconds, visits, visits_per_s, lost }),
        server: usage.server(None),
        generator_cpu_s: usage.generator_cpu_s(),
        failures,
        ..Report::default()
    })
}

async fn watch(mut connection: Connection, seen: Rc<RefCell<Received>>) {
    let mut decoder = Decoder::new();
    let mut take = |said: Said<'_>, _| {
        if let Said::Update(update) | Said::Answer(update) = said {
            for (client, clocks) in &*decoder.runs(update)? {
                seen.borrow_mut().add(*client, clocks.clone());
            }
        }
        Ok(())
    };
    // What ends the connection shows as keystrokes that never came.
    while connection.hear(&mut take).await.is_ok() {}
}

struct Visitor {
    session: Session,
    room: String,
    first_client: u64,
}

impl Visitor {
    async fn come_again(self, next: Rc<Cell<u64>>, end: Instant) -> Result<(), LoadError> {
        while Instant::now() < end && next.get() < VISITS_MAX as u64 {
            let connection = self.session.join(&self.room).await?;
            let number = next.replace(next.get() + 1);
            let keystroke = Typist::new(self.first_client + number).keystroke();
            connection.mouth().send_update(&keystroke);
            connection.mouth().close();
            connection.until_closed().await;
        }
        Ok(())
    }
}
