//! Tables from what criterion left in `target/criterion`: one for each group.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::page;
use super::verdict::number;

/// Whose time the others are divided by.
const OURS: &str = "ours";

/// Groups, in each the inputs, for each the ways and their time in ns.
type Groups = BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>;

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
            inputs.entry(text("value_str")).or_default().insert(text("function_id"), nanos);
        } else if path.is_dir() {
            read(&path, groups)?;
        }
    }
    Ok(())
}

/// A row for each input, a column for each way; behind each time its ratio to ours.
fn table(name: &str, inputs: &BTreeMap<String, BTreeMap<String, f64>>) -> String {
    let mut ways: Vec<&str> = inputs.values().flat_map(|ways| ways.keys().map(|w| &**w)).collect();
    ways.sort_unstable_by_key(|way| (!way.starts_with(OURS), *way));
    ways.dedup();
    let head = [String::new()].into_iter().chain(ways.iter().map(|&way| way.to_owned())).collect();
    let rows = inputs.iter().map(|(input, times)| {
        let input = input.rsplit('/').next().unwrap_or(input).to_owned();
        [input].into_iter().chain(ways.iter().map(|way| cell(times, way))).collect()
    });
    format!("#### {name}\n\n{}", page::table([head].into_iter().chain(rows)))
}

fn cell(times: &BTreeMap<String, f64>, way: &str) -> String {
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
        let table = table("merge", &[("traces/a".to_owned(), times)].into());
        assert!(table.ends_with("| a | 2.50 µs | 5.00 ms (2,000 ×) |\n"), "{table}");
    }
}
