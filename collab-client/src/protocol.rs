//! What the driver drives.

use bytes::Bytes;
use collab_core::Timestamp;

/// A pure client: input and time in, output out (see "Driving pure code" in ARCHITECTURE).
pub trait Protocol: Send + 'static {
    /// What a program is told. Equal ones are told once, however often they happen before the
    /// program looks.
    type Change: PartialEq + Send + 'static;

    /// Takes one input at `now`, Unix time in ms.
    fn handle(&mut self, now: Timestamp, input: Input<'_>);

    /// The next thing to carry out; `None` once all is done.
    fn poll_output(&mut self) -> Option<Output<Self::Change>>;

    /// When [`Input::Tick`] is due.
    fn deadline(&self) -> Option<Timestamp>;
}

/// What happened to the connection, or to time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are described with their variants")]
pub enum Input<'a> {
    /// The program wants to be connected from now on.
    Start,
    /// The program wants to leave.
    Stop,
    /// [`Output::Connect`] succeeded.
    Connected,
    /// A binary frame arrived.
    Frame(&'a [u8]),
    /// The connection failed or ended; `code` is the close code, if there was one.
    Disconnected { code: Option<u16> },
    /// Time passed.
    Tick,
}

/// What a protocol wants done, in this order.
#[derive(Debug, PartialEq, Eq)]
pub enum Output<C> {
    /// Open a connection. Answer: [`Input::Connected`] or [`Input::Disconnected`].
    Connect,
    /// Send one binary frame.
    Send(Bytes),
    /// Close the connection, or stop opening it, and report nothing more of it.
    Disconnect,
    /// Tell the program.
    Change(C),
}
