//! A room with three users, and what they say.

use collab_core::Timestamp;
use collab_core::chat::{Unit, UnitId};
use collab_core::relay::{Input, PeerId, RoomConfig};
use collab_core::wire::{Dialect, Frame, Grant, Message, Sync, read_names};

use crate::chat_kit::says;
use crate::relay_kit::Relay;

pub(crate) const ADA: u64 = 1;
pub(crate) const BOB: u64 = 2;
pub(crate) const EVE: u64 = 3;

/// A room in which ada has said two things in the first segment, and everybody has it open.
pub(crate) struct Chat {
    pub(crate) relay: Relay,
    seqs: [u64; 8],
}

pub(crate) fn iam(user: &str) -> Vec<u8> {
    Unit::Iam { user, name: user }.write()
}

pub(crate) fn msg(text: &str) -> Vec<u8> {
    Unit::Message { at: 1_000, text, re: None }.write()
}

pub(crate) fn edit(client: u64, clock: u32) -> Vec<u8> {
    Unit::Edit { at: 1_000, of: UnitId { client, clock }, text: "changed" }.write()
}

pub(crate) fn grant(user: &str) -> Grant {
    Grant { user: user.into(), ..Grant::open() }
}

impl Chat {
    pub(crate) fn new() -> Self {
        Self::with(RoomConfig::default())
    }

    pub(crate) fn with(config: RoomConfig) -> Self {
        let mut chat = Self { relay: Relay::new(config), seqs: [0; 8] };
        chat.relay.now = Timestamp::from_millis(1_000_000);
        for (peer, user) in [(ADA, "ada"), (BOB, "bob"), (EVE, "eve")] {
            chat.enter(peer, user);
            chat.open(peer, "chat/0").unwrap();
        }
        chat.say(ADA, 1, &says(10, 0, &[iam("ada"), msg("one"), msg("two")]));
        chat.relay.inbox.clear();
        chat
    }

    pub(crate) fn enter(&mut self, peer: u64, user: &str) {
        let (peer, dialect) = (PeerId(peer), Dialect::V1);
        self.relay.input(Input::Join { peer, dialect, grant: grant(user) });
    }

    /// Opens a channel and asks for what is in it; its number, or the error.
    pub(crate) fn open(&mut self, peer: u64, name: &str) -> Result<u64, u64> {
        let peer = PeerId(peer);
        self.relay.inbox.remove(&peer);
        self.relay.say(peer, 0, &Message::Open { name });
        for (_, frame) in self.relay.inbox.remove(&peer).unwrap_or_default() {
            let frame = Frame::read(Dialect::V1, &frame).unwrap();
            match frame.message {
                Message::Opened { .. } => {
                    self.relay.say(peer, frame.channel, &Message::Sync(Sync::Step1(&[0])));
                    self.seqs[peer.0 as usize] = 0;
                    return Ok(frame.channel);
                }
                Message::Error { code, detail, .. } => {
                    assert_eq!(detail, name);
                    return Err(code);
                }
                _ => {}
            }
        }
        panic!("no answer");
    }

    /// Pushes; the error that answers it, and its detail.
    pub(crate) fn say(&mut self, peer: u64, channel: u64, update: &[u8]) -> Option<(u64, String)> {
        let seq = &mut self.seqs[peer as usize];
        *seq += 1;
        let push = Message::Push { seq: *seq, update };
        self.relay.inbox.remove(&PeerId(peer));
        self.relay.say(PeerId(peer), channel, &push);
        let frames = self.relay.inbox.remove(&PeerId(peer)).unwrap_or_default();
        frames.iter().find_map(|(_, frame)| {
            match Frame::read(Dialect::V1, frame).unwrap().message {
                Message::Error { code, detail, .. } => Some((code, detail.to_owned())),
                _ => None,
            }
        })
    }

    pub(crate) fn refused(&mut self, peer: u64, channel: u64, update: &[u8]) -> Option<u64> {
        self.say(peer, channel, update).map(|(code, _)| code)
    }

    /// All names that a peer was told, in order.
    pub(crate) fn listed(&mut self, peer: u64) -> Vec<String> {
        let frames = self.relay.inbox.remove(&PeerId(peer)).unwrap_or_default();
        let names = frames.iter().filter_map(|(_, frame)| {
            match Frame::read(Dialect::V1, frame).unwrap().message {
                Message::Listed { names, .. } => Some(read_names(names).unwrap()),
                _ => None,
            }
        });
        names.flatten().map(String::from).collect()
    }

    pub(crate) fn list(&mut self, peer: u64, prefix: &str) -> Vec<String> {
        self.relay.inbox.remove(&PeerId(peer));
        self.relay.say(PeerId(peer), 0, &Message::List { prefix });
        self.listed(peer)
    }

    /// What the relay would be after a crash: nothing but the store.
    pub(crate) fn restart(&mut self) {
        let store = std::mem::take(&mut self.relay.store);
        self.relay = Relay::new(RoomConfig::default());
        self.relay.store = store;
        for (peer, user) in [(ADA, "ada"), (BOB, "bob"), (EVE, "eve")] {
            self.enter(peer, user);
            self.open(peer, "chat/0").unwrap();
        }
        self.relay.inbox.clear();
    }
}
