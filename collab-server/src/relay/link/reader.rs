//! The reading side of a link: data frames out of a socket. Pings and closes are answered here.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Poll, ready};

use bytes::Bytes;
use tokio::io::ReadBuf;

use super::Link;
use super::frames::{Decoder, Received, Undecodable};
use super::socket::Source;

/// What one system call reads at most.
const READ_BYTES: usize = 64 << 10;

thread_local! {
    /// Read into and decoded from without a pause, so one per thread is enough.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// A data frame.
#[derive(Debug)]
pub(in crate::relay) enum Data {
    Binary(Bytes),
    Text,
}

/// Why there are no more frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::relay) enum Ended {
    /// The peer closed, the transport broke, or what it carries is no WebSocket.
    Gone,
    /// A message beyond the limit.
    TooLarge,
}

/// Reads one link.
#[derive(Debug)]
pub(in crate::relay) struct Reader {
    source: Source,
    decoder: Decoder,
    received: VecDeque<Received>,
    ended: Option<Ended>,
}

impl Reader {
    /// `read` was read from the socket already.
    pub(super) fn new(source: Source, read: &Bytes, message_max_bytes: usize) -> Self {
        let decoder = Decoder::new(message_max_bytes);
        let mut reader = Self { source, decoder, received: VecDeque::new(), ended: None };
        reader.feed(&mut read.to_vec());
        reader
    }

    /// The next data frame, once there is one. Safe to cancel.
    pub(in crate::relay) async fn next(&mut self, link: &Link) -> Result<Data, Ended> {
        loop {
            if let Some(data) = self.at_hand(link) {
                return Ok(data);
            }
            if let Some(ended) = self.ended {
                return Err(ended);
            }
            // An idle connection holds no buffer.
            self.received = VecDeque::new();
            self.read(link).await;
        }
    }

    /// The next data frame, if it was read already.
    pub(in crate::relay) fn at_hand(&mut self, link: &Link) -> Option<Data> {
        while let Some(received) = self.received.pop_front() {
            match received {
                Received::Binary(frame) => return Some(Data::Binary(frame)),
                Received::Text => return Some(Data::Text),
                Received::Ping(payload) => link.send_pong(payload),
                Received::Pong => {}
                Received::Close(payload) => {
                    link.answer_close(payload);
                    self.received = VecDeque::new();
                    self.ended = Some(Ended::Gone);
                }
            }
        }
        None
    }

    /// Reads on until the peer closes, whatever it says.
    pub(in crate::relay) async fn drain(&mut self, link: &Link) {
        while self.ended != Some(Ended::Gone) {
            self.received.retain(|received| matches!(received, Received::Close(_)));
            if !self.received.is_empty() {
                return;
            }
            self.read(link).await;
        }
    }

    async fn read(&mut self, link: &Link) {
        poll_fn(|context| {
            SCRATCH.with_borrow_mut(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                let read = ready!(self.source.poll_read(context, &mut buffer));
                match (read, buffer.filled_mut()) {
                    (Err(_), _) | (Ok(()), []) => self.ended = Some(Ended::Gone),
                    (Ok(()), bytes) => {
                        link.hear();
                        self.feed(bytes);
                    }
                }
                Poll::Ready(())
            })
        })
        .await;
    }

    fn feed(&mut self, bytes: &mut [u8]) {
        if self.ended.is_some() {
            return;
        }
        match self.decoder.feed(bytes, &mut self.received) {
            Ok(()) => {}
            Err(Undecodable::TooLarge) => self.ended = Some(Ended::TooLarge),
            Err(Undecodable::Malformed) => self.ended = Some(Ended::Gone),
        }
    }
}
