//! A room with a store in memory and peers that remember what they were sent.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

use std::collections::BTreeMap;

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::relay::{
    ChannelName, Class, Counter, EntryNo, Input, LoadFailure, Output, PeerId, Position, Room,
    RoomConfig, Stored,
};
use collab_core::wire::{Access, CloseCode, Dialect, Frame, Grant, Message, Sync};
use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, Text, Transact, Update};

pub(crate) struct Relay {
    pub(crate) room: Room,
    pub(crate) now: Timestamp,
    pub(crate) store: BTreeMap<ChannelName, Stored>,
    /// Appends that the store has not made durable yet.
    pub(crate) pending: Vec<(ChannelName, EntryNo, Bytes)>,
    pub(crate) auto_store: bool,
    pub(crate) load_failure: Option<LoadFailure>,
    /// Loads that wait, where the store is slow.
    pub(crate) slow_loads: Option<Vec<ChannelName>>,
    pub(crate) inbox: BTreeMap<PeerId, Vec<(Class, Bytes)>>,
    pub(crate) closed: BTreeMap<PeerId, CloseCode>,
    pub(crate) counted: Vec<Counter>,
    pub(crate) replaced: Vec<(Position, Bytes)>,
    pub(crate) refuse_replace: bool,
    position: u64,
}

impl Relay {
    pub(crate) fn new(config: RoomConfig) -> Self {
        Self {
            room: Room::new(config),
            now: Timestamp::from_millis(1_000_000),
            store: BTreeMap::new(),
            pending: Vec::new(),
            auto_store: true,
            load_failure: None,
            slow_loads: None,
            inbox: BTreeMap::new(),
            closed: BTreeMap::new(),
            counted: Vec::new(),
            replaced: Vec::new(),
            refuse_replace: false,
            position: 0,
        }
    }

    pub(crate) fn join(&mut self, peer: u64, dialect: Dialect, access: Access) -> PeerId {
        let peer = PeerId(peer);
        let grant = Grant { access, ..Grant::open() };
        self.input(Input::Join { peer, dialect, grant });
        peer
    }

    /// A plain writer.
    pub(crate) fn plain(&mut self, peer: u64) -> PeerId {
        self.join(peer, Dialect::Plain, Access::Write)
    }

    /// A writer that speaks `collab.v1`, has `doc` open as channel 1 and has nothing yet.
    pub(crate) fn v1(&mut self, peer: u64) -> PeerId {
        let peer = self.join(peer, Dialect::V1, Access::Write);
        self.say(peer, 0, &Message::Open { name: "doc" });
        self.say(peer, 1, &Message::Sync(Sync::Step1(&[0])));
        peer
    }

    pub(crate) fn say(&mut self, peer: PeerId, channel: u64, message: &Message<'_>) {
        let dialect = if is_plain(peer) { Dialect::Plain } else { Dialect::V1 };
        let frame = message.frame(dialect, channel);
        self.input(Input::Frame { peer, frame });
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.input_within_tick(input);
        if self.room.is_ticking() {
            self.input_within_tick(Input::Tick);
        }
    }

    /// As a driver that has more at hand: what is accepted waits for the end of the tick.
    pub(crate) fn input_within_tick(&mut self, input: Input) {
        self.room.handle(self.now, input);
        while let Some(output) = self.room.poll_output() {
            self.carry_out(output);
        }
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Send { peer, class, frame } => {
                self.inbox.entry(peer).or_default().push((class, frame));
            }
            Output::Close { peer, code, .. } => drop(self.closed.insert(peer, code)),
            Output::Load { channel } => match &mut self.slow_loads {
                Some(waiting) => waiting.push(channel),
                None => self.load(channel),
            },
            Output::List { prefix, max } => {
                let found = self.store.keys().filter(|name| name.starts_with(prefix));
                let found = found.take(max).cloned().collect();
                let names = self.load_failure.map_or(Ok(found), Err);
                self.room.handle(self.now, Input::Listed { prefix, names });
            }
            Output::Append { channel, entry, update } => {
                self.pending.push((channel, entry, update));
                if self.auto_store {
                    self.make_durable();
                }
            }
            Output::Work(job) => self.room.handle(self.now, Input::Finished(job.run())),
            Output::Replace { channel, upto, snapshot } => self.replace(channel, upto, snapshot),
            Output::Count(counter) => self.counted.push(counter),
            Output::Authorize { .. } => {}
            other => panic!("unknown output {other:?}"),
        }
    }

    pub(crate) fn load(&mut self, channel: ChannelName) {
        let stored = match self.load_failure {
            Some(failure) => Err(failure),
            None => Ok(self.store.get(&channel).cloned().unwrap_or_default()),
        };
        self.room.handle(self.now, Input::Loaded { channel, stored });
    }

    pub(crate) fn make_durable(&mut self) {
        for (channel, entry, update) in std::mem::take(&mut self.pending) {
            self.position += 1;
            let position = Position(self.position);
            self.store.entry(channel.clone()).or_default().tail.push((position, update));
            self.room.handle(self.now, Input::Durable { channel, entry, position });
        }
        while let Some(output) = self.room.poll_output() {
            self.carry_out(output);
        }
    }

    fn replace(&mut self, channel: ChannelName, upto: Position, snapshot: Bytes) {
        if !self.refuse_replace {
            let stored = self.store.get_mut(&channel).unwrap();
            stored.snapshot = Some(snapshot.clone());
            stored.tail.retain(|(position, _)| *position > upto);
            self.replaced.push((upto, snapshot));
        }
        let ok = !self.refuse_replace;
        self.room.handle(self.now, Input::Replaced { channel, upto, ok });
    }

    /// Takes what a peer was sent, in short words.
    pub(crate) fn heard(&mut self, peer: PeerId) -> Vec<String> {
        let dialect = if is_plain(peer) { Dialect::Plain } else { Dialect::V1 };
        let frames = self.inbox.remove(&peer).unwrap_or_default();
        frames.iter().map(|(_, frame)| words(&Frame::read(dialect, frame).unwrap())).collect()
    }

    /// Applies all document updates that a peer was sent, and forgets the rest.
    pub(crate) fn deliver(&mut self, peer: PeerId, doc: &Doc) {
        let dialect = if is_plain(peer) { Dialect::Plain } else { Dialect::V1 };
        for (_, frame) in self.inbox.remove(&peer).unwrap_or_default() {
            let message = Frame::read(dialect, &frame).unwrap().message;
            if let Message::Sync(Sync::Step2(update) | Sync::Update(update)) = message {
                doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
            }
        }
    }
}

/// Peers from 100 on are plain ones, in all tests.
fn is_plain(peer: PeerId) -> bool {
    peer.0 >= 100
}

fn words(frame: &Frame<'_>) -> String {
    match &frame.message {
        Message::Sync(Sync::Step1(_)) => "step1".into(),
        Message::Differ { buckets } => format!("differ in {}", buckets[0]),
        Message::Sync(Sync::Step2(update)) if *update == [0, 0] => "step2 empty".into(),
        Message::Sync(Sync::Step2(_)) => "step2".into(),
        Message::Sync(Sync::Update(_)) => "update".into(),
        Message::Awareness(update) => collab_core::wire::read_awareness(update)
            .unwrap()
            .iter()
            .map(|entry| format!("{}@{}={}", entry.client, entry.clock, entry.json))
            .collect::<Vec<_>>()
            .join(" "),
        Message::Welcome { .. } => "welcome".into(),
        Message::Opened { name, .. } => format!("opened {name}"),
        Message::Received { seq } => format!("received {seq}"),
        Message::Durable { seq } => format!("durable {seq}"),
        Message::Error { code, seq, .. } => format!("error {code} seq {seq}"),
        Message::Event { kind, .. } => format!("event {kind}"),
        other => format!("{other:?}"),
    }
}

/// A document of this client, with `text` typed into it.
pub(crate) fn doc(client: u64, text: &str) -> Doc {
    let mut options = Options::with_client_id(ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16;
    let doc = Doc::with_options(options);
    if !text.is_empty() {
        type_in(&doc, text);
    }
    doc
}

/// Appends to the document and returns the update.
pub(crate) fn type_in(doc: &Doc, text: &str) -> Vec<u8> {
    let main = doc.get_or_insert_text("main");
    let before = doc.transact().state_vector();
    let mut txn = doc.transact_mut();
    let at = main.len(&txn);
    main.insert(&mut txn, at, text);
    txn.encode_state_as_update_v1(&before)
}

pub(crate) fn state(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_state_as_update_v1(&yrs::StateVector::default())
}

pub(crate) fn text(doc: &Doc) -> String {
    let main = doc.get_or_insert_text("main");
    let txn = doc.transact();
    main.get_string(&txn)
}
