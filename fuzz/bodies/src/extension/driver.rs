//! What a server does for a room: carries out what it wants, sooner or later.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::chat::{Chat, SegmentName};
use collab_core::relay::{
    ChannelName, EntryNo, Input, Job, LoadFailure, Output, PeerId, Position, Room, RoomConfig,
    Stored,
};
use collab_core::wire::{DOC_CHANNEL, Dialect, Frame, Limits, Message, Sync, read_names};

use crate::script::Script;

/// Small, so that everything is reached.
const LIMITS: Limits = Limits {
    frame_max_bytes: 2048,
    update_max_bytes: 600,
    awareness_max_bytes: 100,
    signal_max_bytes: 32,
};

/// For each peer, what it may be sent for one input, jobs and loads included.
const OUTPUTS_PER_INPUT_AND_PEER: usize = 64;

/// Something that the room waits for.
enum Task {
    Load(ChannelName),
    List(&'static str),
    Append(ChannelName, EntryNo, Bytes),
    Work(Job),
    Replace(ChannelName, Position, Bytes),
}

pub(super) struct Driver {
    room: Room,
    now: Timestamp,
    keeps: bool,
    dialects: BTreeMap<PeerId, Dialect>,
    users: BTreeMap<PeerId, String>,
    /// Document updates that were sent to each peer in the channel `doc`.
    heard: BTreeMap<PeerId, Vec<Vec<u8>>>,
    /// The number that each peer was told for `doc`.
    doc_number: u64,
    tasks: VecDeque<Task>,
    store: BTreeMap<ChannelName, Stored>,
    position: u64,
    inputs: usize,
    outputs: usize,
}

impl Driver {
    pub(super) fn new(keeps: bool) -> Self {
        let config = RoomConfig {
            keeps,
            limits: LIMITS,
            room_max_bytes: 8 << 10,
            awareness_clients_max: 2,
            channels_max: 3,
            room_channels_max: 4,
            backlog_max_bytes: 1 << 10,
            compact_tail_updates: 4,
            compact_interval: std::time::Duration::ZERO,
            ..RoomConfig::default()
        };
        Self {
            room: Room::new(config),
            now: Timestamp::from_millis(1_000_000),
            keeps,
            dialects: BTreeMap::new(),
            users: BTreeMap::new(),
            heard: BTreeMap::new(),
            doc_number: 0,
            tasks: VecDeque::new(),
            store: BTreeMap::new(),
            position: 0,
            inputs: 0,
            outputs: 0,
        }
    }

    pub(super) fn input(&mut self, input: Input) {
        if let Input::Join { peer, dialect, .. } = &input {
            self.dialects.insert(*peer, *dialect);
        }
        if let Input::Join { peer, grant, .. } | Input::Regrant { peer, grant: Some(grant) } =
            &input
        {
            self.users.insert(*peer, grant.user.clone());
        }
        // The end of the tick may still say something to who leaves.
        let leaver = if let Input::Leave { peer } = &input { Some(*peer) } else { None };
        self.inputs += 1;
        self.room.handle(self.now, input);
        while let Some(output) = self.room.poll_output() {
            self.outputs += 1;
            self.carry_out(output);
        }
        self.dialects.retain(|peer, _| Some(*peer) != leaver);
        let peers = self.dialects.len() + 1;
        let max = (self.inputs + 1) * peers * OUTPUTS_PER_INPUT_AND_PEER;
        assert!(self.outputs <= max, "{} outputs to {} inputs", self.outputs, self.inputs);
    }

    pub(super) fn say(&mut self, peer: PeerId, channel: u64, message: &Message<'_>) {
        self.input(Input::Frame { peer, frame: message.frame(Dialect::V1, channel) });
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Send { peer, frame, .. } => self.hear(peer, &frame),
            Output::Close { peer, .. } => drop(self.dialects.remove(&peer)),
            Output::List { prefix, .. } => self.tasks.push_back(Task::List(prefix)),
            Output::Load { channel } => self.tasks.push_back(Task::Load(channel)),
            Output::Append { channel, entry, update } => {
                self.tasks.push_back(Task::Append(channel, entry, update));
            }
            Output::Work(job) => self.tasks.push_back(Task::Work(job)),
            Output::Replace { channel, upto, snapshot } => {
                self.tasks.push_back(Task::Replace(channel, upto, snapshot));
            }
            _ => {}
        }
    }

    fn hear(&mut self, peer: PeerId, frame: &[u8]) {
        let dialect = self.dialects.get(&peer).expect("a frame for somebody who is here");
        let frame = Frame::read(*dialect, frame).expect("a frame that its receiver reads");
        match frame.message {
            Message::Opened { name: DOC_CHANNEL, .. } => self.doc_number = frame.channel,
            Message::Opened { name, .. } => self.is_known_to(peer, name),
            Message::Listed { names, .. } => {
                let names = read_names(names).expect("names that the receiver reads");
                for name in names {
                    self.is_known_to(peer, name);
                }
            }
            Message::Sync(Sync::Step2(update) | Sync::Update(update))
                if *dialect == Dialect::Plain || frame.channel == self.doc_number =>
            {
                self.heard.entry(peer).or_default().push(update.to_vec());
            }
            _ => {}
        }
    }

    /// A direct chat exists only for its two users.
    fn is_known_to(&self, peer: PeerId, name: &str) {
        let chat = SegmentName::parse(name).map_or(Chat::Room, |name| name.chat);
        assert!(chat.admits(&self.users[&peer]), "{peer:?} hears of {name}");
    }

    /// Time, the store's health, queues that run over, grants.
    pub(super) fn environment(&mut self, script: &mut Script<'_>) {
        let ok = script.flip();
        match script.roll(4) {
            0 => self.input(Input::StoreHealth { ok }),
            1 => self.input(Input::GoingAway { retry_after_ms: 5 }),
            _ => {
                self.now = self.now + Duration::from_millis(u64::from(script.byte()) * 100);
                self.input(Input::Tick);
            }
        }
    }

    /// Does some of what the room waits for; the store may fail.
    pub(super) fn catch_up(&mut self, script: &mut Script<'_>) {
        for _ in 0..=script.roll(4) {
            let fails = script.roll(6) == 0;
            self.next_task(fails);
        }
    }

    /// Does all of it, and lets time pass.
    pub(super) fn settle(&mut self) {
        loop {
            while self.next_task(false) {}
            self.now = self.now + Duration::from_millis(100);
            self.input(Input::Tick);
            if self.tasks.is_empty() {
                return;
            }
        }
    }

    fn next_task(&mut self, fails: bool) -> bool {
        let Some(task) = self.tasks.pop_front() else { return false };
        let answer = match task {
            Task::Load(channel) => {
                // The listener's channel loads, or nobody would listen.
                let fails = fails && &*channel != DOC_CHANNEL;
                let stored = self.store.get(&channel).cloned().unwrap_or_default();
                let stored = if fails { Err(LoadFailure::Damaged) } else { Ok(stored) };
                Input::Loaded { channel, stored }
            }
            Task::List(prefix) => {
                let names = self.store.keys().filter(|name| name.starts_with(prefix));
                let names = names.cloned().collect();
                let names = if fails { Err(LoadFailure::Unavailable) } else { Ok(names) };
                Input::Listed { prefix, names }
            }
            Task::Append(channel, entry, update) => {
                self.position += 1;
                let position = Position(self.position);
                let stored = self.store.entry(channel.clone()).or_default();
                stored.tail.push((position, update));
                Input::Durable { channel, entry, position }
            }
            Task::Work(job) => Input::Finished(job.run()),
            Task::Replace(channel, upto, snapshot) => {
                if !fails {
                    let stored = self.store.entry(channel.clone()).or_default();
                    stored.snapshot = Some(snapshot);
                    stored.tail.retain(|(position, _)| *position > upto);
                }
                Input::Replaced { channel, upto, ok: !fails }
            }
        };
        self.input(answer);
        true
    }

    pub(super) fn everybody_leaves(&mut self) {
        for peer in self.dialects.keys().copied().collect::<Vec<_>>() {
            self.input(Input::Leave { peer });
        }
        self.settle();
    }

    pub(super) fn is_idle(&self) -> bool {
        self.room.is_idle()
    }

    pub(super) fn is_here(&self, peer: PeerId) -> bool {
        self.dialects.contains_key(&peer)
    }

    pub(super) fn dialect(&self, peer: PeerId) -> Option<Dialect> {
        self.dialects.get(&peer).copied()
    }

    pub(super) const fn doc_number(&self) -> u64 {
        self.doc_number
    }

    pub(super) fn heard(&self, peer: PeerId) -> &[Vec<u8>] {
        self.heard.get(&peer).map_or(&[], Vec::as_slice)
    }

    /// Everything in the store of the channel `doc`; `None` where nothing is kept.
    pub(super) fn stored(&self) -> Option<Vec<Vec<u8>>> {
        let stored = self.store.get(DOC_CHANNEL).cloned().unwrap_or_default();
        let tail = stored.tail.iter().map(|(_, update)| update.to_vec());
        let all = stored.snapshot.iter().map(|snapshot| snapshot.to_vec()).chain(tail);
        self.keeps.then(|| all.collect())
    }
}
