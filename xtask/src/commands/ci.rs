//! `cargo xtask tidy`: what no compiler checks.

use anyhow::Result;

use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let _ = workspace;
    Ok(())
}
