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

/// Most bytes of the default build, compressed as servers do it: the target of issue 3. What a first
/// visit loads is mostly this file; docs/profiles/wasm-size.md says what is in it.
const GZIP_MAX_BYTES: usize = 120_000;

/// The same of the chat's module.
const CHAT_GZIP_MAX_BYTES: usize = 142_000;

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
            FAST.build(workspace)?;
        }
        build(workspace)?;
        check_size(workspace)
    }
}

/// One module of the crate.
struct Module {
    /// Profile, and so folder, of cargo.
    profile: &'static str,
    features: Option<&'static str>,
    /// Where the glue goes.
    pkg: &'static str,
    /// Whether panic messages are taken out.
    trimmed: bool,
}

const DOCUMENTS: Module =
    Module { profile: "wasm", features: None, pkg: "collab-wasm/pkg", trimmed: true };

/// For `collab-wasm/chat`.
const CHAT: Module = Module {
    profile: "wasm-chat",
    features: Some("chat"),
    pkg: "collab-wasm/pkg/chat",
    trimmed: true,
};

/// For `collab-wasm/fast`. The glue beside it is the same as the default build's.
const FAST: Module =
    Module { profile: "wasm-fast", features: None, pkg: "collab-wasm/pkg/fast", trimmed: false };

/// Builds everything below `collab-wasm/` that is stale.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    DOCUMENTS.build(workspace)?;
    CHAT.build(workspace)?;
    npm::install(workspace)?;
    build_package(workspace)
}

impl Module {
    fn build(&self, workspace: &Workspace) -> Result<()> {
        let module = compile(workspace, "collab-wasm", self.profile, self.features)?;
        let pkg = workspace.path(self.pkg);
        let generated = pkg.join(GENERATED);
        let name = format!("wasm glue, profile {}", self.profile);
        let inputs = [module.clone(), workspace.path("xtask/src/trim.rs")];
        stamp::unless_fresh(workspace, &name, &inputs, &generated, || {
            step(&name, || {
                // Functions are told apart by name when messages are taken out.
                generate_glue(&module, &pkg, self.trimmed)?;
                if self.trimmed {
                    fs::write(&generated, trim::trim(&fs::read(&generated)?)?)?;
                }
                Ok(())
            })
        })
    }
}

/// Compiles a package with the given cargo profile; returns where the module lies. With `features`
/// it has these instead of its default ones.
pub(crate) fn compile(
    workspace: &Workspace,
    package: &str,
    profile: &str,
    features: Option<&str>,
) -> Result<PathBuf> {
    ensure_target(workspace)?;
    step(&format!("{package}: cargo build, profile {profile}"), || {
        let mut cargo = workspace.cargo();
        cargo.args(["build", "--package", package, "--target", TARGET, "--profile", profile]);
        if let Some(features) = features {
            cargo.args(["--no-default-features", "--features", features]);
        }
        execute(&mut cargo)
    })?;
    let module = format!("{}.wasm", package.replace('-', "_"));
    Ok(workspace.target.join(TARGET).join(profile).join(module))
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

pub(crate) fn generate_glue(module: &Path, pkg: &Path, with_names: bool) -> Result<()> {
    Bindgen::new()
        .input_path(module)
        // A fifth of the file, and nothing that a browser needs.
        .remove_name_section(!with_names)
        .remove_producers_section(true)
        .web(true)
        .and_then(|bindgen| bindgen.typescript(true).generate(pkg))
        .context("wasm-bindgen refused the module")
}

/// Says how large the modules are, and fails above their budgets.
pub(crate) fn check_size(workspace: &Workspace) -> Result<()> {
    for (module, max) in [(DOCUMENTS, GZIP_MAX_BYTES), (CHAT, CHAT_GZIP_MAX_BYTES)] {
        let plain = fs::read(workspace.path(module.pkg).join(GENERATED))?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&plain)?;
        let compressed = encoder.finish()?.len();
        let pkg = module.pkg;
        eprintln!("    {pkg}: {} bytes, {compressed} compressed (gzip), of {max}", plain.len());
        if compressed > max {
            bail!("a WASM module is over its budget: see docs/profiles/wasm-size.md");
        }
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
