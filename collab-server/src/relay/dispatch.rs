//! Carries out what a room wants: frames into queues, updates into the journal, and everything
//! that takes time into tasks that answer with an input.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use collab_core::relay::{
    ChannelName, Class, Counter, Input, Job, LoadFailure, Output, PeerId, Position,
};
use collab_core::wire::CloseCode;
use futures_util::FutureExt;
use tokio::time::{Instant, timeout};

use super::journal::Entry;
use super::queue::Pushed;
use super::room::{LiveRoom, State};
use crate::auth::{AuthRequest, Lease};
use crate::store::StoreError;

impl LiveRoom {
    /// Called under the room's lock; must not wait, and must not take the map's lock.
    pub(super) fn carry_out(self: &Arc<Self>, state: &mut State, output: Output) {
        match output {
            Output::Send { peer, class, frame } => self.send(state, peer, class, frame),
            Output::Close { peer, code, reason } => Self::close(state, peer, code, reason),
            Output::Load { channel } => self.spawn(Self::load, channel),
            Output::List { prefix, max } => self.spawn(Self::list, (prefix, max)),
            Output::Append { channel, entry, update } => {
                let room = Arc::clone(self);
                self.relay.journal.push(Entry { room, channel, number: entry, update });
            }
            Output::Work(job) => self.spawn(Self::work, job),
            Output::Replace { channel, upto, snapshot } => {
                self.spawn(Self::replace, (channel, upto, snapshot));
            }
            Output::Authorize { peer, token } => self.authorize(state, peer, token),
            Output::Count(counter) => self.count(counter),
            // `Output` may grow; a driver that does not know a wish must not pretend to.
            other => unreachable!("the room asked for {other:?}, which this driver does not know"),
        }
    }

    fn send(&self, state: &mut State, peer: PeerId, class: Class, frame: Bytes) {
        let Some(member) = state.members.get(&peer) else {
            return;
        };
        if let Pushed::Dropped(count) = member.link.queue.push(class, frame) {
            self.relay.metrics.queue_drops.inc_by(count as u64);
        }
        if member.link.claim() {
            state.claimed.push(Arc::clone(&member.link));
        }
    }

    fn close(state: &mut State, peer: PeerId, code: CloseCode, reason: &'static str) {
        if let Some(member) = state.members.remove(&peer) {
            member.link.queue.close(code, reason);
        }
    }

    /// Runs what takes time. If it panics, the answer that the room waits for never comes, so the
    /// room ends.
    fn spawn<T, F>(self: &Arc<Self>, run: impl FnOnce(Arc<Self>, T) -> F, argument: T)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let room = Arc::clone(self);
        let run = AssertUnwindSafe(run(Arc::clone(self), argument)).catch_unwind();
        tokio::spawn(async move {
            if run.await.is_err() {
                room.break_down();
            }
        });
    }

    async fn load(self: Arc<Self>, channel: ChannelName) {
        let relay = &self.relay;
        let permit = relay.loads.acquire().await;
        let started = Instant::now();
        let load = relay.store.load(self.name(), &channel);
        let stored = match timeout(relay.config.load_timeout, load).await {
            Ok(stored) => stored.map_err(|error| self.load_failed(&channel, &error)),
            Err(_) => Err(self.load_failed(&channel, &StoreError::Slow)),
        };
        relay.metrics.load_seconds.observe(started.elapsed().as_secs_f64());
        drop(permit);
        self.handle(Input::Loaded { channel, stored });
    }

    async fn list(self: Arc<Self>, (prefix, max): (&'static str, usize)) {
        let relay = &self.relay;
        let permit = relay.loads.acquire().await;
        let list = relay.store.channels(self.name(), prefix, max);
        let names = match timeout(relay.config.load_timeout, list).await {
            Ok(names) => names.map_err(|error| self.load_failed(prefix, &error)),
            Err(_) => Err(self.load_failed(prefix, &StoreError::Slow)),
        };
        drop(permit);
        self.handle(Input::Listed { prefix, names });
    }

    fn load_failed(&self, channel: &str, error: &StoreError) -> LoadFailure {
        let reason: &dyn std::error::Error = error;
        tracing::error!(room = %self.name(), channel, error = reason, "load failed");
        self.relay.metrics.store_failures.inc();
        error.load_failure()
    }

    /// The job says of itself that it never panics; if it does, the room would wait for ever.
    async fn work(self: Arc<Self>, job: Job) {
        let permit = self.relay.work.acquire().await;
        let result = tokio::task::spawn_blocking(|| job.run()).await;
        drop(permit);
        match result {
            Ok(finished) => self.handle(Input::Finished(finished)),
            Err(_) => self.break_down(),
        }
    }

    async fn replace(self: Arc<Self>, (channel, upto, snapshot): (ChannelName, Position, Bytes)) {
        let started = Instant::now();
        let result = self.relay.store.compact(self.name(), &channel, upto, snapshot).await;
        self.relay.metrics.compact_seconds.observe(started.elapsed().as_secs_f64());
        if let Err(error) = &result {
            let reason: &dyn std::error::Error = error;
            tracing::error!(room = %self.name(), %channel, error = reason, "compaction failed");
            self.relay.metrics.store_failures.inc();
        }
        self.handle(Input::Replaced { channel, upto, ok: result.is_ok() });
    }

    fn authorize(self: &Arc<Self>, state: &State, peer: PeerId, token: String) {
        let Some(member) = state.members.get(&peer) else {
            return;
        };
        let Some(head) = member.head.clone() else {
            return;
        };
        let check = async move |room: Arc<Self>, token: String| {
            let head = head.unpack();
            let (name, lease) = (room.name(), Lease::default());
            let request =
                AuthRequest { room: name, token: Some(&token), head: &head, lease: &lease };
            room.handle(match room.relay.authorize(&request).await {
                Ok(grant) => {
                    room.regranted(peer, &grant.user, lease);
                    Input::Regrant { peer, grant: Some(grant) }
                }
                Err(_) => Input::TokenRefused { peer },
            });
        };
        self.spawn(check, token);
    }

    fn count(&self, counter: Counter) {
        let metrics = &self.relay.metrics;
        match counter {
            Counter::Resync => metrics.resyncs.inc(),
            Counter::Refused(code) => metrics.refused(code),
            Counter::Duplicate => metrics.duplicates.inc(),
            Counter::CompactionMismatch => metrics.compaction_mismatches.inc(),
            // A counter that this driver does not know yet has no metric.
            _ => 0,
        };
    }
}
