//! `cargo xtask wasm`: collab-wasm for the browser, its glue, and the npm package around it.
//!
//! The glue is written by wasm-bindgen's support crate, whose version `Cargo.toml` pins to that of
//! `wasm-bindgen` itself; nobody has to install a matching command line tool (docs/adr/0004).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use wasm_bindgen_cli_support::Bindgen;

use crate::step::{execute, output, step};
use crate::workspace::Workspace;
use crate::{npm, stamp, tool};

const TARGET: &str = "wasm32-unknown-unknown";

#[derive(Args)]
pub(crate) struct Wasm {
    /// Build for speed of building and running, not for size
    #[arg(long)]
    fast: bool,
}

impl Wasm {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        tool::require_build_tools()?;
        build(workspace, if self.fast { "release" } else { "wasm" })
    }
}

/// Builds everything below `collab-wasm/` that is stale, with the given cargo profile.
pub(crate) fn build(workspace: &Workspace, profile: &str) -> Result<()> {
    ensure_target(workspace)?;
    step(&format!("collab-wasm: cargo build, profile {profile}"), || {
        execute(workspace.cargo().args(["build", "--package", "collab-wasm"]).args([
            "--target",
            TARGET,
            "--profile",
            profile,
        ]))
    })?;
    let module = workspace.target.join(TARGET).join(profile).join("collab_wasm.wasm");
    generate_glue(workspace, &module)?;
    npm::install(workspace)?;
    build_package(workspace)
}

fn ensure_target(workspace: &Workspace) -> Result<()> {
    let sysroot = output(workspace.command("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    step(&format!("Rust target {TARGET}: rustup target add"), || {
        execute(workspace.command("rustup").args(["target", "add", TARGET]))
    })
}

fn generate_glue(workspace: &Workspace, module: &Path) -> Result<()> {
    let pkg = workspace.path("collab-wasm/pkg");
    let generated = pkg.join("collab_wasm_bg.wasm");
    stamp::unless_fresh(workspace, "wasm glue", &[module.to_owned()], &generated, || {
        step("collab-wasm: glue by wasm-bindgen", || {
            Bindgen::new()
                .input_path(module)
                // A fifth of the file, and nothing that a browser needs.
                .remove_name_section(true)
                .remove_producers_section(true)
                .web(true)
                .and_then(|bindgen| bindgen.typescript(true).generate(&pkg))
                .context("wasm-bindgen refused the module")
        })
    })
}

fn build_package(workspace: &Workspace) -> Result<()> {
    let inputs: Vec<PathBuf> =
        ["src-ts", "pkg", "package.json", "tsconfig.json", "tsconfig.build.json"]
            .map(|path| workspace.path("collab-wasm").join(path))
            .into_iter()
            .filter(|path| path.exists())
            .collect();
    let dist = workspace.path("collab-wasm/dist/index.js");
    stamp::unless_fresh(workspace, "npm package", &inputs, &dist, || {
        npm::script(workspace, "collab-wasm", "build")
    })
}
