//! An update from a peer: checked, admitted, taken into the log and the tick.

use std::time::Duration;

use bytes::Bytes;

use super::channel::Channel;
use super::{Class, Counter, Output, PeerId, Room};
use crate::Timestamp;
use crate::log::{self, Checked};
use crate::wire::{ErrorCode, Message, SharedUpdate, Sync};

/// An update on its way into a channel.
#[derive(Clone, Copy)]
pub(super) struct Push<'a> {
    pub(super) peer: PeerId,
    pub(super) number: u64,
    pub(super) from: Source,
    pub(super) update: &'a [u8],
}

/// The message that an update came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// `push` of a `collab.v1` client, with its number.
    Push(u64),
    /// *Update* of a stock client.
    Update,
    /// *Step 2* of a stock client.
    Step2,
    /// What is left of a step 2 without what builds on something missing.
    Rest,
}

/// Why an update must not enter.
type Refused = (ErrorCode, &'static str);

/// What becomes of an update that breaks no rule.
pub(super) enum Verdict {
    /// It holds something new: all of it, or only what is left here.
    New(Checked, Option<Bytes>),
    /// Its author has to wait before they write more.
    Limited(Duration),
    /// Everything that it says is here.
    Known,
    /// A stock client sent it before what it builds on. Whoever is sent a gap may integrate past it
    /// (see [`super::peer::Subscription`]).
    Early,
}

impl Push<'_> {
    /// Its number, 0 for a stock client, which counts nothing.
    const fn seq(self) -> u64 {
        match self.from {
            Source::Push(seq) => seq,
            Source::Update | Source::Step2 | Source::Rest => 0,
        }
    }
}

impl Room {
    /// Checks an update and takes it into the tick, which stores, forwards and acknowledges it.
    pub(super) fn receive_push(&mut self, now: Timestamp, push: Push<'_>) {
        if !self.is_next(push) {
            return self.unexpected(now, push.peer);
        }
        let refused = match self.admit(now, push) {
            Ok(Verdict::New(checked, None)) => self.accept(now, push, checked).err(),
            Ok(Verdict::New(checked, Some(update))) => {
                self.accept(now, Push { update: &update, ..push }, checked).err()
            }
            Ok(Verdict::Limited(wait)) => {
                self.limit(now, push, wait);
                None
            }
            Ok(Verdict::Known) => {
                self.acknowledge_duplicate(push);
                None
            }
            Ok(Verdict::Early) => {
                self.receive_early(now, push);
                None
            }
            Err(refused) => Some(refused),
        };
        let Some((code, detail)) = refused else { return };
        if let Some(subscription) = self.subscription(push.peer, push.number) {
            subscription.refused = Some(code);
        }
        self.fail(now, push.peer, push.number, (code, push.seq()), detail);
    }

    /// Takes of a step 2 what builds on nothing that is missing. Asks for a step 2 where an update
    /// came early: the client sent it right after a reconnect, ahead of what it wrote offline, or
    /// knows from elsewhere what it builds on. Step 2 repeats it, and holds what was missing.
    fn receive_early(&mut self, now: Timestamp, push: Push<'_>) {
        let Some(ready) = self.channels.get_mut(push.number).and_then(Channel::ready) else {
            return;
        };
        if push.from == Source::Step2 {
            // It was checked, so it can be read.
            let update = ready.log.without_gaps(push.update).unwrap_or_default();
            return self.receive_push(now, Push { update: &update, from: Source::Rest, ..push });
        }
        let state_vector = ready.log.state_vector().write();
        let Some(subscription) = self.subscription(push.peer, push.number) else { return };
        if std::mem::take(&mut subscription.answered) {
            self.outputs.push_back(Output::Count(Counter::Resync));
            let step1 = Message::Sync(Sync::Step1(&state_vector));
            self.send(push.peer, Class::Control, push.number, &step1);
        }
    }

    /// Refuses a push for now, and all later ones until the peer opens the channel again.
    fn limit(&mut self, now: Timestamp, push: Push<'_>, wait: Duration) {
        // What was accepted before is acknowledged first.
        self.end_tick(now);
        self.send_received(push.peer, push.number);
        let code = ErrorCode::RateLimited;
        if let Some(subscription) = self.subscription(push.peer, push.number) {
            subscription.refused = Some(code);
        }
        self.refuse(push.peer, push.number, code, push.seq(), &wait.as_millis().to_string());
    }

    /// Pushes are counted without gaps.
    fn is_next(&mut self, push: Push<'_>) -> bool {
        let Some(subscription) = self.subscription(push.peer, push.number) else {
            return false;
        };
        let Source::Push(seq) = push.from else { return true };
        subscription.seq += 1;
        subscription.seq == seq
    }

    fn admit(&mut self, now: Timestamp, push: Push<'_>) -> Result<Verdict, Refused> {
        let Some(subscription) = self.subscription(push.peer, push.number) else {
            return Err((ErrorCode::ChannelUnknown, "channel is not open"));
        };
        if let Some(code) = subscription.refused {
            if code == ErrorCode::RateLimited {
                return Ok(Verdict::Limited(self.wait_of(now, push.peer)));
            }
            return Err((code, "an earlier push was refused"));
        }
        subscription.answered |= push.from == Source::Step2;
        let checked = log::check(push.update, self.config.limits.update_max_bytes as usize)
            .map_err(|refusal| (refusal.code(), "update refused"))?;
        let (room_max, backlog_max) = (self.config.room_max_bytes, self.config.backlog_max_bytes);
        let unknown = (ErrorCode::ChannelUnknown, "channel is not open");
        let channel = self.channels.get_mut(push.number).ok_or(unknown)?;
        let may_write = self.peers.get(&push.peer).is_some_and(|peer| channel.takes_from(peer));
        let ready = channel.ready().ok_or(unknown)?;
        if ready.log.has(&checked) {
            // A read-only stock client answers step 1 too; that is no attempt to write.
            return Ok(Verdict::Known);
        }
        if matches!(push.from, Source::Update | Source::Step2) && ready.log.lacks_before(&checked) {
            return Ok(Verdict::Early);
        }
        if !may_write {
            return Err((ErrorCode::ReadOnly, "this grant may not write"));
        }
        if ready.log.len_bytes() + push.update.len() > room_max {
            return Err((ErrorCode::RoomFull, "the room is full"));
        }
        // An update that is larger than the whole backlog enters once nothing else waits.
        let backlog = ready.backlog_bytes();
        if backlog > 0 && backlog + push.update.len() > backlog_max {
            return Err((ErrorCode::StoreUnavailable, "the store does not keep up"));
        }
        self.admit_to_chat(now, push, checked)
    }

    fn accept(&mut self, now: Timestamp, push: Push<'_>, checked: Checked) -> Result<(), Refused> {
        let keeps = self.config.keeps;
        let shared = SharedUpdate::new(push.number, push.update);
        let Some(channel) = self.channels.get_mut(push.number) else { return Ok(()) };
        let Some(ready) = channel.ready() else { return Ok(()) };
        let entry = ready
            .append(shared.clone(), checked, keeps)
            .map_err(|refusal| (refusal.code(), "update refused"))?;
        let full = channel.tick.add(push.peer, entry, shared);
        self.begin_tick(push.number);
        self.acknowledge(push);
        if full {
            self.end_tick(now);
        }
        Ok(())
    }

    /// Everything that the update says is here. It is durable when all that is here now is.
    fn acknowledge_duplicate(&mut self, push: Push<'_>) {
        self.outputs.push_back(Output::Count(Counter::Duplicate));
        self.acknowledge(push);
    }

    /// Notes that the push is acknowledged from the end of the tick on, and durable when all that is
    /// here now is.
    fn acknowledge(&mut self, push: Push<'_>) {
        let Source::Push(seq) = push.from else { return };
        let Some(channel) = self.channels.get_mut(push.number) else { return };
        let Some(last) = channel.ready().map(|ready| ready.last_entry()) else { return };
        channel.tick.acknowledge(push.peer);
        if let Some(subscription) = self.subscription(push.peer, push.number) {
            subscription.await_durable(last, seq);
        }
        self.begin_tick(push.number);
    }
}
