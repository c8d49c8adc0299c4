//! The task that carries out what a protocol wants.

use std::future::pending;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use collab_core::Timestamp;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::changes::Teller;
use crate::link::{Heard, Link};
use crate::protocol::{Input, Output, Protocol};
use crate::socket::open;
use crate::{Config, ConnectError, Event};

/// What a program wants of the protocol.
pub(crate) enum Command<P> {
    Call(Call<P>),
    Stop,
}

type Call<P> = Box<dyn FnOnce(&mut P, Timestamp) + Send>;
type Opened = Result<Box<Link>, ConnectError>;

pub(crate) struct Driver<P: Protocol> {
    config: Config,
    protocol: P,
    commands: mpsc::Receiver<Command<P>>,
    teller: Teller<P::Change>,
    connection: Connection,
    /// A connection that is saying goodbye.
    closing: Option<JoinHandle<()>>,
}

enum Connection {
    None,
    Opening(BoxFuture<'static, Opened>),
    Open(Box<Link>),
}

/// What the driver waited for.
enum Happened<P> {
    Command(Command<P>),
    Opened(Opened),
    Heard(Heard),
    Tick,
}

impl<P: Protocol> Driver<P> {
    pub(crate) fn new(
        config: Config,
        protocol: P,
        commands: mpsc::Receiver<Command<P>>,
        teller: Teller<P::Change>,
    ) -> Self {
        let connection = Connection::None;
        Self { config, protocol, commands, teller, connection, closing: None }
    }

    /// Runs until it is told to stop, or nobody is left to tell it.
    pub(crate) async fn run(mut self) {
        self.carry_out();
        loop {
            match self.wait().await {
                Happened::Command(Command::Stop) => break,
                Happened::Command(Command::Call(call)) => call(&mut self.protocol, now()),
                Happened::Opened(opened) => self.opened(opened),
                Happened::Heard(Heard::Frame(frame)) => self.hear(&frame),
                Happened::Heard(Heard::Ended(code)) => self.ended(code),
                Happened::Tick => self.handle(Input::Tick),
            }
            self.carry_out();
        }
        self.handle(Input::Stop);
        if let Some(closing) = self.closing.take() {
            // It cannot fail, and has its own time limit.
            let _ = closing.await;
        }
    }

    async fn wait(&mut self) -> Happened<P> {
        let deadline = self.protocol.deadline();
        let tick = async {
            match deadline {
                Some(at) if at < Timestamp::NEVER => sleep(at.since(now())).await,
                _ => pending().await,
            }
        };
        let takes_commands = !matches!(&self.connection, Connection::Open(link) if link.is_full());
        tokio::select! {
            command = self.commands.recv(), if takes_commands => {
                Happened::Command(command.unwrap_or(Command::Stop))
            }
            happened = self.connection.next() => happened,
            () = tick => Happened::Tick,
        }
    }

    fn opened(&mut self, opened: Opened) {
        match opened {
            Ok(link) => {
                self.connection = Connection::Open(link);
                self.handle(Input::Connected);
            }
            Err(error) => {
                self.teller.tell(Event::Unreachable(error));
                self.ended(None);
            }
        }
    }

    fn hear(&mut self, frame: &Bytes) {
        self.handle(Input::Frame(frame));
    }

    fn ended(&mut self, code: Option<u16>) {
        self.connection = Connection::None;
        self.handle(Input::Disconnected { code });
    }

    fn handle(&mut self, input: Input<'_>) {
        self.protocol.handle(now(), input);
        self.carry_out();
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.protocol.poll_output() {
            match output {
                Output::Connect => self.connect(),
                Output::Send(frame) => self.send(frame),
                Output::Disconnect => self.disconnect(),
                Output::Change(change) => self.teller.tell(Event::Change(change)),
            }
        }
    }

    fn connect(&mut self) {
        let config = self.config.clone();
        let opening = async move { Ok(Box::new(Link::new(open(&config).await?))) };
        self.connection = Connection::Opening(opening.boxed());
    }

    fn send(&mut self, frame: Bytes) {
        // What is said without a connection is the protocol's to say again.
        if let Connection::Open(link) = &mut self.connection {
            link.send(frame);
        }
    }

    fn disconnect(&mut self) {
        if let Connection::Open(link) = std::mem::replace(&mut self.connection, Connection::None) {
            self.closing = Some(tokio::spawn(link.close()));
        }
    }
}

impl Connection {
    /// Safe to cancel.
    async fn next<P>(&mut self) -> Happened<P> {
        match self {
            Self::None => pending().await,
            Self::Opening(opening) => Happened::Opened(opening.await),
            Self::Open(link) => Happened::Heard(link.next().await),
        }
    }
}

/// Unix time.
pub(crate) fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(since_epoch.as_millis() as u64)
}
