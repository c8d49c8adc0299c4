//! One room in memory: `collab_core::relay::Room` behind a lock, and its members' queues.
//!
//! There is no room task. Whoever has an input (a connection, the journal, a timer) takes the
//! lock, lets the room handle it and carries out what follows ([`super::dispatch`]); nothing waits
//! under the lock, and what is to be written is written after it. A panic of the room's logic ends this room only: its connections close with
//! 1011, and the next join loads it from the store again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use collab_core::Timestamp;
use collab_core::relay::{Input, PeerId, Room, SortedMap};
use collab_core::wire::{CloseCode, Dialect, Grant};
use tokio::time::Instant;

use super::head::KeptHead;
use super::link::Link;
use super::{RelayState, clock};
use crate::RoomName;
use crate::auth::{Held, Lease};

/// A room and what it takes to drive it.
#[derive(Debug)]
pub(crate) struct LiveRoom {
    pub(super) relay: Arc<RelayState>,
    name: RoomName,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    room: Room,
    pub(super) members: SortedMap<PeerId, Member>,
    /// Links with something to write once the lock is released.
    pub(super) claimed: Vec<Arc<Link>>,
    /// When the next alarm goes off that was set and is waited for.
    alarm: Option<Timestamp>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Live,
    /// Its logic panicked; nothing is handled any more.
    Broken,
    /// Not in the map any more.
    Closed,
}

/// A connection, as its room sees it.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) link: Arc<Link>,
    /// Where the peer may ask for another grant.
    pub(crate) head: Option<Arc<KeptHead>>,
    pub(crate) user: Box<str>,
    /// What the authorizer lent it.
    pub(crate) held: Option<Held>,
}

/// A connection that wants to join.
#[derive(Clone, Debug)]
pub(crate) struct Newcomer {
    pub(crate) dialect: Dialect,
    pub(crate) grant: Grant,
    pub(crate) member: Member,
}

/// The room was dropped; there may be another one of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RoomClosed;

/// A system call each takes microseconds: so many links are written to without a pause.
const FLUSH_MAX: usize = 64;

/// What a tick that began with an input wants of whoever ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// An end as soon as the caller has nothing more at hand: among two nothing is merged for others.
    Small,
    /// The same, behind everybody else who has something for this room now.
    Shared,
}

/// In a room of more, what several say at once becomes one frame for the others.
const SMALL_MAX_MEMBERS: usize = 2;

impl LiveRoom {
    pub(crate) fn new(relay: Arc<RelayState>, name: RoomName) -> Self {
        let mut room = Room::new(Arc::clone(&relay.room_config));
        if !relay.journal.is_healthy() {
            room.handle(clock::now(), Input::StoreHealth { ok: false });
        }
        let state = State {
            room,
            members: SortedMap::default(),
            claimed: Vec::new(),
            alarm: None,
            phase: Phase::Live,
        };
        Self { relay, name, state: Mutex::new(state) }
    }

    pub(crate) fn name(&self) -> &RoomName {
        &self.name
    }

    /// Lets a newcomer in, under a number that is higher than all that are or were here.
    pub(crate) fn join(self: &Arc<Self>, newcomer: &Newcomer) -> Result<PeerId, RoomClosed> {
        let mut state = self.state();
        if state.phase != Phase::Live {
            return Err(RoomClosed);
        }
        let Newcomer { dialect, grant, member } = newcomer.clone();
        let peer = self.relay.next_peer();
        state.members.insert(peer, member);
        self.drive(state, Input::Join { peer, dialect, grant });
        Ok(peer)
    }

    /// Lets the room handle one input, and ends the tick that begins with it. A room that is over
    /// ignores it.
    pub(crate) fn handle(self: &Arc<Self>, input: Input) {
        if self.handle_within_tick(input).is_some() {
            self.handle_within_tick(Input::Tick);
        }
    }

    /// Lets the room handle one input. If a tick begins with it, the caller ends it by
    /// [`Input::Tick`].
    pub(crate) fn handle_within_tick(self: &Arc<Self>, input: Input) -> Option<Begun> {
        let state = self.state();
        if state.phase != Phase::Live {
            return None;
        }
        self.drive(state, input)
    }

    /// A connection has ended, whether the room knew it or not.
    pub(crate) fn leave(self: &Arc<Self>, peer: PeerId) {
        self.state().members.remove(&peer);
        self.handle(Input::Leave { peer });
    }

    /// A peer's new grant may name another user, and comes with something to hold, in place of what it
    /// held.
    pub(crate) fn regranted(&self, peer: PeerId, user: &str, lease: Lease) {
        let held = lease.into_held();
        if let Some(member) = self.state().members.get_mut(&peer) {
            if *member.user != *user {
                member.user = user.into();
            }
            if held.is_some() {
                member.held = held;
            }
        }
    }

    /// The connections of a user.
    pub(crate) fn peers_of(&self, user: &str) -> Vec<PeerId> {
        let state = self.state();
        state
            .members
            .iter()
            .filter(|(_, member)| *member.user == *user)
            .map(|(&peer, _)| peer)
            .collect()
    }

    /// Closes all connections once their queues are written.
    pub(crate) fn close_all(&self, code: CloseCode, reason: &'static str) {
        for member in self.state().members.values() {
            member.link.queue.close(code, reason);
        }
    }

    /// Ends the room after a failure that its logic could not survive.
    pub(crate) fn break_down(self: &Arc<Self>) {
        self.fail(&mut self.state());
        self.relay.rooms.remove_if_over(self);
    }

    /// Closes the room for good if nobody needs it; called under the map's lock.
    pub(super) fn close_if_over(&self) -> bool {
        let mut state = self.state();
        let over = match state.phase {
            Phase::Live => state.room.is_idle() && state.members.is_empty(),
            Phase::Broken => true,
            Phase::Closed => false,
        };
        if over {
            state.phase = Phase::Closed;
        }
        over
    }

    /// Returns what tick began, if one did.
    fn drive(self: &Arc<Self>, mut state: MutexGuard<'_, State>, input: Input) -> Option<Begun> {
        let ticked = state.room.is_ticking();
        let survived = catch_unwind(AssertUnwindSafe(|| self.step(&mut state, input)));
        if survived.is_err() {
            self.fail(&mut state);
        }
        let live = state.phase == Phase::Live;
        let begun = (live && !ticked && state.room.is_ticking()).then(|| state.begun());
        let over = !live || (state.members.is_empty() && state.room.is_idle());
        let claimed = std::mem::take(&mut state.claimed);
        drop(state);
        flush(claimed);
        if over {
            self.relay.rooms.remove_if_over(self);
        }
        begun
    }

    fn step(self: &Arc<Self>, state: &mut State, input: Input) {
        let now = clock::now();
        state.room.handle(now, input);
        while let Some(output) = state.room.poll_output() {
            self.carry_out(state, output);
        }
        // Whoever began a tick ends it.
        if let Some(due) = state.room.deadline()
            && !state.room.is_ticking()
        {
            self.wake_at(state, due);
        }
    }

    fn fail(&self, state: &mut State) {
        if state.phase != Phase::Live {
            return;
        }
        tracing::error!(room = %self.name, "the room's logic panicked; its connections are closed");
        self.relay.metrics.room_panics.inc();
        state.phase = Phase::Broken;
        for (_, member) in state.members.take() {
            member.link.queue.close(CloseCode::INTERNAL, "internal error");
        }
    }

    /// Sets an alarm, unless an earlier one is set: then that tick comes too early, changes nothing,
    /// and sets it again.
    fn wake_at(self: &Arc<Self>, state: &mut State, due: Timestamp) {
        if due < Timestamp::NEVER && state.alarm.is_none_or(|at| due < at) {
            state.alarm = Some(self.relay.alarms.set(due, self));
        }
    }

    /// An alarm goes off that was set for this time.
    pub(super) fn ring(self: &Arc<Self>, at: Timestamp) {
        if self.state().alarm.take_if(|alarm| *alarm == at).is_some() {
            self.handle(Input::Tick);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic of the room's logic is caught inside the lock, so the state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes to links that one input concerned, many of them on several threads.
fn flush(mut links: Vec<Arc<Link>>) {
    while links.len() > FLUSH_MAX {
        let some = links.split_off(links.len() - FLUSH_MAX);
        tokio::spawn(async move { flush_here(&some) });
    }
    flush_here(&links);
}

fn flush_here(links: &[Arc<Link>]) {
    if links.is_empty() {
        return;
    }
    let now = Instant::now();
    for link in links {
        // What is left over is its connection's to write.
        link.flush(now);
    }
}

impl State {
    fn begun(&self) -> Begun {
        if self.members.len() <= SMALL_MAX_MEMBERS { Begun::Small } else { Begun::Shared }
    }
}
