//! What the engine's figures have to be, each against another figure of the same run.

use std::collections::BTreeMap;

use super::verdict::number;

/// The times of one input, in ns, by the way in which the work was done.
pub(super) type Times = BTreeMap<String, f64>;

/// A promise about one way of a group.
struct Target {
    group: &'static str,
    way: &'static str,
    must: Must,
}

enum Must {
    /// Take at most so many times as long as this way; for histories of a few huge updates, the
    /// second factor.
    BeWithin(f64, f64, &'static str),
    /// Be so many times faster than the fastest of the ways that begin like this.
    Beat(f64, f64, &'static str),
    /// Take at most so many ns for each element.
    TakeEach(f64),
    /// Take at most so many ns.
    Take(f64),
}

/// The history whose updates are few and huge.
const HUGE_UPDATES: &str = "node_nodecc";

const TARGETS: [Target; 7] = [
    Target { group: "merge", way: "ours", must: Must::BeWithin(3.0, 5.0, "touch") },
    Target { group: "merge", way: "ours", must: Must::Beat(20.0, 5.0, "yrs document") },
    Target { group: "merge", way: "ours, shuffled", must: Must::TakeEach(250.0) },
    Target { group: "check", way: "ours", must: Must::TakeEach(40.0) },
    Target { group: "append", way: "all, from nothing", must: Must::TakeEach(150.0) },
    Target { group: "diff", way: "index", must: Must::Take(5_000.0) },
    Target { group: "apply", way: "merged, then loaded", must: Must::Beat(8.0, 8.0, "yrs, ") },
];

/// How the figures of one input stand to what is promised of their group; `None` if nothing is.
pub(super) fn verdict(group: &str, input: &str, elements: f64, times: &Times) -> Option<String> {
    let promised = TARGETS.iter().filter(|target| target.group == group);
    let verdicts: Vec<String> =
        promised.filter_map(|target| target.verdict(input, elements, times)).collect();
    (!verdicts.is_empty()).then(|| verdicts.join("; "))
}

impl Target {
    fn verdict(&self, input: &str, elements: f64, times: &Times) -> Option<String> {
        let time = *times.get(self.way)?;
        let way = self.way;
        let factor = |usual, huge| if input.ends_with(HUGE_UPDATES) { huge } else { usual };
        Some(match self.must {
            Must::BeWithin(usual, huge, other) => {
                let (ratio, max) = (time / times.get(other)?, factor(usual, huge));
                format!(
                    "{way}: {} × {other} (at most {max}){}",
                    number(ratio),
                    missed(ratio <= max)
                )
            }
            Must::Beat(usual, huge, others) => {
                let others = times.iter().filter(|(way, _)| way.starts_with(others));
                let (other, best) = others.min_by(|a, b| a.1.total_cmp(b.1))?;
                let (ratio, min) = (best / time, factor(usual, huge));
                let faster = format!("{way}: {} × as fast as {other}", number(ratio));
                format!("{faster} (at least {min}){}", missed(ratio >= min))
            }
            Must::TakeEach(max) => {
                let each = time / elements;
                let word = missed(each <= max);
                format!("{way}: {} ns for each update (at most {max}){word}", number(each))
            }
            Must::Take(max) => {
                let ratio = time / max;
                format!("{way}: {} × the limit of {max} ns{}", number(ratio), missed(ratio <= 1.0))
            }
        })
    }
}

fn missed(is_met: bool) -> &'static str {
    if is_met { "" } else { " **missed**" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misses_its_target_says_so() {
        let times = |ours: f64| -> Times {
            [("ours", ours), ("touch", 1e6), ("yrs document", 5e7)]
                .map(|(way, nanos)| (way.to_owned(), nanos))
                .into()
        };
        let said = verdict("merge", "a/automerge-paper", 1.0, &times(2.5e6)).expect("a target");
        assert_eq!(
            said,
            "ours: 2.50 × touch (at most 3); ours: 20.0 × as fast as yrs document (at least 20)"
        );
        let said = verdict("merge", "a/automerge-paper", 1.0, &times(4e6)).expect("a target");
        assert_eq!(said.matches("**missed**").count(), 2);
        let said = verdict("merge", "a/node_nodecc", 1.0, &times(4e6)).expect("a target");
        assert!(!said.contains("missed"), "{said}");
        assert_eq!(verdict("wire", "keystroke", 1.0, &times(1.0)), None);
    }
}
