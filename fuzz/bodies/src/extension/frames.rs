//! Peers that say anything: well-formed messages at the wrong time, and bytes that are none.

use bytes::Bytes;
use collab_core::relay::{Input, PeerId};
use collab_core::wire::{
    Access, AwarenessEntry, Dialect, Grant, Message, Sync, Writer, write_awareness,
};

use super::driver::Driver;
use crate::chat::{CLIENTS, Speaker, USERS, saying};
use crate::script::Script;
use crate::structs::write::Writing;

const STRANGERS: u32 = 4;
const GARBAGE_MAX_BYTES: u32 = 200;
const UPDATES_KEPT: usize = 8;

pub(super) struct Strangers {
    /// Whether they are users; without one, all chats are closed to writers.
    are_users: bool,
    writing: Writing,
    /// What was said already, to be said again.
    updates: Vec<Vec<u8>>,
    seq: u64,
    came: u64,
}

impl Strangers {
    pub(super) fn new(are_users: bool) -> Self {
        let writing = Writing::new(false, ["main", "files"]);
        Self { are_users, writing, updates: vec![vec![0, 0]], seq: 0, came: 0 }
    }

    pub(super) fn come_or_go(&mut self, script: &mut Script<'_>, driver: &mut Driver) {
        let peer = stranger(script);
        if driver.is_here(peer) {
            driver.input(match script.roll(5) {
                0 => Input::Leave { peer },
                1 => Input::Overflowed { peer },
                2 => Input::PresenceDropped { peer },
                3 => Input::TokenRefused { peer },
                _ => {
                    Input::Regrant { peer, grant: script.flip().then(|| self.grant(script, peer)) }
                }
            });
            return;
        }
        self.came += 1;
        let dialect = script.pick(&[Dialect::V1, Dialect::V1, Dialect::Plain]);
        let grant = self.grant(script, peer);
        driver.input(Input::Join { peer, dialect, grant });
    }

    /// Somebody and what they say.
    pub(super) fn frame(&mut self, script: &mut Script<'_>, driver: &Driver) -> (PeerId, Bytes) {
        let peer = stranger(script);
        let dialect = driver.dialect(peer).unwrap_or(Dialect::V1);
        if script.roll(8) == 0 {
            return (peer, Bytes::copy_from_slice(script.bytes(GARBAGE_MAX_BYTES)));
        }
        let channel = u64::from(script.pick(&[1u8, 1, 1, 1, 0, 2, 3, 9]));
        if self.are_users && script.roll(3) == 0 {
            return (peer, self.chatting(script, peer, dialect, channel));
        }
        (peer, self.message(script, dialect, channel))
    }

    /// What only those say who chat. Whose a unit is may be a lie.
    fn chatting(
        &mut self,
        script: &mut Script<'_>,
        peer: PeerId,
        dialect: Dialect,
        channel: u64,
    ) -> Bytes {
        match script.roll(6) {
            0 => {
                let name =
                    script.pick(&["chat", "chat/0", "chat/1", "dm/ada/bob/0", "dm/bob/eve/0"]);
                Message::Open { name }.frame(dialect, 0)
            }
            1 => {
                let prefix = script.pick(&["chat/", "dm/", "d"]);
                Message::List { prefix }.frame(dialect, 0)
            }
            _ => {
                let next = [script.roll(4); CLIENTS as usize];
                let user = peer.0 as usize % USERS.len();
                let seq = self.next_seq(script);
                let update = saying(script, &Speaker { user, next });
                Message::Push { seq, update: &update }.frame(dialect, channel)
            }
        }
    }

    fn grant(&self, script: &mut Script<'_>, peer: PeerId) -> Grant {
        let access = script.pick(&[Access::Write, Access::Write, Access::Write, Access::Read]);
        let expires_at_ms = script.pick(&[0, 0, 0, 1_010_000]);
        // Now and then somebody becomes another.
        let shift = if self.are_users { u64::from(script.roll(8) == 0) } else { 0 };
        let user = USERS[(peer.0 + shift) as usize % USERS.len()];
        let user = if self.are_users { user.to_owned() } else { String::new() };
        Grant { access, expires_at_ms, user, ..Grant::open() }
    }

    fn message(&mut self, script: &mut Script<'_>, dialect: Dialect, channel: u64) -> Bytes {
        let frame = |message: Message<'_>| message.frame(dialect, channel);
        match script.roll(18) {
            0 => {
                let name = script.pick(&["doc", "chat", "a", "b", "c", "UPPER"]);
                Message::Open { name }.frame(dialect, 0)
            }
            1..=5 => self.push(script, dialect, channel),
            6 => frame(Message::Sync(Sync::Step1(&state_vector(script)))),
            7 => frame(Message::Sync(Sync::Step2(self.update(script)))),
            8 => frame(Message::Sync(Sync::Update(self.update(script)))),
            9 | 10 => frame(Message::Awareness(&awareness(script))),
            11 => frame(Message::QueryAwareness),
            12 => frame(Message::Close),
            13 => {
                let peer = u64::from(script.roll(8));
                Message::Signal { peer, payload: script.bytes(40) }.frame(dialect, 0)
            }
            15 => frame(Message::Differ { buckets: script.bytes(40) }),
            16 | 17 => {
                let known = state_vector(script);
                frame(Message::Ask { state_vector: &known, digest: script.bytes(80) })
            }
            14 => Message::Token { token: "t" }.frame(dialect, 0),
            _ => frame(Message::Ping { nonce: u64::from(script.byte()) }),
        }
    }

    fn push(&mut self, script: &mut Script<'_>, dialect: Dialect, channel: u64) -> Bytes {
        let seq = self.next_seq(script);
        Message::Push { seq, update: self.update(script) }.frame(dialect, channel)
    }

    fn next_seq(&mut self, script: &mut Script<'_>) -> u64 {
        self.seq = match script.roll(8) {
            0 => u64::from(script.byte()),
            1 => 1,
            _ => self.seq + 1,
        };
        self.seq
    }

    /// News, something said before, or a mutation of it.
    fn update(&mut self, script: &mut Script<'_>) -> &[u8] {
        match script.roll(4) {
            0 | 1 => {
                let update = self.writing.update(script);
                if self.updates.len() == UPDATES_KEPT {
                    self.updates.remove(0);
                }
                self.updates.push(update);
                &self.updates[self.updates.len() - 1]
            }
            _ => {
                let at = script.roll(self.updates.len() as u32) as usize;
                &self.updates[at]
            }
        }
    }
}

fn stranger(script: &mut Script<'_>) -> PeerId {
    PeerId(u64::from(2 + script.roll(STRANGERS)))
}

fn state_vector(script: &mut Script<'_>) -> Vec<u8> {
    let mut writer = Writer::default();
    let clients = script.roll(4);
    writer.var_uint(u64::from(clients));
    for client in 1..=clients {
        writer.var_uint(u64::from(client));
        writer.var_uint(u64::from(script.byte()));
    }
    writer.into_vec()
}

fn awareness(script: &mut Script<'_>) -> Bytes {
    let entries: Vec<AwarenessEntry<'_>> = (0..script.roll(4))
        .map(|_| AwarenessEntry {
            client: u64::from(script.roll(5)),
            clock: u64::from(script.roll(6)),
            json: script.pick(&["null", "{}", "{\"user\":{\"name\":\"a\"}}", "[", "1e999", "\"\""]),
        })
        .collect();
    write_awareness(entries.into_iter())
}
