//! `cargo xtask start`: from a clean clone to a running server with one command.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use super::{tui, wasm};
use crate::step::{execute, step};
use crate::workspace::Workspace;
use crate::{npm, tool};

#[derive(Args)]
pub(crate) struct Start {
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Folder of the embedded store
    #[arg(long, default_value = "data")]
    data: PathBuf,
}

impl Start {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        let started = Instant::now();
        build(workspace)?;
        eprintln!("==> server starts; all built in {:.1} s", started.elapsed().as_secs_f64());
        let mut server = Command::new(workspace.rooms());
        server.arg("--listen").arg(&self.listen).arg("--data").arg(&self.data);
        become_process(&mut server)
    }
}

/// Builds the WASM, the npm package, the pages, and the servers, with accounts and without.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    tool::require_build_tools()?;
    wasm::build(workspace)?;
    npm::build_web(workspace)?;
    tui::build(workspace)?;
    step("server: cargo build --release", || {
        let packages = ["--package", "collab-server", "--package", "collab-rooms"];
        let features = ["--features", "collab-server/jemalloc,collab-rooms/jemalloc"];
        execute(workspace.cargo().args(["build", "--release"]).args(packages).args(features))
    })
}

/// Becomes the server, so that signals reach it and not a parent.
#[cfg(unix)]
fn become_process(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("cannot start the server")
}

#[cfg(not(unix))]
fn become_process(command: &mut Command) -> Result<()> {
    execute(command).context("the server ended")
}
