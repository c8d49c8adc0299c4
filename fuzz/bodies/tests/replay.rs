//! Replays the committed corpus, and everything that fuzzing ever found.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use fuzz_bodies::{TARGETS, Target};

/// Far more than any input takes, also on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn files(folder: &str, target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder).join(target);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Runs each file on a thread of its own, with the stack that a thread of a server has.
fn replay(folder: &str, (name, run): Target) -> usize {
    let files = files(folder, name);
    for file in &files {
        let bytes = fs::read(file).unwrap();
        let (done, returned) = mpsc::channel();
        let thread = thread::spawn(move || {
            run(&bytes);
            done.send(()).unwrap();
        });
        let returned = returned.recv_timeout(PATIENCE);
        assert!(returned != Err(RecvTimeoutError::Timeout), "{}: does not return", file.display());
        assert!(thread.join().is_ok(), "{}", file.display());
    }
    files.len()
}

#[test]
fn every_committed_input_returns() {
    for &target in TARGETS {
        assert!(replay("corpus", target) > 0, "{} has no corpus", target.0);
    }
}

#[test]
fn nothing_that_was_found_once_comes_back() {
    let replayed: usize = TARGETS.iter().map(|&target| replay("regressions", target)).sum();
    let all = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../regressions"));
    let folders = all.unwrap().map(|entry| fs::read_dir(entry.unwrap().path()).unwrap().count());
    assert_eq!(replayed, folders.sum::<usize>(), "a folder belongs to no target");
}
