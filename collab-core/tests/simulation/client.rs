//! One client process: a session, a document, presence, and perhaps offline storage.

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::document::{Document, Event, FileId, Splice};
use collab_core::presence::{self, Presence, State, User};
use collab_core::sync::{Input, Output, Replica, Replicas, Session, SessionConfig};

use super::network::ConnectionId;
use super::random::Random;

pub(crate) const DOC: &str = "doc";

/// A client's disk.
#[derive(Debug, Default)]
pub(crate) struct Storage {
    snapshot: Option<Vec<u8>>,
    unsaved: u64,
}

pub(crate) struct Client {
    pub(crate) session: Session,
    pub(crate) document: Document,
    pub(crate) presence: Presence,
    pub(crate) storage: Option<Storage>,
    pub(crate) connection: Option<ConnectionId>,
}

/// What a client wants of the world.
#[derive(Debug)]
pub(crate) enum Effect {
    Connect,
    Send(Bytes),
    Disconnect,
    Edited(Bytes),
    Durable,
    StatusChanged,
    TokenExpiring,
}

struct Only<'a>(&'a mut Document);

impl Replicas for Only<'_> {
    fn replica(&mut self, channel: &str) -> Option<&mut dyn Replica> {
        (channel == DOC).then_some(&mut *self.0 as &mut dyn Replica)
    }
}

impl Client {
    /// A process that starts. `id` must be new.
    pub(crate) fn new(now: Timestamp, id: u64, seed: u64, storage: Option<Storage>) -> Self {
        let mut session = Session::new(SessionConfig::new("token", seed));
        session.open(DOC).expect("a channel name");
        let mut document = Document::new(id);
        let mut presence = Presence::new(id);
        let user = User { name: format!("client {id}"), ..User::default() };
        presence.set_local(now, Some(State { user, ..State::default() })).expect("small");
        if let Some(snapshot) = storage.as_ref().and_then(|storage| storage.snapshot.as_ref()) {
            document.apply(snapshot).expect("own snapshot");
        }
        while document.poll_event().is_some() {}
        Self { session, document, presence, storage, connection: None }
    }

    /// What a process does first.
    pub(crate) fn start(&mut self, now: Timestamp) -> Vec<Effect> {
        let unsaved = self.storage.as_ref().map_or(0, |storage| storage.unsaved);
        let mut effects = self.tell_presence(now);
        effects.extend(self.input(now, Input::Restored { channel: DOC, unsaved }));
        effects.extend(self.input(now, Input::Start));
        effects
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        let session = self.session.deadline().map(|(at, _)| at);
        session.into_iter().chain(self.presence.deadline()).min()
    }

    pub(crate) fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        self.presence.tick(now);
        let mut effects = self.tell_presence(now);
        effects.extend(self.input(now, Input::Tick));
        effects
    }

    pub(crate) fn input(&mut self, now: Timestamp, input: Input<'_>) -> Vec<Effect> {
        self.session.handle(now, input, &mut Only(&mut self.document));
        while self.document.poll_event().is_some() {}
        let mut effects = Vec::new();
        while let Some(output) = self.session.poll_output() {
            effects.extend(self.carry_out(now, output));
        }
        effects
    }

    fn carry_out(&mut self, now: Timestamp, output: Output) -> Vec<Effect> {
        match output {
            Output::Connect => vec![Effect::Connect],
            Output::Send(frame) => vec![Effect::Send(frame)],
            Output::Disconnect(_) => vec![Effect::Disconnect],
            Output::StatusChanged => vec![Effect::StatusChanged],
            Output::TokenExpiring => vec![Effect::TokenExpiring],
            Output::Durable { .. } => {
                if let Some(storage) = &mut self.storage {
                    storage.unsaved = 0;
                }
                vec![Effect::Durable]
            }
            Output::SendPresence { .. } => {
                self.presence.reconnected(now);
                self.tell_presence(now)
            }
            Output::PresenceReceived { update, .. } => {
                self.presence.apply(now, &update).expect("a relay forwards well-formed presence");
                self.tell_presence(now)
            }
            Output::Refused { code, .. } => panic!("a well-behaved client was refused: {code:?}"),
            _ => Vec::new(),
        }
    }

    fn tell_presence(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(event) = self.presence.poll_event() {
            if let presence::Event::Send(update) = event {
                effects.extend(self.input(now, Input::Presence { channel: DOC, update }));
            }
        }
        effects
    }

    /// A random edit, persisted before anything else happens.
    pub(crate) fn edit(&mut self, now: Timestamp, random: &mut Random) -> Vec<Effect> {
        self.document.set_now(now);
        self.change(random);
        let mut effects = Vec::new();
        while let Some(event) = self.document.poll_event() {
            if let Event::LocalUpdate(update) = event {
                if let Some(storage) = &mut self.storage {
                    storage.snapshot = Some(self.document.snapshot());
                    storage.unsaved += 1;
                }
                effects.push(Effect::Edited(update.clone()));
                self.session.handle(
                    now,
                    Input::Edited { channel: DOC, update },
                    &mut Only(&mut self.document),
                );
            }
        }
        while let Some(output) = self.session.poll_output() {
            effects.extend(self.carry_out(now, output));
        }
        effects
    }

    fn change(&mut self, random: &mut Random) {
        let files = self.document.files();
        let file = files[random.index(files.len())].id.clone();
        match random.range(0, 20) {
            0 => drop(self.document.undo(&file)),
            1 => drop(self.document.redo(&file)),
            2 => {
                let id = FileId::from_random(u128::from(random.next()));
                self.document.create_file(&id, "file", "rust").expect("a new file");
            }
            3 => self.document.rename_file(&file, "renamed").expect("a name"),
            4..=7 => self.delete(&file, random),
            _ => self.insert(&file, random),
        }
    }

    fn insert(&mut self, file: &FileId, random: &mut Random) {
        const WORDS: [&str; 5] = ["a", "word ", "\n", "😀", "let x = 1;\n"];
        let at = random.range(0, u64::from(self.document.len(file)) + 1) as u32;
        let insert = WORDS[random.index(WORDS.len())];
        self.document.edit(file, &[Splice { at, delete: 0, insert }]).expect("within the text");
    }

    fn delete(&mut self, file: &FileId, random: &mut Random) {
        let len = u64::from(self.document.len(file));
        let at = random.range(0, len + 1);
        let delete = random.range(0, (len - at).min(8) + 1) as u32;
        let splice = Splice { at: at as u32, delete, insert: "" };
        self.document.edit(file, &[splice]).expect("within the text");
    }
}
