//! The terminal chat for the browser: `examples/tui-chat/web`, built into its `dist`, which the server
//! serves at `/tui`.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::wasm;
use crate::stamp;
use crate::step::step;
use crate::workspace::Workspace;

const PACKAGE: &str = "tui-chat-web";
const FOLDER: &str = "examples/tui-chat/web";

/// Builds it, if it is stale.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let module = wasm::compile(workspace, PACKAGE, "wasm", None)?;
    let (page, dist) =
        (workspace.path(FOLDER).join("page"), workspace.path(FOLDER).join("dist/tui"));
    let index = dist.join("index.html");
    stamp::unless_fresh(workspace, "tui page", &[module.clone(), page.clone()], &index, || {
        step("tui-chat: glue by wasm-bindgen, and the page", || {
            wasm::generate_glue(&module, &dist, false)?;
            for file in files(&page)? {
                fs::copy(&file, dist.join(file.file_name().context("a file has a name")?))?;
            }
            files(&dist)?.iter().try_for_each(|file| compress(file))
        })
    })
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

/// Writes `.gz` beside what browsers load.
fn compress(file: &Path) -> Result<()> {
    let loaded = ["html", "js", "css", "wasm"].map(OsStr::new);
    if !file.extension().is_some_and(|extension| loaded.contains(&extension)) {
        return Ok(());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&fs::read(file)?)?;
    let mut name = file.as_os_str().to_owned();
    name.push(".gz");
    fs::write(&name, encoder.finish()?)
        .with_context(|| format!("cannot write {}", Path::new(&name).display()))
}
