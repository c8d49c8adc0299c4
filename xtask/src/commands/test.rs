//! `cargo xtask test`: every Rust, TypeScript and browser test.

use anyhow::Result;

use super::start;
use crate::step::{execute, step};
use crate::workspace::Workspace;
use crate::{npm, tool};

/// Builds the product, then tests it.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    tool::ensure_test_tools()?;
    start::build(workspace)?;
    step("Rust tests", || execute(workspace.cargo().args(["test", "--workspace"])))?;
    whole_histories(workspace)?;
    two_clients(workspace)?;
    for name in npm::WORKSPACES {
        npm::script(workspace, name, "typecheck")?;
    }
    for name in npm::WORKSPACES {
        npm::script(workspace, name, "test")?;
    }
    Ok(())
}

/// What somebody would try first with examples/simple-chat, as a script of its own.
fn two_clients(workspace: &Workspace) -> Result<()> {
    step("simple-chat: one client hears another", || {
        execute(workspace.cargo().args(["build", "--package", "simple-chat"]))?;
        let script = workspace.path("examples/simple-chat/tests/two-clients.sh");
        execute(workspace.command(script).arg(workspace.target.join("debug/simple-chat")))
    })
}

/// Real histories from end to end, which a development build replays only in part: it is too slow.
fn whole_histories(workspace: &Workspace) -> Result<()> {
    let test = ["--package", "collab-server", "--test", "traces"];
    step("whole histories through the relay (release build, some minutes)", || {
        execute(workspace.cargo().args(["test", "--release"]).args(test))
    })
}
