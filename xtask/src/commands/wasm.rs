//! `cargo xtask wasm`: collab-wasm for the browser, its glue, and the npm package around it.
//!
//! The glue is written by wasm-bindgen's support crate, whose version `Cargo.toml` pins to that of
//! `wasm-bindgen` itself; nobody has to install a matching command line tool (docs/adr/0004).

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

use crate::step::{execute, output, step};
use crate::workspace::Workspace;
use crate::{npm, stamp, tool, trim};

const TARGET: &str = "wasm32-unknown-unknown";
const GENERATED: &str = "collab_wasm_bg.wasm";

/// Most bytes of the default build, compressed as servers do it. What a first visit loads is mostly
/// this file; docs/profiles/wasm-size.md says what is in it, and what would bring it further down.
const GZIP_MAX_BYTES: usize = 210_000;

#[derive(Args)]
pub(crate) struct Wasm {
    /// Build the larger and faster module too, for `collab-wasm/fast`
    #[arg(long)]
    fast: bool,
}

impl Wasm {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        tool::require_build_tools()?;
        if self.fast {
            build_fast(workspace)?;
        }
        build(workspace)?;
        check_size(workspace)
    }
}

/// Builds everything below `collab-wasm/` that is stale.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let module = compile(workspace, "wasm")?;
    let pkg = workspace.path("collab-wasm/pkg");
    let generated = pkg.join(GENERATED);
    stamp::unless_fresh(
        workspace,
        "wasm glue",
        &[module.clone(), workspace.path("xtask/src/trim.rs")],
        &generated,
        || {
            step("collab-wasm: glue by wasm-bindgen, without panic messages", || {
                generate_glue(&module, &pkg, true)?;
                fs::write(&generated, trim::trim(&fs::read(&generated)?)?)?;
                Ok(())
            })
        },
    )?;
    npm::install(workspace)?;
    build_package(workspace)
}

/// The module for `collab-wasm/fast`. The glue beside it is the same as the default build's.
fn build_fast(workspace: &Workspace) -> Result<()> {
    let module = compile(workspace, "wasm-fast")?;
    let pkg = workspace.path("collab-wasm/pkg/fast");
    let generated = pkg.join(GENERATED);
    stamp::unless_fresh(
        workspace,
        "wasm glue, fast",
        std::slice::from_ref(&module),
        &generated,
        || step("collab-wasm: fast module by wasm-bindgen", || generate_glue(&module, &pkg, false)),
    )
}

/// Compiles the crate with the given cargo profile; returns where the module lies.
fn compile(workspace: &Workspace, profile: &str) -> Result<PathBuf> {
    ensure_target(workspace)?;
    step(&format!("collab-wasm: cargo build, profile {profile}"), || {
        execute(workspace.cargo().args(["build", "--package", "collab-wasm"]).args([
            "--target",
            TARGET,
            "--profile",
            profile,
        ]))
    })?;
    Ok(workspace.target.join(TARGET).join(profile).join("collab_wasm.wasm"))
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

fn generate_glue(module: &Path, pkg: &Path, with_names: bool) -> Result<()> {
    Bindgen::new()
        .input_path(module)
        // A fifth of the file, and nothing that a browser needs.
        .remove_name_section(!with_names)
        .remove_producers_section(true)
        .web(true)
        .and_then(|bindgen| bindgen.typescript(true).generate(pkg))
        .context("wasm-bindgen refused the module")
}

/// Says how large the default build is, and fails above [`GZIP_MAX_BYTES`].
pub(crate) fn check_size(workspace: &Workspace) -> Result<()> {
    let plain = fs::read(workspace.path("collab-wasm/pkg").join(GENERATED))?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&plain)?;
    let compressed = encoder.finish()?.len();
    eprintln!("    {} bytes, {compressed} compressed (gzip), of {GZIP_MAX_BYTES}", plain.len());
    if compressed > GZIP_MAX_BYTES {
        bail!("the WASM is over its budget: see docs/profiles/wasm-size.md");
    }
    Ok(())
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
