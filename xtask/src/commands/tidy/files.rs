//! Lengths of files, entries of the root, and paths of somebody's machine.

use std::collections::BTreeSet;
use std::{env, fs};

use anyhow::Result;

use crate::workspace::Workspace;

const LINES_MAX: usize = 600;
/// Files that may be longer, each with a reason. None has one.
const LONGER: [&str; 0] = [];

/// Entries of the root that a reader has to sort out: names with a dot are hidden, and nobody opens
/// the lockfiles. Twenty, and two that the product has grown by: its native client and its product
/// server.
const ROOT_ENTRIES_MAX: usize = 22;
const LOCKFILES: [&str; 2] = ["Cargo.lock", "package-lock.json"];

const SOURCES: [&str; 5] = [".rs", ".ts", ".tsx", ".mjs", ".css"];

pub(super) fn check(workspace: &Workspace, tracked: &[String]) -> Result<Vec<String>> {
    let mut violations = Vec::from_iter(crowded_root(tracked));
    let stray = stray_paths(workspace);
    for path in tracked {
        let Ok(text) = String::from_utf8(fs::read(workspace.path(path))?) else { continue };
        violations.extend(too_long(path, &text));
        let found = stray.iter().filter(|folder| mentions(&text, folder));
        violations.extend(found.map(|folder| format!("{path}: names a path below {folder}")));
    }
    Ok(violations)
}

fn crowded_root(tracked: &[String]) -> Option<String> {
    let entries: BTreeSet<_> = tracked
        .iter()
        .filter_map(|path| path.split('/').next())
        .filter(|entry| !entry.starts_with('.') && !LOCKFILES.contains(entry))
        .collect();
    let count = entries.len();
    (count > ROOT_ENTRIES_MAX)
        .then(|| format!("the root shows {count} entries, more than {ROOT_ENTRIES_MAX}"))
}

/// A source that is longer than a reader can hold; its tests are not counted.
fn too_long(path: &str, text: &str) -> Option<String> {
    let is_source = SOURCES.iter().any(|end| path.ends_with(end));
    let is_test = path.contains("tests/") || path.contains(".test.");
    if !is_source || is_test || LONGER.contains(&path) {
        return None;
    }
    let lines = text.lines().take_while(|line| *line != "#[cfg(test)]").count();
    (lines > LINES_MAX).then(|| format!("{path}: {lines} lines, more than {LINES_MAX}"))
}

/// Folders that exist on one machine only. Written in parts: this file is checked as well.
fn stray_paths(workspace: &Workspace) -> Vec<String> {
    let mut folders: Vec<String> =
        ["home", "Users", "root"].iter().map(|name| format!("/{name}/")).collect();
    folders.push(format!("{}/", workspace.root.display()));
    folders.extend(env::var("HOME").ok().map(|home| format!("{home}/")));
    folders.sort();
    folders.dedup();
    folders
}

/// Whether `folder` occurs as the start of a path, not in the middle of a longer one or of a URL.
fn mentions(text: &str, folder: &str) -> bool {
    text.match_indices(folder).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        before
            .is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '/' | '-' | '_' | '}' | '$'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_only_at_its_start() {
        assert!(mentions("cd /srv/x", "/srv/"));
        assert!(!mentions("https://example.org/srv/x", "/srv/"));
        assert!(!mentions("./srv/x", "/srv/"));
    }

    #[test]
    fn unit_tests_do_not_count() {
        let code = "x\n".repeat(LINES_MAX);
        assert_eq!(too_long("a.rs", &format!("{code}#[cfg(test)]\n{code}")), None);
        assert!(too_long("a.rs", &format!("{code}{code}")).is_some());
    }
}
