//! The npm workspaces: their packages and their scripts.

use std::path::PathBuf;

use anyhow::Result;

use crate::stamp;
use crate::step::{execute, step};
use crate::workspace::Workspace;

/// The npm workspaces of the root `package.json`.
pub(crate) const WORKSPACES: [&str; 3] = ["collab-wasm", "web", "tests/interop"];

/// Installs exactly what the lockfile says, unless that is what lies there.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    let mut inputs = vec![workspace.path("package-lock.json"), workspace.path("package.json")];
    inputs.extend(WORKSPACES.iter().map(|name| workspace.path(name).join("package.json")));
    // npm writes this file last.
    let installed = workspace.path("node_modules/.package-lock.json");
    stamp::unless_fresh(workspace, "npm packages", &inputs, &installed, || {
        step("npm packages: npm ci", || {
            execute(workspace.command("npm").args(["ci", "--no-audit", "--no-fund"]))
        })
    })
}

/// Runs a script of one workspace. Its tests start the release build of the server.
pub(crate) fn script(workspace: &Workspace, name: &str, script: &str) -> Result<()> {
    step(&format!("{name}: npm run {script}"), || {
        let mut npm = workspace.command("npm");
        npm.args(["run", "--silent", script, "-w", name]);
        execute(npm.env("COLLAB_SERVER", workspace.server()).env("COLLAB_ROOMS", workspace.rooms()))
    })
}

/// The pad of `web/`, bundled into `web/dist`.
pub(crate) fn build_web(workspace: &Workspace) -> Result<()> {
    let inputs: Vec<PathBuf> = [
        "web",
        "collab-wasm/dist",
        "collab-wasm/pkg",
        "collab-wasm/package.json",
        "package-lock.json",
    ]
    .map(|path| workspace.path(path))
    .into();
    let page = workspace.path("web/dist/index.html");
    stamp::unless_fresh(workspace, "web page", &inputs, &page, || script(workspace, "web", "build"))
}
