//! Says, signed, where this peer listens, and hears where others do.
//!
//! A session of its own with this peer's own relay, which has checked every signature that it passes on.
//! Whom to dial is decided elsewhere.

use std::collections::VecDeque;
use std::net::SocketAddr;

use collab_client::{Input, Output, Protocol};
use collab_core::Timestamp;
use collab_core::chat::{PRESENCE_CHANNEL, Seal, present_as, signer_of};
use collab_core::presence::{Event, Presence, State};
use collab_core::sync::{self, Replica, ReplicaError, Replicas, Session, SessionConfig};
use collab_core::wire::{AwarenessEntry, read_awareness};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::PublicKey;
use crate::random::random;

/// The field of a presence that names the address at which its key listens.
const ADDRESS_FIELD: &str = "dial";

/// Somebody says where they listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Announced {
    /// Who listens there: whoever has signed it.
    pub(crate) key: PublicKey,
    /// Where.
    pub(crate) address: SocketAddr,
}

#[derive(Debug)]
pub(crate) struct Beacon {
    session: Session,
    presence: Presence,
    seal: Seal,
    salt: u64,
    address: Option<SocketAddr>,
    learn: mpsc::Sender<Announced>,
    outputs: VecDeque<Output<()>>,
}

/// The channel of presence holds nothing.
struct Nothing;

impl Beacon {
    /// Announces `address`, if there is one; what others announce goes to `learn`.
    pub(crate) fn new(
        seal: Seal,
        address: Option<SocketAddr>,
        learn: mpsc::Sender<Announced>,
    ) -> Self {
        let mut session = Session::new(SessionConfig::new("", random()));
        session.open(PRESENCE_CHANNEL).expect("a channel's name");
        let salt = random();
        let presence = Presence::new(present_as(&seal.signer.public_key(), salt));
        Self { session, presence, seal, salt, address, learn, outputs: VecDeque::new() }
    }

    fn announce(&mut self, now: Timestamp) {
        let state = self.address.map(|address| {
            let mut state = State::default();
            state.extra.insert(ADDRESS_FIELD.to_owned(), address.to_string().into());
            state
        });
        // An address is short enough.
        let _ = self.presence.set_local(now, state);
    }

    fn give(&mut self, now: Timestamp, input: sync::Input<'_>) {
        self.session.handle(now, input, &mut Nothing);
    }

    /// Lets the parts' outputs be each other's inputs until both are quiet.
    fn settle(&mut self, now: Timestamp) {
        loop {
            while let Some(output) = self.session.poll_output() {
                self.carry_out(now, output);
            }
            match self.presence.poll_event() {
                Some(Event::Send(update)) => {
                    let update = self.seal.seal_presence(now, self.salt, &update);
                    self.give(now, sync::Input::Presence { channel: PRESENCE_CHANNEL, update });
                }
                Some(Event::Changed { .. }) => {}
                None => return,
            }
        }
    }

    fn carry_out(&mut self, now: Timestamp, output: sync::Output) {
        match output {
            sync::Output::Connect => self.outputs.push_back(Output::Connect),
            sync::Output::Send(frame) => self.outputs.push_back(Output::Send(frame)),
            sync::Output::Disconnect(_) => self.outputs.push_back(Output::Disconnect),
            sync::Output::SendPresence { .. } => self.presence.reconnected(now),
            sync::Output::PresenceReceived { update, .. } => self.hear(&update),
            _ => {}
        }
    }

    fn hear(&self, update: &[u8]) {
        for entry in read_awareness(update).unwrap_or_default() {
            if let Some(announced) = Announced::read(&entry) {
                // Full: it is said again, since presence is renewed.
                let _ = self.learn.try_send(announced);
            }
        }
    }
}

impl Announced {
    /// What a state announces; only numeric addresses, since a name may lead anywhere.
    fn read(entry: &AwarenessEntry<'_>) -> Option<Self> {
        let key = PublicKey(signer_of(entry.json)?);
        let state: Value = serde_json::from_str(entry.json).ok()?;
        let address = state.get(ADDRESS_FIELD)?.as_str()?.parse().ok()?;
        Some(Self { key, address })
    }
}

impl Protocol for Beacon {
    type Change = ();

    fn handle(&mut self, now: Timestamp, input: Input<'_>) {
        match input {
            Input::Start => {
                self.announce(now);
                self.give(now, sync::Input::Start);
            }
            Input::Stop => {
                self.address = None;
                self.announce(now);
                // The last word before the connection ends.
                self.settle(now);
                self.give(now, sync::Input::Stop);
            }
            Input::Connected => self.give(now, sync::Input::Connected),
            Input::Frame(frame) => self.give(now, sync::Input::Frame(frame)),
            Input::Disconnected { code } => self.give(now, sync::Input::Disconnected { code }),
            Input::Tick => self.give(now, sync::Input::Tick),
        }
        self.presence.tick(now);
        self.settle(now);
    }

    fn poll_output(&mut self) -> Option<Output<()>> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Timestamp> {
        let session = self.session.deadline().map(|(at, _)| at);
        session.into_iter().chain(self.presence.deadline()).min()
    }
}

impl Replicas for Nothing {
    fn replica(&mut self, _channel: &str) -> Option<&mut dyn Replica> {
        Some(self)
    }
}

impl Replica for Nothing {
    fn state_vector(&self) -> Vec<u8> {
        // No clients.
        vec![0]
    }

    fn diff(&self, _state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        // Neither units nor deletions.
        Ok(vec![0, 0])
    }

    fn has_gaps(&self) -> bool {
        false
    }

    fn apply(&mut self, _update: &[u8]) -> Result<(), ReplicaError> {
        Ok(())
    }
}
