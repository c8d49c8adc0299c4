//! What the server's process uses, read from `/proc`; elsewhere than on Linux nothing is known.

use std::fs;
use std::ops::Sub;
use std::time::Duration;

use rustix::param::clock_ticks_per_second;

use super::LoadError;

/// The longest tick of a Linux kernel.
const TICK_MAX: Duration = Duration::from_millis(10);

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

    /// Processor time of all its threads so far.
    pub(super) fn cpu(self) -> Result<Cpu, LoadError> {
        let (total, of_threads) = (self.total_cpu()?, self.cpu_of_threads());
        // The exact figure lacks what threads used that have ended.
        Ok(Cpu(if total > of_threads + 2 * TICK_MAX { total } else { of_threads }))
    }

    /// Of the threads that run now, to the nanosecond; nothing on a kernel that does not tell.
    fn cpu_of_threads(self) -> Duration {
        let threads = fs::read_dir(format!("/proc/{}/task", self.pid)).into_iter().flatten();
        let nanos = threads.flatten().filter_map(|thread| {
            let schedstat = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            schedstat.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanos.sum())
    }

    /// Of all threads that ever were, in ticks of the kernel.
    fn total_cpu(self) -> Result<Duration, LoadError> {
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
        Ok(Duration::from_nanos(ticks * (1_000_000_000 / per_second)))
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
