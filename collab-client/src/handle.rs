//! A program's side of the driver.

use collab_core::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::changes::{Changes, channel};
use crate::driver::{Command, Driver, now};
use crate::{Config, Input, Protocol};

/// Commands that wait for the driver; [`Handle::call`] waits for a place among them.
pub const COMMANDS_MAX: usize = 64;

/// The driver has stopped, or a command panicked in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client has stopped")]
pub struct Stopped;

/// Talks to a protocol that runs in its own task. Clones talk to the same; once all are gone it
/// stops.
#[derive(Debug)]
pub struct Handle<P> {
    commands: mpsc::Sender<Command<P>>,
}

/// Starts a protocol: it is told to connect, and runs in a task of the current runtime.
pub fn start<P: Protocol>(config: Config, mut protocol: P) -> (Handle<P>, Changes<P::Change>) {
    protocol.handle(now(), Input::Start);
    prepare(config, protocol)
}

/// Runs a protocol in a task of the current runtime and does not tell it to connect: whoever knows
/// later as whom to come gives it [`Input::Start`] by [`Handle::call`].
pub fn prepare<P: Protocol>(config: Config, protocol: P) -> (Handle<P>, Changes<P::Change>) {
    let (commands, received) = mpsc::channel(COMMANDS_MAX);
    let (teller, changes) = channel();
    tokio::spawn(Driver::new(config, protocol, received, teller).run());
    (Handle { commands }, changes)
}

impl<P: Protocol> Handle<P> {
    /// Calls the protocol in its task, with the time, and returns what it says: reads its state, or
    /// makes it do something, which is carried out at once. Must not block.
    pub async fn call<R: Send + 'static>(
        &self,
        call: impl FnOnce(&mut P, Timestamp) -> R + Send + 'static,
    ) -> Result<R, Stopped> {
        let (answer, answered) = oneshot::channel();
        let call = Box::new(move |protocol: &mut P, now| {
            // Whoever asked may have lost interest.
            let _ = answer.send(call(protocol, now));
        });
        self.commands.send(Command::Call(call)).await.map_err(|_| Stopped)?;
        answered.await.map_err(|_| Stopped)
    }

    /// Leaves: the connection is closed properly, and the driver ends. Returns when it has, at the
    /// latest after a second.
    pub async fn stop(&self) {
        // An error means that it has stopped.
        let _ = self.commands.send(Command::Stop).await;
        self.commands.closed().await;
    }
}

impl<P> Clone for Handle<P> {
    fn clone(&self) -> Self {
        Self { commands: self.commands.clone() }
    }
}

impl<P> std::fmt::Debug for Command<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Call(_) => "Call",
            Self::Stop => "Stop",
        })
    }
}
