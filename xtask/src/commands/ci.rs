//! `cargo xtask ci`: everything that must hold before a change is merged.

use anyhow::Result;

use super::{start, test, tidy, wasm};
use crate::step::{execute, output, step};
use crate::tool;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    format(workspace)?;
    tidy::run(workspace)?;
    dependencies(workspace)?;
    // The server embeds the page, so this comes before the lints.
    start::build(workspace)?;
    wasm::check_size(workspace)?;
    lint(workspace)?;
    documentation(workspace)?;
    test::run(workspace)
}

fn format(workspace: &Workspace) -> Result<()> {
    step("format: cargo fmt --check", || {
        execute(workspace.cargo().args(["fmt", "--all", "--check"]))
    })
}

fn lint(workspace: &Workspace) -> Result<()> {
    step("lints: cargo clippy", || {
        execute(
            workspace
                .cargo()
                .args(["clippy", "--workspace", "--all-targets", "--locked"])
                .args(["--", "--deny", "warnings"]),
        )
    })?;
    step("lints: cargo clippy for the browser", || {
        execute(workspace.cargo().args(["clippy", "--target", "wasm32-unknown-unknown"]).args([
            "--package",
            "collab-core",
            "--package",
            "collab-wasm",
            "--package",
            "tui-chat-web",
            "--",
            "--deny",
            "warnings",
        ]))
    })?;
    step("lints: cargo clippy for the chat in the browser", || {
        let chat = ["--package", "collab-wasm", "--no-default-features", "--features", "chat"];
        execute(
            workspace
                .cargo()
                .args(["clippy", "--target", "wasm32-unknown-unknown"])
                .args(chat)
                .args(["--", "--deny", "warnings"]),
        )
    })
}

/// Licences, bans and sources always; advisories where their database can be fetched.
fn dependencies(workspace: &Workspace) -> Result<()> {
    if !tool::is_installed("cargo-deny") {
        step("cargo-deny: cargo install (some minutes)", || {
            execute(workspace.cargo().args(["install", "cargo-deny", "--locked"]))
        })?;
    }
    step("dependencies: cargo deny", || {
        execute(workspace.cargo().args(["deny", "check", "licenses", "bans", "sources"]))
    })?;
    if output(workspace.cargo().args(["deny", "fetch", "db"])).is_err() {
        eprintln!("    the advisory database is out of reach: advisories were not checked");
        return Ok(());
    }
    step("dependencies: known advisories", || {
        execute(workspace.cargo().args(["deny", "check", "advisories"]))
    })
}

fn documentation(workspace: &Workspace) -> Result<()> {
    step("documentation: cargo doc", || {
        execute(
            workspace
                .cargo()
                .args(["doc", "--workspace", "--no-deps"])
                // Links to private items serve who reads the source.
                .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links"),
        )
    })
}
