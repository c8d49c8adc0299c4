//! The highest rate at which 99 of 100 deliveries stay below a delay.

use std::time::Duration;

use super::LoadError;
use super::report::{Report, Tried};
use super::session::Session;
use super::traffic::{Outcome, Traffic};

/// Where doubling starts, in updates per second.
const FIRST_PER_S: u64 = 250;

/// Doubles the rate of `traffic` until it is not held or above its own, then halves the distance
/// between the highest that was held and the lowest that was not, to a tenth.
pub(super) async fn search(
    session: &Session,
    traffic: Traffic,
    p99_max: Duration,
) -> Result<Report, LoadError> {
    let (mut held, mut missed) = (0, traffic.updates_per_s + 1);
    let mut best = Report { scenario: "rate", ..Report::default() };
    let (mut tried, mut rate) = (Vec::new(), FIRST_PER_S.min(traffic.updates_per_s));
    while missed > held + held / 10 + 1 && rate > held && rate < missed {
        let step = Traffic { updates_per_s: rate, ..traffic };
        let outcome = step.run(session).await?;
        let is_held = is_held(&outcome, p99_max);
        tried.push(Tried { updates_per_s: rate, p99_ms: outcome.delay_ms.p99, is_held });
        if is_held {
            held = rate;
            best = step.report("rate", outcome);
        } else {
            missed = rate;
        }
        let is_doubling = missed > traffic.updates_per_s;
        rate = if is_doubling { held * 2 } else { held.midpoint(missed) };
    }
    Ok(Report { tried, ..best })
}

fn is_held(outcome: &Outcome, p99_max: Duration) -> bool {
    outcome.delivered == outcome.expected
        && outcome.unsent == 0
        && outcome.delay_ms.p99 <= p99_max.as_secs_f64() * 1e3
}
