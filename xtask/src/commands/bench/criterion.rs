//! Tables from what criterion left in `target/criterion`: one for each group.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::page;
use super::targets::{self, Times};
use super::verdict::number;

/// Whose time the others are divided by.
const OURS: &str = "ours";

/// Groups, in each the inputs.
type Groups = BTreeMap<String, BTreeMap<String, Input>>;

/// What was measured of one input.
#[derive(Default)]
struct Input {
    times: Times,
    /// What one time is for: updates, mostly.
    elements: f64,
}

/// Reads every bench below `folder`.
pub(super) fn tables(folder: &Path) -> Result<String> {
    let mut groups = Groups::new();
    read(folder, &mut groups)?;
    if groups.is_empty() {
        bail!("{} has no figures", folder.display());
    }
    Ok(groups.iter().map(|(name, inputs)| table(name, inputs)).collect::<Vec<_>>().join("\n"))
}

/// Figures of the last run lie in folders with the name `new`.
fn read(folder: &Path, groups: &mut Groups) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.ends_with("new") {
            let json = |name| -> Result<Value> {
                Ok(serde_json::from_str(&fs::read_to_string(path.join(name))?)?)
            };
            let (bench, estimates) = (json("benchmark.json")?, json("estimates.json")?);
            let text = |name: &str| bench[name].as_str().unwrap_or_default().to_owned();
            let nanos = estimates["median"]["point_estimate"].as_f64().context("a median")?;
            let inputs = groups.entry(text("group_id")).or_default();
            let input = inputs.entry(text("value_str")).or_default();
            input.elements = bench["throughput"]["Elements"].as_f64().unwrap_or(1.0);
            input.times.insert(text("function_id"), nanos);
        } else if path.is_dir() {
            read(&path, groups)?;
        }
    }
    Ok(())
}

/// A row for each input, a column for each way; behind each time its ratio to ours. Below stands
/// what was promised.
fn table(name: &str, inputs: &BTreeMap<String, Input>) -> String {
    let mut ways: Vec<&str> =
        inputs.values().flat_map(|input| input.times.keys().map(|way| &**way)).collect();
    ways.sort_unstable_by_key(|way| (!way.starts_with(OURS), *way));
    ways.dedup();
    let head = [String::new()].into_iter().chain(ways.iter().map(|&way| way.to_owned())).collect();
    let rows = inputs.iter().map(|(input, measured)| {
        let cells = ways.iter().map(|way| cell(&measured.times, way));
        [short(input).to_owned()].into_iter().chain(cells).collect()
    });
    let table = page::table([head].into_iter().chain(rows));
    format!("#### {name}\n\n{table}\n{}", promises(name, inputs))
}

/// How each input stands to the targets of its group, as a list.
fn promises(group: &str, inputs: &BTreeMap<String, Input>) -> String {
    let lines = inputs.iter().filter_map(|(input, Input { times, elements })| {
        let verdict = targets::verdict(group, input, *elements, times)?;
        Some(format!("- {}: {verdict}\n", short(input)))
    });
    let lines: String = lines.collect();
    if lines.is_empty() { lines } else { format!("Against the targets:\n\n{lines}") }
}

fn short(input: &str) -> &str {
    input.rsplit('/').next().unwrap_or(input)
}

fn cell(times: &Times, way: &str) -> String {
    match (times.get(way), times.get(OURS)) {
        (None, _) => "-".to_owned(),
        (Some(nanos), Some(ours)) if way != OURS => {
            format!("{} ({} ×)", duration(*nanos), number(nanos / ours))
        }
        (Some(nanos), _) => duration(*nanos),
    }
}

fn duration(nanos: f64) -> String {
    let (figure, unit) = match nanos {
        _ if nanos < 1e3 => (nanos, "ns"),
        _ if nanos < 1e6 => (nanos / 1e3, "µs"),
        _ if nanos < 1e9 => (nanos / 1e6, "ms"),
        _ => (nanos / 1e9, "s"),
    };
    format!("{} {unit}", number(figure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_stand_beside_their_ratio_to_ours() {
        let times = [("ours".to_owned(), 2_500.0), ("theirs".to_owned(), 5e6)].into();
        let table =
            table("wire", &[("traces/a".to_owned(), Input { times, elements: 1.0 })].into());
        assert!(table.trim_end().ends_with("| a | 2.50 µs | 5.00 ms (2,000 ×) |"), "{table}");
    }
}
