//! Delays, kept as counts: 32 steps in each power of two, so that a quantile is off by 3% at most.

use std::time::Duration;

use serde::Serialize;

const STEPS: u64 = 32;
/// Powers of two above the first [`STEPS`] microseconds: up to an hour.
const POWERS: u64 = 28;

/// Counts of delays, in microseconds.
#[derive(Debug)]
pub(super) struct Delays {
    counts: Vec<u64>,
    max: Duration,
}

/// What a reader of the report wants to know, in ms.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Quantiles {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

impl Delays {
    pub(super) fn new() -> Self {
        Self { counts: vec![0; (STEPS * (POWERS + 1)) as usize], max: Duration::ZERO }
    }

    pub(super) fn record(&mut self, delay: Duration) {
        self.counts[slot(delay.as_micros() as u64)] += 1;
        self.max = self.max.max(delay);
    }

    pub(super) fn quantiles(&self) -> Quantiles {
        let max = self.max.as_secs_f64() * 1e3;
        Quantiles { p50: self.quantile_ms(0.5), p99: self.quantile_ms(0.99), max }
    }

    /// The upper end of the step in which this share of all delays ends; 0 if there are none.
    fn quantile_ms(&self, share: f64) -> f64 {
        let total: u64 = self.counts.iter().sum();
        #[allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "counts of one run")]
        let wanted = (total as f64 * share).ceil() as u64;
        let mut seen = 0;
        let found = self.counts.iter().position(|count| {
            seen += count;
            seen >= wanted.max(1)
        });
        let end = Duration::from_micros(found.map_or(0, |slot| end_micros(slot as u64)));
        end.min(self.max).as_secs_f64() * 1e3
    }
}

fn slot(micros: u64) -> usize {
    let power = micros.max(1).ilog2().saturating_sub(STEPS.ilog2()).min(POWERS as u32 - 1);
    let step = (micros >> power).min(2 * STEPS - 1);
    (u64::from(power) * STEPS + step) as usize
}

/// The first microsecond behind a slot.
fn end_micros(slot: u64) -> u64 {
    let power = (slot / STEPS).saturating_sub(1);
    (slot - power * STEPS + 1) << power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_off_by_three_percent_at_most() {
        let mut delays = Delays::new();
        for micros in 1..=100_000 {
            delays.record(Duration::from_micros(micros));
        }
        let Quantiles { p50, p99, max } = delays.quantiles();
        assert!((50.0..51.6).contains(&p50), "{p50}");
        assert!((99.0..=100.0).contains(&p99), "{p99}");
        assert!((max - 100.0).abs() < f64::EPSILON, "{max}");
    }

    #[test]
    fn any_delay_has_a_slot() {
        let mut delays = Delays::new();
        delays.record(Duration::ZERO);
        delays.record(Duration::from_secs(1 << 40));
    }
}
