//! What the room does with answers of the store and of finished work.

use super::channel::Channel;
use super::peer::Subscription;
use super::work::{Finished, Opened, Task, TaskResult};
use super::{
    ChannelName, Class, Counter, EntryNo, Job, LoadFailure, Output, PeerId, Position, Room, Stored,
};
use crate::Timestamp;
use crate::log::{CompactError, Snapshot};
use crate::wire::{ErrorCode, EventKind, Message, SharedUpdate};

impl Room {
    pub(super) fn loaded(
        &mut self,
        now: Timestamp,
        channel: ChannelName,
        stored: Result<Stored, LoadFailure>,
    ) {
        let Some(number) = self.channels.number(&channel) else {
            return;
        };
        match stored {
            Ok(stored) => {
                let is_segment = self.channels.get(number).is_some_and(|c| c.kind.is_segment());
                self.work(channel, Some(Task::Open { number, stored, is_segment }));
            }
            Err(LoadFailure::Damaged) => self.load_failed(now, number, ErrorCode::Quarantined),
            Err(LoadFailure::Unavailable) => {
                self.load_failed(now, number, ErrorCode::StoreUnavailable);
            }
        }
    }

    pub(super) fn finished(&mut self, now: Timestamp, finished: Finished) {
        let Some(number) = self.channels.number(&finished.channel) else {
            return;
        };
        match finished.result {
            TaskResult::Opened(Some(opened)) => self.opened(now, number, opened),
            TaskResult::Opened(None) => self.load_failed(now, number, ErrorCode::Quarantined),
            TaskResult::Compacted { upto, tail, merged } => {
                self.compacted(finished.channel, upto, tail, merged);
            }
        }
        self.forget_unused(number);
    }

    fn opened(&mut self, now: Timestamp, number: u64, opened: Opened) {
        let Some(channel) = self.channels.get_mut(number) else {
            return;
        };
        let held = channel.open(opened);
        for peer in channel.subscribers.keys().copied().collect::<Vec<_>>() {
            self.greet(peer, number);
        }
        for (peer, frame) in held {
            self.receive(now, peer, &frame);
        }
        self.compact(now, number);
    }

    /// Sends everybody away who waits for the channel, and forgets it: the next one tries again.
    fn load_failed(&mut self, now: Timestamp, number: u64, code: ErrorCode) {
        let Some(channel) = self.channels.get(number) else {
            return;
        };
        let close = code.close_plain().unwrap_or(crate::wire::CloseCode::INTERNAL);
        for peer in channel.subscribers.keys().copied().collect::<Vec<_>>() {
            self.refuse(peer, number, code, 0, "the channel could not be loaded");
            self.close(now, peer, close, "the channel could not be loaded");
        }
        self.channels.remove(number);
    }

    pub(super) fn durable(
        &mut self,
        now: Timestamp,
        channel: &str,
        entry: EntryNo,
        position: Position,
    ) {
        let Some(number) = self.channels.number(channel) else {
            return;
        };
        let Some(channel) = self.channels.get_mut(number) else {
            return;
        };
        let subscribers: Vec<PeerId> = channel.subscribers.keys().copied().collect();
        let Some(ready) = channel.ready() else { return };
        ready.set_durable(entry, position);
        for peer in subscribers {
            self.send_durable(now, peer, number);
        }
        self.compact(now, number);
        self.forget_unused(number);
    }

    /// Starts a compaction if the channel wants one.
    pub(super) fn compact(&mut self, now: Timestamp, number: u64) {
        let Some(channel) = self.channels.get_mut(number) else {
            return;
        };
        let ready = channel.ready();
        let task = ready.and_then(|ready| ready.plan_compaction(now, number, &self.config));
        if task.is_some() {
            let name = channel.name.clone();
            self.work(name, task);
        }
    }

    /// A merged snapshot was compared with its input already; now the store must take it.
    fn compacted(
        &mut self,
        name: ChannelName,
        upto: Position,
        tail: usize,
        merged: Result<Snapshot<SharedUpdate>, CompactError>,
    ) {
        let Some(number) = self.channels.number(&name) else {
            return;
        };
        let Some(ready) = self.channels.get_mut(number).and_then(Channel::ready) else {
            return;
        };
        let Ok(merged) = merged else {
            ready.fail_compaction();
            self.outputs.push_back(Output::Count(Counter::CompactionMismatch));
            return;
        };
        let snapshot = merged.update().update();
        ready.await_stored(merged, tail);
        if self.config.keeps {
            self.outputs.push_back(Output::Replace { channel: name, upto, snapshot });
        } else {
            ready.finish_compaction();
        }
    }

    pub(super) fn replaced(&mut self, channel: &str, ok: bool) {
        let Some(number) = self.channels.number(channel) else {
            return;
        };
        let Some(ready) = self.channels.get_mut(number).and_then(Channel::ready) else {
            return;
        };
        if ok {
            ready.finish_compaction();
        } else {
            ready.fail_compaction();
        }
        self.forget_unused(number);
    }

    pub(super) fn store_health(&mut self, ok: bool) {
        if self.store_ok != ok {
            self.store_ok = ok;
            self.tell_all(&store_event(ok));
            if !ok {
                self.store_late();
            }
        }
    }

    pub(super) fn send_store_health(&mut self, peer: PeerId) {
        let event = store_event(self.store_ok);
        self.send(peer, Class::Control, 0, &event);
    }

    pub(super) fn work(&mut self, channel: ChannelName, task: Option<Task>) {
        if let Some(task) = task {
            self.outputs.push_back(Output::Work(Job::new(channel, task)));
        }
    }

    pub(super) fn subscription(&mut self, peer: PeerId, number: u64) -> Option<&mut Subscription> {
        self.peers.get_mut(&peer)?.channels.get_mut(&number)
    }
}

const fn store_event(ok: bool) -> Message<'static> {
    Message::Event { kind: EventKind::Store as u64, payload: if ok { &[1] } else { &[0] } }
}
