//! What happens to a session: its user, its network, its relay.

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::document::{Document, Event, FileId, Splice};
use collab_core::sync::{Input, Output, Replica, Replicas, Session, SessionConfig, Status};
use collab_core::wire::{Access, DOC_CHANNEL, Dialect, Frame, Grant, Limits, Message, Sync};

use crate::script::Script;
use crate::structs::write::Writing;

/// The number that the relay gives to the channel `doc`.
const NUMBER: u64 = 3;
const GARBAGE_MAX_BYTES: u32 = 200;
/// Give up, connect again without a wait, and so on: more ticks than that would be a spin.
const TICKS_MAX: usize = 3;

struct Documents(Document);

impl Replicas for Documents {
    fn replica(&mut self, channel: &str) -> Option<&mut dyn Replica> {
        (channel == DOC_CHANNEL).then_some(&mut self.0 as &mut dyn Replica)
    }
}

pub(super) struct Client {
    session: Session,
    documents: Documents,
    now_ms: u64,
    /// The last push since the channel was opened.
    pushed: u64,
}

impl Client {
    pub(super) fn new() -> Self {
        let mut session = Session::new(SessionConfig::new("secret", 7));
        session.open(DOC_CHANNEL).expect("a channel name");
        let documents = Documents(Document::new(11));
        Self { session, documents, now_ms: 1_700_000_000_000, pushed: 0 }
    }

    /// Connects and syncs with an empty relay.
    pub(super) fn go_live(&mut self) {
        self.input(Input::Start);
        self.input(Input::Connected);
        self.hear(0, &welcome(true, Access::Write, 0));
        self.hear(NUMBER, &Message::Opened { name: DOC_CHANNEL, access: Access::Write });
        self.hear(NUMBER, &Message::Sync(Sync::Step1(&[0])));
        self.hear(NUMBER, &Message::Sync(Sync::Step2(&[0, 0])));
    }

    pub(super) const fn status(&self) -> &Status {
        self.session.status()
    }

    pub(super) fn unsaved(&self) -> u64 {
        self.status().unsaved
    }

    /// Whether it may settle what is unsaved.
    pub(super) fn user(&mut self, script: &mut Script<'_>) -> bool {
        match script.roll(10) {
            0..=4 => self.type_text(script.pick(&["a", "é😀"])),
            5 => self.input(Input::Start),
            6 => self.input(Input::Stop),
            7 => {
                self.session.close(DOC_CHANNEL);
                self.outputs();
                return true;
            }
            8 => {
                self.session.open(script.pick(&[DOC_CHANNEL, "chat"])).expect("a channel name");
                self.outputs();
            }
            _ => {
                let unsaved = u64::from(script.roll(3));
                self.input(Input::Restored { channel: DOC_CHANNEL, unsaved });
            }
        }
        false
    }

    pub(super) fn network(&mut self, script: &mut Script<'_>) -> bool {
        match script.roll(8) {
            0 | 1 => self.input(Input::Connected),
            2 => {
                let code = script.pick(&[None, Some(1006), Some(4401), Some(4408), Some(4423)]);
                self.input(Input::Disconnected { code });
            }
            3 => self.input(Input::NetworkBack),
            4 => self.input(Input::Token("t".into())),
            5 => self.go_live(),
            _ => {
                self.now_ms += u64::from(script.byte()) * 250;
                self.input(Input::Tick);
            }
        }
        false
    }

    /// Whether it may settle what is unsaved.
    pub(super) fn relay(&mut self, script: &mut Script<'_>, stranger: &mut Writing) -> bool {
        let number = script.pick(&[NUMBER, NUMBER, NUMBER, NUMBER, 0, 9]);
        let seq = u64::from(script.roll(6));
        match script.roll(16) {
            0 => self.input(Input::Frame(script.bytes(GARBAGE_MAX_BYTES))),
            1 => self.hear(number, &Message::Sync(Sync::Step1(script.bytes(8)))),
            2 => self.hear(number, &Message::Sync(Sync::Step1(&[0]))),
            3 => self.hear(number, &Message::Sync(Sync::Step2(&stranger.update(script)))),
            4..=6 => {
                self.hear(number, &Message::Sync(Sync::Update(&stranger.update(script))));
            }
            7 => self.hear(number, &Message::Awareness(script.bytes(GARBAGE_MAX_BYTES))),
            8 => self.hear(number, &Message::Received { seq }),
            9 => self.hear(number, &Message::Durable { seq }),
            10 => {
                let code = u64::from(script.roll(70));
                self.hear(number, &Message::Error { code, seq, detail: "" });
            }
            11 => {
                let (kind, payload) = (u64::from(script.roll(6)), script.bytes(8));
                self.hear(number, &Message::Event { kind, payload });
            }
            12 => self.hear(number, &Message::Close),
            13 => self.hear(number, &Message::Differ { buckets: script.bytes(40) }),
            14 => {
                let (state_vector, digest) = (&[0][..], script.bytes(80));
                self.hear(number, &Message::Ask { state_vector, digest });
            }
            _ => self.greet(script),
        }
        true
    }

    fn greet(&mut self, script: &mut Script<'_>) {
        let access = script.pick(&[Access::Write, Access::Write, Access::Read]);
        if script.flip() {
            let expires_at_ms = script.pick(&[0, 0, self.now_ms + 5_000]);
            self.hear(0, &welcome(script.flip(), access, expires_at_ms));
        } else {
            self.hear(NUMBER, &Message::Opened { name: DOC_CHANNEL, access });
        }
    }

    pub(super) fn meets_deadlines(&mut self) {
        let now = Timestamp::from_millis(self.now_ms);
        let due = |client: &Self| client.session.deadline().is_some_and(|(at, _)| at <= now);
        for _ in 0..TICKS_MAX {
            if due(self) {
                self.input(Input::Tick);
            }
        }
        assert!(!due(self), "{:?} is never met", self.session.deadline());
    }

    fn type_text(&mut self, text: &str) {
        let main = FileId::main();
        let document = &mut self.documents.0;
        let at = document.len(&main);
        // A file that holds something else than text refuses.
        let _either = document.edit(&main, &[Splice { at, delete: 0, insert: text }]);
        let mut made: Option<Bytes> = None;
        while let Some(event) = document.poll_event() {
            if let Event::LocalUpdate(update) = event {
                made = Some(update);
            }
        }
        if let Some(update) = made {
            self.input(Input::Edited { channel: DOC_CHANNEL, update });
        }
    }

    fn hear(&mut self, channel: u64, message: &Message<'_>) {
        self.input(Input::Frame(&message.frame(Dialect::V1, channel)));
    }

    fn input(&mut self, input: Input<'_>) {
        let now = Timestamp::from_millis(self.now_ms);
        self.session.handle(now, input, &mut self.documents);
        self.outputs();
        while self.documents.0.poll_event().is_some() {}
    }

    /// Follows what the session sends: each opening of the channel begins a new count.
    fn outputs(&mut self) {
        while let Some(output) = self.session.poll_output() {
            let Output::Send(frame) = output else { continue };
            let frame = Frame::read(Dialect::V1, &frame).expect("an own frame");
            match frame.message {
                Message::Open { name: DOC_CHANNEL } => self.pushed = 0,
                Message::Push { seq, update } => {
                    assert_eq!(seq, self.pushed + 1, "a gap between pushes");
                    self.pushed = seq;
                    collab_core::log::check(update, usize::MAX).expect("an own update");
                }
                _ => {}
            }
        }
    }
}

fn welcome(keeps: bool, access: Access, expires_at_ms: u64) -> Message<'static> {
    let limits = Limits {
        frame_max_bytes: 4096,
        update_max_bytes: 2048,
        awareness_max_bytes: 512,
        signal_max_bytes: 16,
    };
    let grant = Grant { access, expires_at_ms, ..Grant::open() };
    Message::Welcome { version: 1, peer: 5, grant, limits, keeps, digests: keeps, lists: keeps }
}
