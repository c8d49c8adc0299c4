//! What the server's process uses, read from `/proc`; elsewhere than on Linux nothing is known.

use std::fs;
use std::ops::Sub;
use std::time::Duration;

use rustix::param::clock_ticks_per_second;

use super::LoadError;

/// A process to watch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Process {
    pid: u32,
}

/// Processor time, user and system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cpu(Duration);

impl Sub for Cpu {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Process {
    pub(super) fn new(pid: u32) -> Self {
        Self { pid }
    }

    /// The generator itself.
    pub(super) fn own() -> Self {
        Self::new(std::process::id())
    }

    /// Processor time of all its threads so far, in steps of 10 ms.
    pub(super) fn cpu(self) -> Result<Cpu, LoadError> {
        let stat = self.read("stat")?;
        // The second field is a name in parentheses, which may hold anything; user and system time
        // are fields 14 and 15 (proc_pid_stat(5)).
        let fields = stat.rsplit_once(") ").map(|(_, rest)| rest.split(' '));
        let ticks: u64 = fields
            .into_iter()
            .flatten()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u64>().ok())
            .sum();
        let per_second = clock_ticks_per_second().max(1);
        Ok(Cpu(Duration::from_nanos(ticks * (1_000_000_000 / per_second))))
    }

    /// Resident memory, in KiB.
    pub(super) fn resident_kib(self) -> Result<u64, LoadError> {
        let status = self.read("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.ok_or(LoadError::Process { pid: self.pid, source: None })
    }

    fn read(self, file: &str) -> Result<String, LoadError> {
        let read = fs::read_to_string(format!("/proc/{}/{file}", self.pid));
        read.map_err(|source| LoadError::Process { pid: self.pid, source: Some(source) })
    }
}
