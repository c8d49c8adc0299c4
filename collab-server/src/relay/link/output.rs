//! The writing side of a link: frames become bytes, and what a socket does not take at once waits.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice};

use bytes::{Buf, Bytes};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::frame::coding::OpCode;

use super::frames::write_header;
use super::socket::Sink;

/// Payloads from this size on are handed to the system as they lie; smaller ones are copied behind
/// their headers, which is cheaper than another slice.
const SHARED_MIN_BYTES: usize = 4 << 10;

thread_local! {
    /// Headers and small frames on their way into one system call.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Whether a link takes more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::relay) enum Flow {
    /// Everything was written.
    #[default]
    Free,
    /// The system's buffer is full.
    Blocked,
    /// The transport is of no use any more.
    Broken,
}

/// What was not written yet: at most what one pop of the queue handed out, and a control frame.
#[derive(Debug)]
pub(super) struct Output {
    staged: VecDeque<Bytes>,
    pub(super) flow: Flow,
    /// The answer to the newest ping, where it has to wait.
    pub(super) pong: Option<Bytes>,
    /// When the peer last got data, which control frames are not.
    pub(super) last_data: Instant,
}

impl Output {
    pub(super) fn new() -> Self {
        let last_data = Instant::now();
        Self { staged: VecDeque::new(), flow: Flow::Free, pong: None, last_data }
    }

    /// Writes frames with as few system calls as possible.
    pub(super) fn write(
        &mut self,
        socket: &Sink,
        opcode: OpCode,
        frames: impl IntoIterator<Item = Bytes>,
    ) {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.clear();
            for frame in frames {
                write_header(scratch, opcode, frame.len());
                if frame.len() < SHARED_MIN_BYTES {
                    scratch.extend_from_slice(&frame);
                } else {
                    self.send(socket, scratch, &frame);
                    scratch.clear();
                }
            }
            if !scratch.is_empty() {
                self.send(socket, scratch, &Bytes::new());
            }
        });
    }

    /// Writes what waits.
    pub(super) fn resume(&mut self, socket: &Sink) {
        if self.flow == Flow::Broken {
            return;
        }
        while let Some(front) = self.staged.front_mut() {
            match socket.try_write(&[IoSlice::new(front)]) {
                Ok(0) => return self.break_off(),
                Ok(written) => front.advance(written),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => return self.break_off(),
            }
            if front.is_empty() {
                self.staged.pop_front();
            }
        }
        self.staged = VecDeque::new();
        self.flow = Flow::Free;
    }

    /// Bytes that wait.
    pub(super) fn staged_bytes(&self) -> usize {
        self.staged.iter().map(Bytes::len).sum()
    }

    fn send(&mut self, socket: &Sink, head: &[u8], tail: &Bytes) {
        let mut written = 0;
        while self.flow == Flow::Free && written < head.len() + tail.len() {
            let rest = [
                IoSlice::new(&head[written.min(head.len())..]),
                IoSlice::new(&tail[written.saturating_sub(head.len())..]),
            ];
            let slices = if tail.is_empty() { &rest[..1] } else { &rest[..] };
            match socket.try_write(slices) {
                Ok(0) => return self.break_off(),
                Ok(more) => written += more,
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.flow = Flow::Blocked,
                Err(_) => return self.break_off(),
            }
        }
        if self.flow == Flow::Blocked {
            let parts = [
                Bytes::copy_from_slice(&head[written.min(head.len())..]),
                tail.slice(written.saturating_sub(head.len())..),
            ];
            self.staged.extend(parts.into_iter().filter(|part| !part.is_empty()));
        }
    }

    fn break_off(&mut self) {
        self.staged = VecDeque::new();
        self.flow = Flow::Broken;
    }
}
