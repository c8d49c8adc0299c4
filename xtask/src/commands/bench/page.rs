//! The page: generated sections lie between markers, everything else is written by hand.

use std::fs;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

const PAGE: &str = "docs/benchmarks.md";

/// Replaces what lies between `<!-- generated: NAME -->` and `<!-- end: NAME -->`.
pub(super) fn write_section(workspace: &Workspace, name: &str, content: &str) -> Result<()> {
    let page = workspace.path(PAGE);
    let text = fs::read_to_string(&page).context(PAGE)?;
    let replaced = replaced(&text, name, content)
        .with_context(|| format!("{PAGE} has no markers for the section {name}"))?;
    fs::write(&page, replaced)?;
    eprintln!("    written: {PAGE}, section {name}");
    Ok(())
}

/// A table; its first row is the head, its first column stands left, the others right.
pub(super) fn table(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for row in rows {
        lines.push(format!("| {} |", row.join(" | ")));
        if lines.len() == 1 {
            lines.push(format!("|---|{}", "---:|".repeat(row.len().saturating_sub(1))));
        }
    }
    lines.join("\n") + "\n"
}

fn replaced(text: &str, name: &str, content: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- generated: {name} -->\n"), format!("<!-- end: {name} -->"));
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{}\n\n{end}{after}", content.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_the_markers_changes() {
        let text = "a\n<!-- generated: x -->\nold\n<!-- end: x -->\nb\n";
        let new = replaced(text, "x", "new\n").expect("markers");
        assert_eq!(new, "a\n<!-- generated: x -->\n\nnew\n\n<!-- end: x -->\nb\n");
        assert_eq!(replaced(&new, "x", "new\n"), Some(new));
        assert_eq!(replaced(text, "y", ""), None);
    }
}
