//! Arrows between the Rust packages, and the borders of `collab-core`.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::step::output;
use crate::workspace::Workspace;

/// Which of our packages each of our packages may use, in any kind of dependency.
const ARROWS: [(&str, &[&str]); 9] = [
    // Its tests talk to a real relay.
    ("collab-client", &["collab-core", "collab-server"]),
    ("collab-core", &["histories"]),
    ("collab-peer", &["collab-client", "collab-core", "collab-server"]),
    ("collab-rooms", &["collab-core", "collab-rooms-api", "collab-server"]),
    ("collab-rooms-api", &[]),
    ("collab-wasm", &["collab-core"]),
    ("collab-server", &["collab-core", "histories"]),
    ("histories", &[]),
    ("xtask", &[]),
];

/// Folders whose packages may use anything and are used by nothing.
const LEAVES: [&str; 3] = ["examples", "benches", "fuzz"];

/// What the pure crate may build on; each of these is pure itself.
const CORE_DEPENDENCIES: [&str; 8] =
    ["bytes", "serde", "serde_json", "sha2", "siphasher", "smallvec", "thiserror", "yrs"];
const CORE_DEV_DEPENDENCIES: [&str; 2] = ["histories", "proptest"];

/// What `collab-core/clippy.toml` must ban for the pure crate to stay pure.
const CORE_BANS: [&str; 5] = [
    "std::time::Instant",
    "std::time::SystemTime",
    "std::thread::spawn",
    "std::fs::File",
    "std::net::TcpStream",
];

pub(super) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps"];
    let metadata: Value = serde_json::from_str(&output(workspace.cargo().args(arguments))?)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists packages")?;
    let ours: Vec<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();

    let mut violations = Vec::new();
    for package in packages {
        let name = package["name"].as_str().context("a package has a name")?;
        let used = dependencies(package);
        violations.extend(wrong_arrows(workspace, package, name, &used, &ours));
        if name == "collab-core" {
            violations.extend(wrong_core_dependencies(&used));
        }
    }
    violations.extend(missing_bans(workspace)?);
    Ok(violations)
}

struct Dependency<'a> {
    name: &'a str,
    is_dev: bool,
}

fn dependencies(package: &Value) -> Vec<Dependency<'_>> {
    let listed = package["dependencies"].as_array().into_iter().flatten();
    listed
        .filter_map(|dependency| {
            let is_dev = dependency["kind"] == "dev";
            Some(Dependency { name: dependency["name"].as_str()?, is_dev })
        })
        .collect()
}

fn wrong_arrows(
    workspace: &Workspace,
    package: &Value,
    name: &str,
    used: &[Dependency<'_>],
    ours: &[&str],
) -> Vec<String> {
    let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
        let manifest = package["manifest_path"].as_str().unwrap_or_default();
        let is_leaf = LEAVES
            .iter()
            .any(|leaf| std::path::Path::new(manifest).starts_with(workspace.path(leaf)));
        let violation = format!("{name}: has no place in ARROWS (xtask tidy)");
        return if is_leaf { Vec::new() } else { vec![violation] };
    };
    used.iter()
        .filter(|dependency| ours.contains(&dependency.name))
        .filter(|dependency| !allowed.contains(&dependency.name))
        .map(|dependency| format!("{name}: must not depend on {}", dependency.name))
        .collect()
}

fn wrong_core_dependencies(used: &[Dependency<'_>]) -> Vec<String> {
    used.iter()
        .filter(|dependency| {
            let is_dev = dependency.is_dev && CORE_DEV_DEPENDENCIES.contains(&dependency.name);
            !is_dev && !CORE_DEPENDENCIES.contains(&dependency.name)
        })
        .map(|dependency| format!("collab-core: {} is not an allowed dependency", dependency.name))
        .collect()
}

fn missing_bans(workspace: &Workspace) -> Result<Vec<String>> {
    let file = "collab-core/clippy.toml";
    let bans = std::fs::read_to_string(workspace.path(file)).context(file)?;
    let missing = CORE_BANS.iter().filter(|path| !bans.contains(&format!("\"{path}\"")));
    Ok(missing.map(|path| format!("{file}: does not ban {path}")).collect())
}
