//! The second implementation, in a process of its own.
//!
//! The parent writes one update to the child's standard input. The child applies it to a document of
//! Yrs, and writes that document's state to its standard output. Whatever the bytes do
//! to it - a panic, an overflow of the stack, an endless loop - ends only the child.

use std::fmt;
use std::io::{self, Read, Write};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use clap::Args;
use collab_core::log::{Log, yrs_state};

/// The subcommand of the child.
const NAME: &str = "doctor-probe";

/// Read an update from standard input as a client would (for `doctor`).
#[derive(Debug, Args)]
pub(crate) struct Probe {}

/// What the second implementation makes of an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It has as much as the first.
    Agrees,
    /// It has more or less, as where something is missing in between.
    Differs,
    /// It did not survive it, or refused it.
    Fails,
    /// It did not end in time.
    Hangs,
}

impl Verdict {
    /// Whether clients can read it.
    pub(super) const fn is_readable(&self) -> bool {
        matches!(self, Self::Agrees | Self::Differs)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Agrees => "agrees",
            Self::Differs => "DIFFERS",
            Self::Fails => "FAILS",
            Self::Hangs => "HANGS",
        })
    }
}

/// Shows an update to a child, and compares what it made of it.
pub(super) fn ask(update: &[u8], patience: Duration) -> io::Result<Verdict> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg(NAME)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let bytes = update.to_vec();
    // A child that died before it read everything says so by its exit status.
    let writing = thread::spawn(move || input.map(|mut input| input.write_all(&bytes)));
    let (done, answered) = mpsc::channel();
    let reading = thread::spawn(move || {
        let mut state = Vec::new();
        let read = output.map_or(Ok(0), |mut output| output.read_to_end(&mut state));
        // Nobody waits any more if it took too long.
        let _ = done.send(read.map(|_| state));
    });
    let answer = answered.recv_timeout(patience);
    if answer.is_err() {
        child.kill()?;
    }
    let status = child.wait()?;
    let _ended = (writing.join(), reading.join());
    match answer {
        Err(_) => Ok(Verdict::Hangs),
        Ok(state) if status.success() => Ok(compare(update, &state?)),
        Ok(_) => Ok(Verdict::Fails),
    }
}

/// Whether a document's state holds as much as the update that it was given.
fn compare(update: &[u8], state: &[u8]) -> Verdict {
    let holds = |update: &[u8]| Log::open(None, [update.to_vec()]).map(|log| log.state_vector());
    if holds(state) == holds(update) { Verdict::Agrees } else { Verdict::Differs }
}

impl Probe {
    /// The child's whole life.
    #[allow(clippy::unused_self, reason = "as every tool")]
    pub(crate) fn run(&self) -> Result<ExitCode, Box<dyn std::error::Error>> {
        let mut update = Vec::new();
        io::stdin().read_to_end(&mut update)?;
        // With the stack that a thread has, as in a server or a native client.
        let applied = thread::spawn(move || yrs_state(&update));
        let state = applied.join().map_err(|_| "the document panicked")??;
        io::stdout().write_all(&state)?;
        Ok(ExitCode::SUCCESS)
    }
}
