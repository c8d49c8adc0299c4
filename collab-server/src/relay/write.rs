//! The writing half of a connection: the queue's frames, keep-alive data, pings, the close frame.

use std::time::Duration;

use axum::extract::ws::{Message as Data, WebSocket};
use bytes::Bytes;
use collab_core::relay::keep_alive;
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::time::{Instant, sleep_until, timeout};

use super::RelayState;
use super::connection::{Joined, close_frame, report_drops};
use super::queue::Popped;

type Sink = SplitSink<WebSocket, Data>;

/// Writes until the queue is closed.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    state: &'a RelayState,
    joined: &'a Joined,
    sink: Sink,
    /// When the peer last got data, which pings are not.
    last_data: Instant,
    last_ping: Instant,
}

/// The peer is gone, or reads too slowly to be served.
#[derive(Debug)]
struct Stuck;

impl<'a> Writer<'a> {
    pub(super) fn new(state: &'a RelayState, joined: &'a Joined, sink: Sink) -> Self {
        let now = Instant::now();
        Self { state, joined, sink, last_data: now, last_ping: now }
    }

    /// The sink after a close frame was sent, or `None` if that was not possible.
    pub(super) async fn run(mut self) -> Option<Sink> {
        let (state, joined) = (self.state, self.joined);
        loop {
            let quiet_until = self.last_data + state.config.keep_alive_interval;
            let ping_at = self.last_ping + state.config.ping_interval;
            let result = tokio::select! {
                popped = joined.queue.pop() => match self.write(popped).await {
                    Ok(false) => Ok(()),
                    Ok(true) => return Some(self.sink),
                    Err(stuck) => Err(stuck),
                },
                () = sleep_until(quiet_until) => self.send_data(vec![keep_alive(joined.dialect)]).await,
                () = sleep_until(ping_at) => self.ping().await,
            };
            if result.is_err() {
                return None;
            }
        }
    }

    /// Returns whether the connection was closed.
    async fn write(&mut self, popped: Popped) -> Result<bool, Stuck> {
        if !popped.frames.is_empty() {
            self.send_data(popped.frames).await?;
        }
        report_drops(self.joined, popped.overflowed, popped.presence_dropped);
        let Some((code, reason)) = popped.close else {
            return Ok(false);
        };
        self.send(vec![close_frame(code, reason)], 0).await?;
        Ok(true)
    }

    async fn send_data(&mut self, frames: Vec<Bytes>) -> Result<(), Stuck> {
        let bytes = frames.iter().map(Bytes::len).sum();
        self.state.metrics.sent(frames.len(), bytes);
        self.send(frames.into_iter().map(Data::Binary).collect(), bytes).await?;
        self.last_data = Instant::now();
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), Stuck> {
        self.last_ping = Instant::now();
        self.send(vec![Data::Ping(Bytes::new())], 0).await
    }

    /// Writes all of it within the time that a slow but honest reader needs.
    async fn send(&mut self, messages: Vec<Data>, bytes: usize) -> Result<(), Stuck> {
        let config = &self.state.config;
        let transfer = Duration::from_secs(bytes as u64 / config.write_min_bytes_per_s);
        let write = async {
            for message in messages {
                self.sink.feed(message).await?;
            }
            self.sink.flush().await
        };
        match timeout(config.write_timeout + transfer, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Stuck),
        }
    }
}
