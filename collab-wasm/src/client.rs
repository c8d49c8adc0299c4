//! The client of one room: document, presence and session, and the loop between them.

use collab_core::Timestamp;
use collab_core::document::{Document, Event, FileId};
use collab_core::presence::{self, Presence};
use collab_core::sync::{Input, Output, Session, SessionConfig};
use collab_core::wire::DOC_CHANNEL;
use wasm_bindgen::prelude::*;

use crate::batch::{Changed, Outbox, OutputKind};
use crate::cursor::LocalState;
use crate::error::Code;
use crate::recording::Recording;
use crate::time::timestamp;

/// One page load's part in one room. `now` is Unix time in ms wherever it appears. After each call
/// that takes `now`, call [`Client::drain`].
#[wasm_bindgen]
pub struct Client {
    pub(crate) document: Document,
    pub(crate) presence: Presence,
    pub(crate) local: LocalState,
    pub(crate) session: Session,
    pub(crate) outbox: Outbox,
    /// Somebody keeps updates.
    pub(crate) is_kept: bool,
    /// By the numbers that [`Client::open`] gave.
    pub(crate) files: Vec<FileId>,
}

/// Connection and time.
#[wasm_bindgen]
impl Client {
    /// `client` is a fresh Yjs client ID of 31 to 53 random bits, `seed` any random number.
    #[wasm_bindgen(constructor)]
    pub fn new(client: f64, seed: f64, token: &str) -> Result<Self, JsValue> {
        let client = client as u64;
        let mut session = Session::new(SessionConfig::new(token, seed as u64));
        session.open(DOC_CHANNEL).map_err(|_| Code::OUT_OF_RANGE)?;
        let mut outbox = Outbox::default();
        outbox.changed(Changed::Status);
        Ok(Self {
            document: Document::new(client),
            presence: Presence::new(client),
            local: LocalState::default(),
            session,
            outbox,
            is_kept: true,
            files: Vec::new(),
        })
    }

    /// Brings back what offline storage kept: updates end to end with their lengths, and how many
    /// edits in them were not durable. Returns the places of updates that were not taken.
    pub fn restore(&mut self, now: f64, updates: &[u8], lengths: &[u32], unsaved: f64) -> Vec<u32> {
        let mut rest = updates;
        let mut refused = Vec::new();
        for (place, length) in lengths.iter().enumerate() {
            let (update, tail) = rest.split_at((*length as usize).min(rest.len()));
            rest = tail;
            if self.document.apply(update).is_err() {
                refused.push(place as u32);
            }
            // Nobody has seen an older state, so nobody needs to hear of the change.
            while self.document.poll_event().is_some() {}
        }
        self.handle(now, Input::Restored { channel: DOC_CHANNEL, unsaved: unsaved as u64 });
        refused
    }

    /// Nobody keeps updates, so none are handed out for it.
    #[wasm_bindgen(js_name = keepNothing)]
    pub fn keep_nothing(&mut self) {
        self.is_kept = false;
    }

    /// Connects, whatever stood in the way.
    pub fn start(&mut self, now: f64) {
        self.handle(now, Input::Start);
    }

    /// Takes leave of the others, disconnects and stays so.
    pub fn stop(&mut self, now: f64) {
        // Leaving says nothing that could be too large.
        let _ = self.presence.set_local(timestamp(now), None);
        self.settle(timestamp(now));
        self.handle(now, Input::Stop);
    }

    /// The connection asked for is open.
    pub fn connected(&mut self, now: f64) {
        self.handle(now, Input::Connected);
    }

    /// A binary frame arrived.
    pub fn frame(&mut self, now: f64, bytes: &[u8]) {
        self.handle(now, Input::Frame(bytes));
    }

    /// The connection failed or ended; `code` is the WebSocket close code, if there was one.
    pub fn disconnected(&mut self, now: f64, code: Option<u16>) {
        self.handle(now, Input::Disconnected { code });
    }

    /// The network or the page is back.
    #[wasm_bindgen(js_name = networkBack)]
    pub fn network_back(&mut self, now: f64) {
        self.handle(now, Input::NetworkBack);
    }

    /// A new token, for this connection and later ones.
    #[wasm_bindgen(js_name = setToken)]
    pub fn set_token(&mut self, now: f64, token: String) {
        self.handle(now, Input::Token(token));
    }

    /// The deadline of the last batch has come.
    pub fn tick(&mut self, now: f64) {
        self.handle(now, Input::Tick);
    }

    /// Where in the module's memory all lies that waits to be carried out; to be read before the next
    /// call of anything. See `batch.rs`.
    pub fn drain(&mut self) -> *const f64 {
        let deadline = self.deadline();
        self.outbox.drain(self.session.status(), deadline)
    }

    /// The whole document as one update.
    pub fn snapshot(&self) -> Vec<u8> {
        self.document.snapshot()
    }
}

impl Client {
    fn handle(&mut self, now: f64, input: Input<'_>) {
        let now = timestamp(now);
        self.document.set_now(now);
        self.give(now, input);
        // Timers of a hidden page are late, so every frame is a chance to catch up.
        self.presence.tick(now);
        self.local.flush(now, &mut self.presence);
        self.settle(now);
    }

    /// Lets one part's outputs be the others' inputs until all are quiet.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        loop {
            while let Some(event) = self.document.poll_event() {
                self.on_document(now, event);
            }
            while let Some(event) = self.presence.poll_event() {
                self.on_presence(now, event);
            }
            match self.session.poll_output() {
                Some(output) => self.on_session(now, output),
                None => return,
            }
        }
    }

    fn give(&mut self, now: Timestamp, input: Input<'_>) {
        let (document, outbox, is_kept) = (&mut self.document, &mut self.outbox, self.is_kept);
        let mut replicas = Recording { document, outbox, is_kept };
        self.session.handle(now, input, &mut replicas);
    }

    fn on_document(&mut self, now: Timestamp, event: Event) {
        match event {
            Event::LocalUpdate(update) => {
                if self.is_kept {
                    self.outbox.bytes_record(OutputKind::Persist, &update);
                }
                self.give(now, Input::Edited { channel: DOC_CHANNEL, update });
            }
            Event::Text { file, delta, origin } => {
                // Whoever watches has its number.
                if let Some(number) = self.files.iter().position(|known| *known == file) {
                    self.outbox.delta(number as u32, &delta, origin);
                }
            }
            Event::Files => self.outbox.changed(Changed::Files),
            Event::Setting { key } => self.outbox.text_record(OutputKind::Setting, &key),
            _ => {}
        }
    }

    fn on_presence(&mut self, now: Timestamp, event: presence::Event) {
        match event {
            presence::Event::Send(update) => {
                self.give(now, Input::Presence { channel: DOC_CHANNEL, update });
            }
            presence::Event::Changed { .. } => self.outbox.changed(Changed::Presence),
        }
    }

    fn on_session(&mut self, now: Timestamp, output: Output) {
        match output {
            Output::Connect => self.outbox.record(OutputKind::Connect),
            Output::Send(frame) => self.outbox.bytes_record(OutputKind::Send, &frame),
            Output::Disconnect(_) => self.outbox.record(OutputKind::Disconnect),
            // A malformed update of somebody's presence harms nobody else's.
            Output::PresenceReceived { update, .. } => drop(self.presence.apply(now, &update)),
            Output::SendPresence { .. } => self.presence.reconnected(now),
            Output::StatusChanged => self.outbox.changed(Changed::Status),
            Output::TokenExpiring => self.outbox.record(OutputKind::TokenExpiring),
            Output::Refused { code, .. } => {
                self.outbox.text_record(OutputKind::Refused, code.name());
            }
            // `unsaved` of the status says when offline storage may clear its mark; signals and
            // peers belong to calls, which this package does not offer yet.
            _ => {}
        }
    }

    fn deadline(&self) -> f64 {
        let session = self.session.deadline().map(|(at, _)| at);
        let deadlines = [session, self.presence.deadline(), self.local.deadline()];
        let first = deadlines.into_iter().flatten().min();
        first.map_or(f64::INFINITY, |at| at.as_millis() as f64)
    }
}
