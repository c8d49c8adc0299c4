//! A relay under load: started on one core, ended by its process ID.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A relay that takes no connections after this time does not work.
const START_PATIENCE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(20);

/// The core of relays, and that of the generator.
const RELAY_CORE: &str = "0";
const GENERATOR_CORE: &str = "1";

/// A relay that runs. Dropping it ends it.
pub(super) struct Running {
    child: Child,
}

impl Running {
    /// Starts it, and waits until it takes connections on this port.
    pub(super) fn start(command: &Command, port: u16) -> Result<Self> {
        let mut pinned = pinned(command, RELAY_CORE);
        let child = pinned.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = child.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let mut running = Self { child };
        let started = Instant::now();
        while TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).is_err() {
            if let Some(status) = running.child.try_wait()? {
                bail!("{command:?} ended with {status}");
            }
            if started.elapsed() > START_PATIENCE {
                bail!("{command:?} takes no connections");
            }
            sleep(LOOK);
        }
        Ok(running)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An error means that it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that is free now.
pub(super) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// The generator, on its own core.
pub(super) fn on_generator_core(command: &Command) -> Command {
    pinned(command, GENERATOR_CORE)
}

/// The same command on one core, where `taskset` and a second core exist.
fn pinned(command: &Command, core: &str) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut pinned = if cores > 1 && crate::tool::is_installed("taskset") {
        let mut taskset = Command::new("taskset");
        taskset.args(["--cpu-list", core]).arg(command.get_program());
        taskset
    } else {
        Command::new(command.get_program())
    };
    pinned.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => pinned.env(name, value),
            None => pinned.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        pinned.current_dir(folder);
    }
    pinned
}
