//! `cargo xtask test`: every Rust, TypeScript and browser test.

use anyhow::Result;

use super::start;
use crate::step::{execute, step};
use crate::workspace::Workspace;
use crate::{npm, tool};

/// Builds the product, then tests it.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    tool::ensure_chromium()?;
    start::build(workspace)?;
    step("Rust tests", || execute(workspace.cargo().args(["test", "--workspace"])))?;
    for name in npm::WORKSPACES {
        npm::script(workspace, name, "typecheck")?;
    }
    for name in npm::WORKSPACES {
        npm::script(workspace, name, "test")?;
    }
    Ok(())
}
