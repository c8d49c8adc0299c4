//! `cargo xtask tidy`: what no compiler checks.
//!
//! The arrows of ARCHITECTURE between Rust packages and between npm packages, the borders of
//! `collab-core`, the length of files, the number of entries in the root, stray paths. All
//! violations are listed before it fails.

mod crates;
mod files;
mod packages;

use anyhow::{Result, bail};

use crate::step::{output, step};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    step("tidy: arrows, borders, file lengths, paths", || check(workspace))
}

fn check(workspace: &Workspace) -> Result<()> {
    let tracked = tracked_files(workspace)?;
    let mut violations = crates::check(workspace)?;
    violations.extend(packages::check(workspace, &tracked)?);
    violations.extend(files::check(workspace, &tracked)?);
    if violations.is_empty() {
        return Ok(());
    }
    bail!("{} violations:\n{}", violations.len(), violations.join("\n"))
}

/// Paths below the root of every file that git tracks and that lies there.
fn tracked_files(workspace: &Workspace) -> Result<Vec<String>> {
    let listed = output(workspace.command("git").args(["ls-files", "-z"]))?;
    let paths = listed.split('\0').filter(|path| workspace.path(path).is_file());
    Ok(paths.map(str::to_owned).collect())
}
