//! The machine that was measured on, for the page.

use std::fs;

use serde::{Deserialize, Serialize};

use crate::step::output;
use crate::workspace::Workspace;

/// What a reader needs to compare figures with their own.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Machine {
    pub(super) cpu: String,
    pub(super) cores: usize,
    pub(super) memory_gib: u64,
    pub(super) kernel: String,
    pub(super) rustc: String,
    pub(super) commit: String,
    pub(super) date: String,
    /// Of the last minute before the run: what else ran.
    pub(super) load_average: String,
}

impl Machine {
    /// Reads `/proc`; what is not there stays empty.
    pub(super) fn read(workspace: &Workspace) -> Self {
        let said = |program: &str, arguments: &[&str]| {
            let output = output(workspace.command(program).args(arguments));
            output.map(|text| text.trim().to_owned()).unwrap_or_default()
        };
        let memory_kib = field("/proc/meminfo", "MemTotal")
            .and_then(|value| value.split_whitespace().next()?.parse::<u64>().ok());
        Self {
            cpu: field("/proc/cpuinfo", "model name").unwrap_or_default(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gib: memory_kib.unwrap_or_default().div_ceil(1 << 20),
            kernel: said("uname", &["-sr"]),
            rustc: said("rustc", &["--version"]),
            commit: said("git", &["describe", "--always", "--dirty"]),
            date: said("date", &["-u", "+%F %H:%M UTC"]),
            load_average: load_average().unwrap_or_default(),
        }
    }

    /// One line of the page.
    pub(super) fn line(&self) -> String {
        format!(
            "{}, {} cores, {} GiB, {}, {}; commit {}, {}; load average before the run: {}.",
            self.cpu,
            self.cores,
            self.memory_gib,
            self.kernel,
            self.rustc,
            self.commit,
            self.date,
            self.load_average
        )
    }
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn load_average() -> Option<String> {
    Some(fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.to_owned())
}
