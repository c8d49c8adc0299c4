//! Replayed histories in the system's folder for temporary files: a replay through Yrs takes half a
//! minute for all of them, and most benches begin with it.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;

use super::Replayed;

/// What was kept of this history, if anything, made by the very same code.
pub(crate) fn read(name: &str) -> Option<Replayed> {
    let file = fs::read(path(name)).ok()?;
    let mut rest = &file[..];
    let mut updates = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk() {
        let (update, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        updates.push(update.to_vec());
        rest = after;
    }
    let state = updates.pop()?;
    Some(Replayed { updates, state })
}

/// Keeps it for the next bench. Where that fails, the next one replays again.
pub(crate) fn write(name: &str, replayed: &Replayed) {
    let mut file = Vec::new();
    for bytes in replayed.updates.iter().chain([&replayed.state]) {
        file.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        file.extend_from_slice(bytes);
    }
    // Whoever reads meanwhile finds a whole file or none.
    let (path, part) = (path(name), path(&format!("{name}, written")));
    let _ = fs::write(&part, file).and_then(|()| fs::rename(part, path));
}

/// One file for each history, folder of histories, and version of the code that replays them.
fn path(name: &str) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    (name, std::env::var_os("COLLAB_TRACES"), include_str!("replay.rs")).hash(&mut hasher);
    std::env::temp_dir().join(format!("collab-replayed-{:016x}", hasher.finish()))
}
