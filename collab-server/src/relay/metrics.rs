//! What an operator sees under `/metrics`.

use collab_core::wire::ErrorCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// All metrics of one relay. Names and helps are given where they are registered.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) connections: Gauge,
    pub(crate) rooms: Gauge,
    messages_in: Counter,
    messages_out: Counter,
    bytes_in: Counter,
    bytes_out: Counter,
    pub(crate) queue_drops: Counter,
    pub(crate) resyncs: Counter,
    pub(crate) duplicates: Counter,
    pub(crate) compaction_mismatches: Counter,
    pub(crate) room_panics: Counter,
    pub(crate) store_failures: Counter,
    pub(crate) append_seconds: Histogram,
    pub(crate) load_seconds: Histogram,
    pub(crate) compact_seconds: Histogram,
    refused_updates: Family<RefusedLabels, Counter>,
    turned_away: Family<TurnedAwayLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusedLabels {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TurnedAwayLabels {
    reason: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("collab"),
            connections: Gauge::default(),
            rooms: Gauge::default(),
            messages_in: Counter::default(),
            messages_out: Counter::default(),
            bytes_in: Counter::default(),
            bytes_out: Counter::default(),
            queue_drops: Counter::default(),
            resyncs: Counter::default(),
            duplicates: Counter::default(),
            compaction_mismatches: Counter::default(),
            room_panics: Counter::default(),
            store_failures: Counter::default(),
            append_seconds: latency(),
            load_seconds: latency(),
            compact_seconds: latency(),
            refused_updates: Family::default(),
            turned_away: Family::default(),
        };
        metrics.register_traffic();
        metrics.register_rooms();
        metrics.register_store();
        metrics
    }

    /// Counts a refused update; returns how many had been refused with this code before.
    pub(crate) fn refused(&self, code: ErrorCode) -> u64 {
        self.refused_updates.get_or_create(&RefusedLabels { code: code.name() }).inc()
    }

    /// Counts a connection that was not let in.
    pub(crate) fn turned_away(&self, reason: &'static str) {
        self.turned_away.get_or_create(&TurnedAwayLabels { reason }).inc();
    }

    /// Counts a received frame.
    pub(crate) fn received(&self, bytes: usize) {
        self.messages_in.inc();
        self.bytes_in.inc_by(bytes as u64);
    }

    /// Counts sent frames.
    pub(crate) fn sent(&self, frames: usize, bytes: usize) {
        self.messages_out.inc_by(frames as u64);
        self.bytes_out.inc_by(bytes as u64);
    }

    /// Everything in the OpenMetrics text format.
    pub(crate) fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    fn register_traffic(&mut self) {
        let r = &mut self.registry;
        r.register("connections", "Open connections", self.connections.clone());
        r.register("messages_in", "Frames received", self.messages_in.clone());
        r.register("messages_out", "Frames sent", self.messages_out.clone());
        r.register_with_unit("in", "Payload received", Unit::Bytes, self.bytes_in.clone());
        r.register_with_unit("out", "Payload sent", Unit::Bytes, self.bytes_out.clone());
        r.register("queue_drops", "Frames dropped for slow readers", self.queue_drops.clone());
        r.register("turned_away", "Connections not let in", self.turned_away.clone());
    }

    fn register_rooms(&mut self) {
        let r = &mut self.registry;
        r.register("rooms", "Rooms in memory", self.rooms.clone());
        r.register("resyncs", "Connections told to sync again", self.resyncs.clone());
        r.register("duplicates", "Updates that added nothing", self.duplicates.clone());
        r.register("refused_updates", "Updates refused, by error", self.refused_updates.clone());
        r.register("room_panics", "Rooms ended by a fault", self.room_panics.clone());
        let mismatches = self.compaction_mismatches.clone();
        r.register("compaction_mismatches", "Compactions thrown away", mismatches);
    }

    fn register_store(&mut self) {
        let r = &mut self.registry;
        let (append, load) = (self.append_seconds.clone(), self.load_seconds.clone());
        r.register_with_unit("store_append", "Time of one batch", Unit::Seconds, append);
        r.register_with_unit("store_load", "Time to load a channel", Unit::Seconds, load);
        let compact = self.compact_seconds.clone();
        r.register_with_unit("store_compact", "Time to replace a snapshot", Unit::Seconds, compact);
        r.register("store_failures", "Failed store operations", self.store_failures.clone());
    }
}

/// From 0.1 ms to about 13 s.
fn latency() -> Histogram {
    Histogram::new(exponential_buckets(0.0001, 2.0, 18))
}
