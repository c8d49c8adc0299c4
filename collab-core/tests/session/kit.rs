//! A client with a real document, and the words of a relay.

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::document::{Document, Event, FileId, Splice};
use collab_core::sync::{Input, Output, Phase, Replica, Replicas, Session, SessionConfig};
use collab_core::wire::{Access, Dialect, EventKind, Frame, Grant, Limits, Message, Sync, Writer};

pub(crate) const DOC: &str = "doc";
/// The number that the scripted relay gives to the channel `doc`.
pub(crate) const N: u64 = 3;
/// Unix time at which all tests begin, in ms.
pub(crate) const START_MS: u64 = 1_700_000_000_000;

/// The documents of one client: one, for the channel `doc`.
pub(crate) struct Documents(pub(crate) Document);

impl Replicas for Documents {
    fn replica(&mut self, channel: &str) -> Option<&mut dyn Replica> {
        (channel == DOC).then_some(&mut self.0 as &mut dyn Replica)
    }
}

pub(crate) struct Client {
    pub(crate) session: Session,
    pub(crate) documents: Documents,
    pub(crate) now_ms: u64,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self::with_config(SessionConfig::new("secret", 7))
    }

    pub(crate) fn with_config(config: SessionConfig) -> Self {
        let mut session = Session::new(config);
        session.open(DOC).expect("a channel name");
        let documents = Documents(Document::new(1));
        Self { session, documents, now_ms: START_MS }
    }

    /// Connected, welcomed and in sync with an empty relay.
    pub(crate) fn live() -> Self {
        let mut client = Self::new();
        client.go_live(&welcome(true));
        client
    }

    /// As [`Client::live`], in a room that keeps nothing.
    pub(crate) fn live_in_ephemeral_room() -> Self {
        let mut client = Self::new();
        client.go_live(&welcome(false));
        client
    }

    /// Connects and syncs with an empty relay.
    pub(crate) fn go_live(&mut self, welcome: &Message<'_>) {
        self.reach_opened(welcome);
        self.hear(N, &step1(&[0]));
        self.hear(N, &step2(&[0, 0]));
    }

    /// Connects and opens the document's channel.
    pub(crate) fn reach_opened(&mut self, welcome: &Message<'_>) {
        self.input(Input::Start);
        self.input(Input::Connected);
        self.hear(0, welcome);
        self.hear(N, &opened());
    }

    /// Loses the connection and opens the channel on a new one.
    pub(crate) fn reconnect(&mut self) {
        self.reconnect_to(&welcome(true));
    }

    pub(crate) fn reconnect_to(&mut self, welcome: &Message<'_>) {
        self.input(Input::Disconnected { code: None });
        self.tick();
        self.input(Input::Connected);
        self.hear(0, welcome);
        self.hear(N, &opened());
    }

    pub(crate) fn input(&mut self, input: Input<'_>) -> Vec<Output> {
        let now = Timestamp::from_millis(self.now_ms);
        self.session.handle(now, input, &mut self.documents);
        self.outputs()
    }

    pub(crate) fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.session.poll_output()).collect()
    }

    /// The relay says something.
    pub(crate) fn hear(&mut self, channel: u64, message: &Message<'_>) -> Vec<Output> {
        self.input(Input::Frame(&message.frame(Dialect::V1, channel)))
    }

    /// Time passes up to the next deadline.
    pub(crate) fn tick(&mut self) -> Vec<Output> {
        let (at, _) = self.session.deadline().expect("a deadline");
        self.now_ms = self.now_ms.max(at.as_millis());
        self.input(Input::Tick)
    }

    /// Time passes, all deadlines on the way included.
    pub(crate) fn pass(&mut self, ms: u64) -> Vec<Output> {
        let end = self.now_ms + ms;
        let mut outputs = Vec::new();
        while let Some((at, _)) = self.session.deadline().filter(|(at, _)| at.as_millis() <= end) {
            self.now_ms = self.now_ms.max(at.as_millis());
            outputs.extend(self.input(Input::Tick));
        }
        self.now_ms = end;
        outputs.extend(self.input(Input::Tick));
        outputs
    }

    /// Types at the end of the text; the session hears of it.
    pub(crate) fn type_text(&mut self, text: &str) -> Vec<Output> {
        let update = self.edit(text);
        self.input(Input::Edited { channel: DOC, update })
    }

    /// Deletes one character; the session hears of it.
    pub(crate) fn delete(&mut self, at: u32) -> Vec<Output> {
        let update = self.splice(Splice { at, delete: 1, insert: "" });
        self.input(Input::Edited { channel: DOC, update })
    }

    /// Types at the end of the text, before the session hears of it.
    pub(crate) fn edit(&mut self, text: &str) -> Bytes {
        let at = self.documents.0.len(&FileId::main());
        self.splice(Splice { at, delete: 0, insert: text })
    }

    fn splice(&mut self, splice: Splice<'_>) -> Bytes {
        let document = &mut self.documents.0;
        document.edit(&FileId::main(), &[splice]).expect("a valid edit");
        let events = std::iter::from_fn(|| document.poll_event());
        let update = events.filter_map(|event| match event {
            Event::LocalUpdate(update) => Some(update),
            _ => None,
        });
        update.last().expect("one update")
    }

    pub(crate) fn text(&self) -> String {
        self.documents.0.text(&FileId::main())
    }

    pub(crate) fn phase(&self) -> Phase {
        self.session.status().phase
    }

    pub(crate) fn unsaved(&self) -> u64 {
        self.session.status().unsaved
    }
}

/// All messages among the outputs that are sent to the relay.
pub(crate) fn sent(outputs: &[Output]) -> Vec<Frame<'_>> {
    let frames = outputs.iter().filter_map(|output| match output {
        Output::Send(frame) => Some(frame),
        _ => None,
    });
    frames.map(|frame| Frame::read(Dialect::V1, frame).expect("own frame")).collect()
}

/// The pushes among the outputs: `seq` and update.
pub(crate) fn pushes(outputs: &[Output]) -> Vec<(u64, Vec<u8>)> {
    let push = |frame: Frame<'_>| match frame.message {
        Message::Push { seq, update } => Some((seq, update.to_vec())),
        _ => None,
    };
    sent(outputs).into_iter().filter_map(push).collect()
}

/// The text that somebody sees who merges these updates.
pub(crate) fn text_of<'a>(updates: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut document = Document::new(99);
    for update in updates {
        document.apply(update).expect("a valid update");
    }
    document.text(&FileId::main())
}

/// An update of somebody else who types `text`.
pub(crate) fn update_of_other(text: &str) -> Vec<u8> {
    let mut other = Document::new(2);
    let splice = Splice { at: 0, delete: 0, insert: text };
    other.edit(&FileId::main(), &[splice]).expect("a valid edit");
    other.snapshot()
}

pub(crate) fn welcome(keeps: bool) -> Message<'static> {
    welcome_with(Grant::open(), keeps)
}

/// A relay that takes digests of deletions.
pub(crate) fn welcome_with_digests() -> Message<'static> {
    match welcome(true) {
        Message::Welcome { version, peer, grant, limits, keeps, lists, .. } => {
            Message::Welcome { version, peer, grant, limits, keeps, digests: true, lists }
        }
        other => other,
    }
}

pub(crate) fn welcome_with(grant: Grant, keeps: bool) -> Message<'static> {
    let limits = Limits {
        frame_max_bytes: 2048,
        update_max_bytes: 1024,
        awareness_max_bytes: 512,
        signal_max_bytes: 16,
    };
    Message::Welcome { version: 1, peer: 5, grant, limits, keeps, digests: false, lists: true }
}

pub(crate) const fn opened() -> Message<'static> {
    Message::Opened { name: DOC, access: Access::Write }
}

pub(crate) const fn step1(state_vector: &[u8]) -> Message<'_> {
    Message::Sync(Sync::Step1(state_vector))
}

pub(crate) const fn step2(update: &[u8]) -> Message<'_> {
    Message::Sync(Sync::Step2(update))
}

pub(crate) const fn update(update: &[u8]) -> Message<'_> {
    Message::Sync(Sync::Update(update))
}

/// An event whose payload is one integer.
pub(crate) fn event(kind: EventKind, value: u64) -> Vec<u8> {
    let mut payload = Writer::default();
    payload.var_uint(value);
    let payload = payload.into_bytes();
    Message::Event { kind: kind as u64, payload: &payload }.frame(Dialect::V1, 0).to_vec()
}
