//! One open WebSocket: frames in, and what it has not taken yet.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::socket::Socket;

/// While more waits for the socket, no command is taken: a program that says more than the network
/// carries waits in [`crate::Handle::call`].
pub const UNSENT_MAX_BYTES: usize = 1 << 20;

/// Time for last words and the closing handshake.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// What a link has to say.
#[derive(Debug)]
pub(crate) enum Heard {
    Frame(Bytes),
    /// With the close code, if there was one.
    Ended(Option<u16>),
}

#[derive(Debug)]
pub(crate) struct Link {
    socket: Socket,
    unsent: VecDeque<Bytes>,
    unsent_bytes: usize,
    is_flushed: bool,
    /// Writing failed. Why may still be there to be read.
    is_broken: bool,
}

impl Link {
    pub(crate) fn new(socket: Socket) -> Self {
        let unsent = VecDeque::new();
        Self { socket, unsent, unsent_bytes: 0, is_flushed: true, is_broken: false }
    }

    /// Queues a frame; [`Self::next`] writes it.
    pub(crate) fn send(&mut self, frame: Bytes) {
        if !self.is_broken {
            self.unsent_bytes += frame.len();
            self.unsent.push_back(frame);
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.unsent_bytes > UNSENT_MAX_BYTES
    }

    /// Writes what waits, until there is something to hear. Safe to cancel.
    pub(crate) async fn next(&mut self) -> Heard {
        poll_fn(|cx| {
            if let Poll::Ready(Err(_)) = self.poll_write(cx) {
                self.unsent.clear();
                self.unsent_bytes = 0;
                self.is_broken = true;
            }
            self.poll_read(cx)
        })
        .await
    }

    /// Writes what waits and says goodbye, unless that takes too long.
    pub(crate) async fn close(mut self) {
        let last_words = async {
            poll_fn(|cx| self.poll_write(cx)).await?;
            self.socket.close(None).await?;
            // The other side's goodbye, so that nothing of ours is cut off.
            while self.socket.next().await.is_some_and(|heard| heard.is_ok()) {}
            Ok::<(), Error>(())
        };
        // The connection is over in any case.
        let _ = timeout(CLOSE_TIMEOUT, last_words).await;
    }

    /// Ready once all that waits was written, or cannot be.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while !self.unsent.is_empty() {
            ready!(self.socket.poll_ready_unpin(cx))?;
            if let Some(frame) = self.unsent.pop_front() {
                self.unsent_bytes -= frame.len();
                self.is_flushed = false;
                self.socket.start_send_unpin(Message::Binary(frame))?;
            }
        }
        if !self.is_flushed {
            ready!(self.socket.poll_flush_unpin(cx))?;
            self.is_flushed = true;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Heard> {
        loop {
            return Poll::Ready(match ready!(self.socket.poll_next_unpin(cx)) {
                Some(Ok(Message::Binary(frame))) => Heard::Frame(frame),
                Some(Ok(Message::Close(frame))) => {
                    Heard::Ended(frame.map(|frame| frame.code.into()))
                }
                // Pings are answered below us; no relay sends text.
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => Heard::Ended(None),
            });
        }
    }
}
