//! Telling writers what became of their pushes, with as few frames as possible: a frame of its own for
//! each keystroke costs the relay as much as forwarding it.
//!
//! `received` is left out where `durable`, which implies it, follows soon. `durable` goes out at once
//! to who writes alone; where others write too it rides behind the next update from them, if one
//! comes within [`super::RoomConfig::durable_ride_max`].

use std::time::Duration;

use super::channel::Channel;
use super::peer::Subscription;
use super::{Class, PeerId, Room};
use crate::Timestamp;
use crate::wire::Message;

/// What a peer is still to be told of the channel's durable pushes.
#[derive(Debug, Default)]
pub(super) struct Ride {
    /// When it was last sent an update of others.
    heard: Timestamp,
    /// The last durable push that it was not told of, and until when that may wait.
    waiting: Option<(u64, Timestamp)>,
}

impl Ride {
    /// Whether `durable(seq)` may wait for a frame to ride with, and until when.
    fn wait(&mut self, now: Timestamp, seq: u64, max: Duration) -> Option<Timestamp> {
        let until = match self.waiting {
            Some((_, until)) => until,
            None if now.since(self.heard) < max => now + max,
            None => return None,
        };
        self.waiting = Some((seq, until));
        Some(until)
    }

    /// An update of others goes out: what goes with it.
    pub(super) fn pass(&mut self, now: Timestamp) -> Option<Message<'static>> {
        self.heard = now;
        self.waiting.take().map(|(seq, _)| Message::Durable { seq })
    }
}

impl Room {
    /// The store takes its time: who waits for `durable` hears `received` instead, once.
    pub(super) fn store_late(&mut self) {
        for (peer, number) in self.subscriptions() {
            self.send_received(peer, number);
        }
    }

    /// Tells a peer which of its pushes are received, unless it knows or they are durable.
    pub(super) fn send_received(&mut self, peer: PeerId, number: u64) {
        let seq = self.subscription(peer, number).and_then(Subscription::take_received);
        if let Some(seq) = seq {
            self.send(peer, Class::Control, number, &Message::Received { seq });
        }
    }

    /// Tells a peer which of its pushes are durable, now or soon, if that is news. Never where
    /// nothing is kept.
    pub(super) fn send_durable(&mut self, now: Timestamp, peer: PeerId, number: u64) {
        let ready = self.channels.get_mut(number).and_then(Channel::ready);
        let Some(durable) = ready.map(|ready| ready.durable_entry()) else { return };
        let ride_max = if self.going_away { Duration::ZERO } else { self.config.durable_ride_max };
        let keeps = self.config.keeps;
        let Some(subscription) = self.subscription(peer, number) else { return };
        let Some(seq) = subscription.take_durable(durable).filter(|_| keeps) else { return };
        match subscription.ride.wait(now, seq, ride_max) {
            Some(until) => self.next_ride_end = self.next_ride_end.min(until),
            None => self.send(peer, Class::Control, number, &Message::Durable { seq }),
        }
    }

    /// Sends what has waited long enough for a frame to ride with; all of it once the relay goes away.
    pub(super) fn end_rides(&mut self, now: Timestamp) {
        self.next_ride_end = Timestamp::NEVER;
        let over = if self.going_away { Timestamp::NEVER } else { now };
        for (peer, number) in self.subscriptions() {
            let Some(subscription) = self.subscription(peer, number) else { continue };
            match subscription.ride.waiting {
                Some((seq, until)) if until <= over => {
                    subscription.ride.waiting = None;
                    self.send(peer, Class::Control, number, &Message::Durable { seq });
                }
                Some((_, until)) => self.next_ride_end = self.next_ride_end.min(until),
                None => {}
            }
        }
    }

    fn subscriptions(&self) -> Vec<(PeerId, u64)> {
        let of_channel = |channel: &Channel| {
            let number = channel.number;
            channel.subscribers.keys().map(move |&peer| (peer, number)).collect::<Vec<_>>()
        };
        self.channels.iter().flat_map(of_channel).collect()
    }
}
