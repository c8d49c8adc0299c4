//! What a run found, for people and for programs: the names of both are the same, units last.

use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;

use super::delays::Quantiles;
use super::dialect::Dialect;

/// A scenario's result. What does not apply is left out.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(super) scenario: &'static str,
    pub(super) dialect: Option<Dialect>,
    pub(super) rooms: usize,
    pub(super) connections: usize,
    #[serde(flatten)]
    pub(super) deliveries: Option<Deliveries>,
    #[serde(flatten)]
    pub(super) joins: Option<Joins>,
    #[serde(flatten)]
    pub(super) idle: Option<Idle>,
    #[serde(flatten)]
    pub(super) churn: Option<Churn>,
    /// Every rate that was tried.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tried: Vec<Tried>,
    /// What the server's process used, where `--pid` names it and `/proc` exists.
    pub(super) server: Option<Server>,
    /// Processor time of the generator: near the run's length, it was itself the limit.
    pub(super) generator_cpu_s: Option<f64>,
    /// What ended connections early.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) failures: Vec<String>,
}

/// Updates on their way from writers to everybody else.
#[derive(Debug, Serialize)]
pub(crate) struct Deliveries {
    pub(super) seconds: f64,
    pub(super) updates_per_s: u64,
    pub(super) updates: u64,
    /// Due, but the server did not take them from its sockets.
    pub(super) updates_unsent: u64,
    pub(super) delivered: u64,
    pub(super) lost: u64,
    pub(super) duplicates: u64,
    pub(super) delay_ms: Quantiles,
}

/// Newcomers who load a document.
#[derive(Debug, Serialize)]
pub(crate) struct Joins {
    pub(super) document_bytes: usize,
    pub(super) joined: u64,
    /// Newcomers who did not get all of it.
    pub(super) lost: u64,
    /// From connecting to having everything.
    pub(super) join_ms: Quantiles,
    pub(super) server_cpu_ms_per_join: Option<f64>,
}

/// Memory of connections that do nothing, in KiB.
#[derive(Debug, Serialize)]
pub(crate) struct Idle {
    pub(super) connection_kib: Option<f64>,
    /// A room and its first connection.
    pub(super) room_kib: Option<f64>,
}

/// People who come, type and leave.
#[derive(Debug, Serialize)]
pub(crate) struct Churn {
    pub(super) seconds: f64,
    pub(super) visits: u64,
    pub(super) visits_per_s: f64,
    /// Keystrokes of visitors that the one who stays did not get.
    pub(super) lost: u64,
}

/// One step of the search for the highest rate.
#[derive(Debug, Serialize)]
pub(crate) struct Tried {
    pub(super) updates_per_s: u64,
    pub(super) p99_ms: f64,
    pub(super) is_held: bool,
}

/// What the server's process used.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Server {
    pub(super) cpu_s: f64,
    pub(super) cpu_s_per_million_deliveries: Option<f64>,
    pub(super) resident_before_kib: u64,
    pub(super) resident_kib: u64,
    pub(super) resident_after_kib: u64,
}

impl Report {
    /// Whether everything arrived that was sent.
    pub(super) fn is_complete(&self) -> bool {
        let lost = [
            self.deliveries.as_ref().map(|part| part.lost),
            self.joins.as_ref().map(|part| part.lost),
            self.churn.as_ref().map(|part| part.lost),
        ];
        lost.into_iter().flatten().all(|lost| lost == 0)
    }

    pub(super) fn json(&self) -> Value {
        serde_json::to_value(self).expect("plain numbers and strings")
    }

    /// A line for each figure.
    pub(super) fn table(&self) -> String {
        let mut table = String::new();
        lines("", &self.json(), &mut table);
        table
    }
}

fn lines(name: &str, value: &Value, table: &mut String) {
    let join = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| lines(&join(key), value, table));
        }
        Value::Array(items) => {
            let each = items.iter().enumerate();
            each.for_each(|(number, item)| lines(&join(&number.to_string()), item, table));
        }
        Value::String(text) => line(name, text, table),
        Value::Number(number) if number.is_f64() => {
            line(name, &format!("{:.3}", number.as_f64().unwrap_or_default()), table);
        }
        other => line(name, &other.to_string(), table),
    }
}

fn line(name: &str, text: &str, table: &mut String) {
    // Writing to a string cannot fail.
    let _ = writeln!(table, "{name:<40} {text:>14}");
}
