//! Skips work whose inputs have not changed, by a digest of their contents.
//!
//! A stamp lies in `target/xtask/`. Contents count, not times, so a fresh checkout or a rebuild
//! that yields the same bytes makes nothing stale.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// Folders that hold outputs, never inputs.
const OUTPUTS: [&str; 4] = ["node_modules", "dist", "target", ".vite"];

/// Does `work` unless `output` exists and `inputs` (files or folders) are what they were last time.
pub(crate) fn unless_fresh(
    workspace: &Workspace,
    name: &str,
    inputs: &[PathBuf],
    output: &Path,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let file = workspace.target.join("xtask").join(name);
    let digest = format!("{:016x}", digest(inputs)?);
    if output.exists() && fs::read_to_string(&file).is_ok_and(|known| known == digest) {
        eprintln!("    unchanged: {name}");
        return Ok(());
    }
    work()?;
    fs::create_dir_all(workspace.target.join("xtask"))?;
    fs::write(&file, digest).with_context(|| format!("cannot write {}", file.display()))
}

fn digest(inputs: &[PathBuf]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for input in inputs {
        // An input is read whatever its name is; below it, outputs are skipped.
        hash_path(input, &mut hasher)?;
    }
    Ok(hasher.finish())
}

fn hash_path(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?.map(|e| Ok(e?.path())).collect::<Result<Vec<_>>>()?;
        entries.sort();
        for entry in entries.iter().filter(|entry| !is_output(entry)) {
            hash_path(entry, hasher)?;
        }
    } else {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        path.hash(hasher);
        bytes.hash(hasher);
    }
    Ok(())
}

fn is_output(path: &Path) -> bool {
    path.file_name().is_some_and(|name| OUTPUTS.iter().any(|output| name == *output))
        || path.extension().is_some_and(|extension| extension == "tsbuildinfo")
}
