//! The writing half of a connection's task: what a full socket left behind, what a queue says beside
//! its frames, keep-alive data, pings, the close frame. Frames are mostly written by those who push
//! them ([`super::link`]).

use std::pin::pin;
use std::time::Duration;

use collab_core::relay::{Input, keep_alive};
use collab_core::wire::CloseCode;
use tokio::time::{Instant, sleep_until, timeout};

use super::RelayState;
use super::connection::Joined;
use super::link::Flow;

/// Writes until the queue is closed.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    state: &'a RelayState,
    joined: &'a Joined,
    last_ping: Instant,
}

/// The peer is gone, or reads too slowly to be served.
#[derive(Debug)]
pub(super) struct Stuck;

impl<'a> Writer<'a> {
    pub(super) fn new(state: &'a RelayState, joined: &'a Joined) -> Self {
        Self { state, joined, last_ping: Instant::now() }
    }

    /// Runs until a close frame was sent.
    pub(super) async fn run(mut self) -> Result<(), Stuck> {
        let mut alarm = pin!(sleep_until(self.next_alarm()));
        loop {
            if self.write().await? {
                return Ok(());
            }
            tokio::select! {
                () = self.joined.link.queue.changed() => {}
                () = &mut alarm => {
                    self.ring();
                    alarm.as_mut().reset(self.next_alarm());
                }
            }
        }
    }

    /// Writes all that waits. Returns whether that was a close frame.
    async fn write(&self) -> Result<bool, Stuck> {
        let link = &self.joined.link;
        loop {
            self.unblock(link.flush(Instant::now())).await?;
            let events = link.queue.pop_events();
            self.report_drops(events.overflowed, events.presence_dropped);
            if let Some((code, reason)) = events.close {
                self.unblock(link.send_close(code, reason)).await?;
                return Ok(true);
            }
            if !(events.overflowed || events.presence_dropped || link.queue.has_frames()) {
                return Ok(false);
            }
        }
    }

    /// Waits until the socket took what was written, for as long as a slow but honest reader needs.
    async fn unblock(&self, mut flow: Flow) -> Result<(), Stuck> {
        let config = &self.state.config;
        let link = &self.joined.link;
        if flow == Flow::Blocked {
            let bytes = link.staged_bytes() as u64;
            let transfer = Duration::from_secs(bytes / config.write_min_bytes_per_s);
            let written = async {
                while flow == Flow::Blocked {
                    flow = link.resume().await;
                }
            };
            timeout(config.write_timeout + transfer, written).await.map_err(|_| Stuck)?;
        }
        if flow == Flow::Free { Ok(()) } else { Err(Stuck) }
    }

    /// Tells the room what its queue lost.
    fn report_drops(&self, overflowed: bool, presence_dropped: bool) {
        let Joined { room, peer, link, .. } = self.joined;
        if overflowed {
            room.handle(Input::Overflowed { peer: *peer });
            link.queue.resume_documents();
        }
        if presence_dropped {
            room.handle(Input::PresenceDropped { peer: *peer });
        }
    }

    /// Does what is due by the clock.
    fn ring(&mut self) {
        let config = &self.state.config;
        let link = &self.joined.link;
        let now = Instant::now();
        if now >= link.last_heard() + config.silence_timeout {
            // Not 4408, which is final for stock clients: a laptop that slept shall come back.
            link.queue.close(CloseCode::TRY_LATER, "silent for too long");
            return;
        }
        if now >= link.last_data() + config.keep_alive_interval {
            link.send_now(keep_alive(self.joined.dialect));
        }
        if now >= self.last_ping + config.ping_interval {
            self.last_ping = now;
            link.send_ping();
        }
    }

    fn next_alarm(&self) -> Instant {
        let config = &self.state.config;
        let link = &self.joined.link;
        let quiet = link.last_data() + config.keep_alive_interval;
        let silent = link.last_heard() + config.silence_timeout;
        quiet.min(silent).min(self.last_ping + config.ping_interval)
    }
}
