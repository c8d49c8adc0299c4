//! `cargo xtask bench --libraries`: our documents beside those of other libraries.
//!
//! The comparison is a workspace of its own, so that nobody has to build four CRDT libraries, nor
//! check their dependencies, to work on this one.

use anyhow::Result;

use super::page;
use crate::step::{output, step};
use crate::workspace::Workspace;

const MANIFEST: &str = "benches/libraries/Cargo.toml";

/// One round of the shortest history.
const QUICK: [&str; 3] = ["--", "1", "sveltecomponent"];

pub(super) fn run(workspace: &Workspace, quick: bool) -> Result<()> {
    let cargo = |command: &str| {
        let mut cargo = workspace.cargo();
        cargo.args([command, "--release", "--manifest-path", MANIFEST, "--target-dir"]);
        cargo.arg(&workspace.target);
        cargo
    };
    step("libraries: cargo build (some minutes the first time)", || output(&mut cargo("build")))?;
    let mut run = cargo("run");
    if quick {
        run.args(QUICK);
    }
    let tables = step("libraries: the histories, in turn", || output(&mut run))?;
    if quick {
        println!("{tables}");
        return Ok(());
    }
    page::write_section(workspace, "libraries", &tables)
}
