//! What could follow the cursor.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Commands;

/// What may stand in place of a part of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The bytes of the line that a choice replaces; they end at the cursor.
    pub range: Range<usize>,
    /// At least one, in the order in which they are shown.
    pub choices: Vec<Choice>,
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What to write, up to where typing goes on.
    pub text: String,
    /// What it is, in a few words; may be empty.
    pub hint: &'static str,
}

/// Completes `line`, which ends at the cursor.
pub(super) fn at<'p>(
    commands: &Commands,
    line: &str,
    people: impl IntoIterator<Item = &'p str>,
) -> Option<Completion> {
    let (start, choices) = if line.starts_with('/') && !line.starts_with("//") {
        (0, slash(commands, line))
    } else {
        let start = line.rfind(char::is_whitespace).map_or(0, |at| at + width_at(line, at));
        (start, mention(line[start..].strip_prefix('@')?, people))
    };
    (!choices.is_empty()).then_some(Completion { range: start..line.len(), choices })
}

/// Commands that begin as the line does. One that is already complete has nothing to offer.
fn slash(commands: &Commands, line: &str) -> Vec<Choice> {
    let typed = line[1..].to_ascii_lowercase();
    let (prefix, typed) = match typed.strip_prefix("help ") {
        Some(rest) => ("/help ", rest),
        None => ("/", &*typed),
    };
    let offers = |name: &str| name.starts_with(typed) && name.len() >= typed.len();
    let choices = commands.all().filter(|spec| offers(spec.name));
    choices
        .map(|spec| {
            let goes_on = prefix == "/" && spec.usage.len() > spec.name.len() + 1;
            let space = if goes_on { " " } else { "" };
            Choice { text: format!("{prefix}{}{space}", spec.name), hint: spec.help }
        })
        .collect()
}

/// People whose names begin so, without regard to case, each name once.
fn mention<'p>(typed: &str, people: impl IntoIterator<Item = &'p str>) -> Vec<Choice> {
    let typed = typed.to_lowercase();
    let begins = |name: &&str| name.to_lowercase().starts_with(&typed);
    let names: BTreeSet<&str> = people.into_iter().filter(begins).collect();
    names.into_iter().map(|name| Choice { text: format!("@{name} "), hint: "" }).collect()
}

fn width_at(line: &str, at: usize) -> usize {
    line[at..].chars().next().map_or(0, char::len_utf8)
}
