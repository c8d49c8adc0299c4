//! One WebSocket, to be written to by whoever has something for it: its socket, its queue, and what
//! the socket did not take yet.
//!
//! The room's tick pushes into many queues and then flushes each link itself: one system call per
//! link and no task is woken. Only where a socket is full, or its queue has more to say than
//! frames, the connection's own task takes over ([`super::write`]). We frame by ourselves, since a
//! WebSocket library owns its socket, and keeps buffers for as long as that lives.

mod frames;
mod output;
mod reader;
mod socket;

pub(super) use output::Flow;
pub(super) use reader::{Data, Ended, Reader};

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use collab_core::wire::{CloseCode, Dialect};
use hyper::upgrade::Upgraded;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data as DataCode, OpCode};

use super::RelayState;
use super::queue::Queue;
use output::Output;
use socket::Sink;

/// One connection's link.
#[derive(Debug)]
pub(crate) struct Link {
    relay: Arc<RelayState>,
    socket: Sink,
    pub(super) queue: Queue,
    output: Mutex<Output>,
    /// Somebody is going to flush: the next push need not.
    claimed: AtomicBool,
    opened: Instant,
    /// When the peer was last heard, in ms since `opened`; [`BUSY`] while it is not listened to.
    heard_ms: AtomicU64,
}

const BUSY: u64 = u64::MAX;

impl Link {
    /// Takes over an upgraded connection.
    pub(super) fn open(
        relay: Arc<RelayState>,
        upgraded: Upgraded,
        dialect: Dialect,
    ) -> io::Result<(Arc<Self>, Reader)> {
        let (source, socket, read) = socket::take(upgraded)?;
        let config = &relay.config;
        let reader = Reader::new(source, &read, config.room.limits.frame_max_bytes as usize);
        let queue = Queue::new(dialect, config.queue_max_bytes, config.queue_max_frames);
        let link = Self {
            socket,
            queue,
            output: Mutex::new(Output::new()),
            claimed: AtomicBool::new(false),
            opened: Instant::now(),
            heard_ms: AtomicU64::new(0),
            relay,
        };
        Ok((Arc::new(link), reader))
    }

    /// Whether the caller is the one to flush what it has pushed.
    pub(super) fn claim(&self) -> bool {
        !self.claimed.swap(true, Ordering::AcqRel)
    }

    /// Writes what is queued, as far as the socket takes it. What it does not take, and what is no
    /// frame, is left to the connection's task.
    pub(super) fn flush(&self, now: Instant) -> Flow {
        let mut output = self.output();
        // From here on pushes are not seen, unless by the pops below: whoever makes one claims.
        self.claimed.store(false, Ordering::Release);
        while output.flow == Flow::Free {
            let frames = self.queue.pop_frames();
            if frames.is_empty() {
                return Flow::Free;
            }
            let bytes = frames.iter().map(Bytes::len).sum();
            self.relay.metrics.sent(frames.len(), bytes);
            output.write(&self.socket, OpCode::Data(DataCode::Binary), frames);
            output.last_data = now;
            if output.flow != Flow::Free {
                self.queue.wake();
            }
        }
        output.flow
    }

    /// Waits until the socket takes more, and writes what waits.
    pub(super) async fn resume(&self) -> Flow {
        if self.socket.writable().await.is_err() {
            return Flow::Broken;
        }
        let mut output = self.output();
        output.resume(&self.socket);
        if output.flow == Flow::Free
            && let Some(payload) = output.pong.take()
        {
            output.write(&self.socket, OpCode::Control(Control::Pong), [payload]);
        }
        output.flow
    }

    /// Bytes that wait for the socket.
    pub(super) fn staged_bytes(&self) -> usize {
        self.output().staged_bytes()
    }

    /// Sends a data frame past the queue, if nothing waits: for liveness, and for last words.
    pub(super) fn send_now(&self, frame: Bytes) {
        self.relay.metrics.sent(1, frame.len());
        let mut output = self.output();
        output.write(&self.socket, OpCode::Data(DataCode::Binary), [frame]);
        output.last_data = Instant::now();
    }

    pub(super) fn send_ping(&self) {
        let mut output = self.output();
        if output.flow == Flow::Free {
            output.write(&self.socket, OpCode::Control(Control::Ping), [Bytes::new()]);
        }
    }

    fn send_pong(&self, payload: Bytes) {
        let mut output = self.output();
        if output.flow == Flow::Free {
            output.write(&self.socket, OpCode::Control(Control::Pong), [payload]);
        } else {
            // The newest is enough (RFC 6455, section 5.5.3).
            output.pong = Some(payload);
        }
    }

    /// Sends a close frame behind all that was written or waits.
    pub(super) fn send_close(&self, code: CloseCode, reason: &str) -> Flow {
        let payload = [&code.0.to_be_bytes(), reason.as_bytes()].concat();
        self.answer_close(payload.into());
        self.output().flow
    }

    /// Returns the peer's close frame.
    fn answer_close(&self, payload: Bytes) {
        // A code is two bytes; a single one says nothing.
        let payload = if payload.len() == 1 { Bytes::new() } else { payload };
        self.output().write(&self.socket, OpCode::Control(Control::Close), [payload]);
    }

    /// When the peer last got data.
    pub(super) fn last_data(&self) -> Instant {
        self.output().last_data
    }

    /// The peer said something, if only a pong.
    pub(super) fn hear(&self) {
        self.heard_ms.store(self.opened.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    /// Until [`Self::hear`] nobody reads: silence is not the peer's fault.
    pub(super) fn stop_listening(&self) {
        self.heard_ms.store(BUSY, Ordering::Relaxed);
    }

    /// When the peer was last heard, or now while it is not listened to.
    pub(super) fn last_heard(&self) -> Instant {
        match self.heard_ms.load(Ordering::Relaxed) {
            BUSY => Instant::now(),
            ms => self.opened + Duration::from_millis(ms),
        }
    }

    fn output(&self) -> MutexGuard<'_, Output> {
        // Nothing panics between two changes that belong together.
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
