//! What is measured of a relay, and what ours has to reach.

/// One row of the table.
pub(super) struct Measure {
    /// Also the name of its plot.
    pub(super) key: &'static str,
    pub(super) title: &'static str,
    pub(super) unit: &'static str,
    /// Of [`SCENARIOS`].
    pub(super) scenario: &'static str,
    /// Where the report has the figure (RFC 6901).
    pub(super) pointer: &'static str,
    pub(super) target: Target,
}

/// What our figure has to be.
pub(super) enum Target {
    /// At most so many times the bare relay's.
    TimesBare(f64),
    /// At least this share of the bare relay's, and so many times hocuspocus'.
    RateOfBareAndHocuspocus(f64, f64),
    /// At most this.
    AtMost(f64),
    /// Shown, not promised.
    None,
}

/// A load, and the arguments of `collab-server load` for it.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) arguments: &'static [&'static str],
    pub(super) quick: &'static [&'static str],
}

pub(super) const SCENARIOS: [Scenario; 6] = [
    Scenario {
        name: "fan-out",
        arguments: &["fan-out", "--seconds", "8"],
        quick: &["fan-out", "--seconds", "1"],
    },
    Scenario {
        name: "rooms",
        arguments: &["rooms", "--seconds", "6"],
        quick: &["rooms", "--seconds", "1", "--rooms", "50"],
    },
    Scenario {
        name: "rate",
        arguments: &["rate", "--seconds", "2"],
        quick: &["rate", "--seconds", "1", "--max", "500"],
    },
    Scenario {
        name: "join",
        arguments: &["join", "--seconds", "2"],
        quick: &["join", "--joins", "10", "--seconds", "1"],
    },
    Scenario { name: "storm", arguments: &["storm"], quick: &["storm", "--joins", "100"] },
    Scenario { name: "idle", arguments: &["idle"], quick: &["idle", "--connections", "50"] },
];

const CPU_PER_MILLION: &str = "/server/cpu_s_per_million_deliveries";
const CPU_PER_JOIN: &str = "/server_cpu_ms_per_join";

pub(super) const MEASURES: [Measure; 8] = [
    Measure {
        key: "fan-out",
        title: "fan-out, 100 updates/s to 209 readers",
        unit: "CPU-s per million deliveries",
        scenario: "fan-out",
        pointer: CPU_PER_MILLION,
        target: Target::TimesBare(1.1),
    },
    Measure {
        key: "fan-out-delay",
        title: "the same: delay of 99 of 100",
        unit: "ms",
        scenario: "fan-out",
        pointer: "/delay_ms/p99",
        target: Target::None,
    },
    Measure {
        key: "rooms",
        title: "500 rooms of two, each types 2/s",
        unit: "CPU-s per million deliveries",
        scenario: "rooms",
        pointer: CPU_PER_MILLION,
        target: Target::TimesBare(1.3),
    },
    Measure {
        key: "rate",
        title: "highest rate, 20 writers and 200 readers, 99 of 100 within 100 ms",
        unit: "updates/s",
        scenario: "rate",
        pointer: "/updates_per_s",
        target: Target::RateOfBareAndHocuspocus(0.5, 2.0),
    },
    Measure {
        key: "join",
        title: "join of a 550 KiB document",
        unit: "CPU ms",
        scenario: "join",
        pointer: CPU_PER_JOIN,
        target: Target::TimesBare(1.5),
    },
    Measure {
        key: "storm",
        title: "1,000 joins of 36 KiB at once",
        unit: "CPU ms each",
        scenario: "storm",
        pointer: CPU_PER_JOIN,
        target: Target::TimesBare(1.5),
    },
    Measure {
        key: "idle-connection",
        title: "idle connection",
        unit: "KiB",
        scenario: "idle",
        pointer: "/connection_kib",
        target: Target::AtMost(4.0),
    },
    Measure {
        key: "idle-room",
        title: "idle room with its first connection",
        unit: "KiB",
        scenario: "idle",
        pointer: "/room_kib",
        target: Target::AtMost(6.0),
    },
];
