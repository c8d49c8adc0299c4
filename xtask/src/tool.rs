//! Programs that must be there before anything starts, and how to install them on Debian.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::step::{execute, step};

/// Oldest Node that the toolchain (Vite 8) accepts.
const NODE_MAJOR_MIN: u32 = 20;

/// Fails with every missing program and the command that installs it.
pub(crate) fn require_build_tools() -> Result<()> {
    let mut missing = Vec::new();
    for (program, package) in [("cc", "build-essential"), ("git", "git"), ("npm", "npm")] {
        if !is_installed(program) {
            missing.push(format!("{program} is missing: apt-get install {package}"));
        }
    }
    match node_major() {
        None => missing.push("node is missing: apt-get install nodejs".to_owned()),
        Some(major) if major < NODE_MAJOR_MIN => missing.push(format!(
            "node {major} is too old, {NODE_MAJOR_MIN} or newer is needed: apt-get install nodejs \
             (on Debian 12: from deb.nodesource.com/node_{NODE_MAJOR_MIN}.x)"
        )),
        Some(_) => {}
    }
    if missing.is_empty() { Ok(()) } else { bail!("{}", missing.join("\n")) }
}

/// Whether the program starts at all.
pub(crate) fn is_installed(program: &str) -> bool {
    version(program).is_some()
}

fn node_major() -> Option<u32> {
    version("node")?.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Something of Debian that tests start.
struct Package {
    name: &'static str,
    /// Exists where the package is installed.
    path: &'static str,
    why: &'static str,
}

const CHROMIUM: Package =
    Package { name: "chromium", path: "/usr/bin/chromium", why: "browser tests" };
const POSTGRES: Package =
    Package { name: "postgresql", path: "/usr/lib/postgresql", why: "tests of the Postgres store" };
const TMUX: Package =
    Package { name: "tmux", path: "/usr/bin/tmux", why: "tests of programs on a terminal" };

/// Installs what tests start, where that is possible.
pub(crate) fn ensure_test_tools() -> Result<()> {
    [CHROMIUM, POSTGRES, TMUX].iter().try_for_each(ensure)
}

fn ensure(package: &Package) -> Result<()> {
    let Package { name, path, why } = package;
    if Path::new(path).exists() {
        return Ok(());
    }
    let manual = format!("{path} is missing: apt-get install {name}");
    if !is_installed("apt-get") {
        bail!("{manual}");
    }
    let sudo: &[&str] = if is_root() { &[] } else { &["sudo"] };
    if !sudo.is_empty() && !is_installed("sudo") {
        bail!("{manual} (as root)");
    }
    let install = ["apt-get", "install", "--yes", "--no-install-recommends", name];
    for words in [&["apt-get", "update"][..], &install] {
        let words = [sudo, words].concat();
        step(&format!("{name} for the {why}: {}", words.join(" ")), || {
            execute(
                Command::new(words[0]).args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive"),
            )
        })
        .with_context(|| manual.clone())?;
    }
    Ok(())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
