//! A client process that speaks `collab.v1`: a session, a document, presence, perhaps storage.

use collab_core::Timestamp;
use collab_core::document::{Document, Event};
use collab_core::presence::{self, Presence};
use collab_core::sync::{Input, Output, Replica, Replicas, Session, SessionConfig, Status};
use collab_core::wire::Dialect;

use super::process::{Effect, News, Process, Shows, Storage, change, new_presence};
use super::random::Random;

pub(crate) const DOC: &str = "doc";

pub(crate) struct Client {
    session: Session,
    document: Document,
    presence: Presence,
    storage: Option<Storage>,
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
        let presence = new_presence(now, id);
        if let Some(snapshot) = storage.as_ref().and_then(|storage| storage.snapshot.as_ref()) {
            document.apply(snapshot).expect("own snapshot");
        }
        while document.poll_event().is_some() {}
        Self { session, document, presence, storage }
    }

    fn input(&mut self, now: Timestamp, input: Input<'_>) -> Vec<Effect> {
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
}

impl Process for Client {
    fn dialect(&self) -> Dialect {
        Dialect::V1
    }

    fn start(&mut self, now: Timestamp) -> Vec<Effect> {
        let unsaved = self.storage.as_ref().map_or(0, |storage| storage.unsaved);
        let mut effects = self.tell_presence(now);
        effects.extend(self.input(now, Input::Restored { channel: DOC, unsaved }));
        effects.extend(self.input(now, Input::Start));
        effects
    }

    fn deadline(&self) -> Option<Timestamp> {
        let session = self.session.deadline().map(|(at, _)| at);
        session.into_iter().chain(self.presence.deadline()).min()
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        self.presence.tick(now);
        let mut effects = self.tell_presence(now);
        effects.extend(self.input(now, Input::Tick));
        effects
    }

    fn hear(&mut self, now: Timestamp, news: News<'_>) -> Vec<Effect> {
        let input = match news {
            News::Connected => Input::Connected,
            News::Frame(frame) => Input::Frame(frame),
            News::Disconnected(code) => Input::Disconnected { code: Some(code) },
            News::NetworkBack => Input::NetworkBack,
            News::Token => Input::Token("token".into()),
            News::Stop => Input::Stop,
            News::Start => Input::Start,
        };
        self.input(now, input)
    }

    /// The edit is persisted before anything else happens.
    fn edit(&mut self, now: Timestamp, random: &mut Random) -> Vec<Effect> {
        self.document.set_now(now);
        change(&mut self.document, random);
        let mut updates = Vec::new();
        while let Some(event) = self.document.poll_event() {
            if let Event::LocalUpdate(update) = event {
                updates.push(update);
            }
        }
        let mut effects = Vec::new();
        for update in updates {
            if let Some(storage) = &mut self.storage {
                storage.snapshot = Some(self.document.snapshot());
                storage.unsaved += 1;
            }
            effects.push(Effect::Edited(update.clone()));
            effects.extend(self.input(now, Input::Edited { channel: DOC, update }));
        }
        effects
    }

    /// A document is always here as a whole.
    fn read_back(&mut self, _now: Timestamp) -> Vec<Effect> {
        Vec::new()
    }

    fn shows(&self) -> Shows<'_> {
        Shows::Document(&self.document, &self.presence)
    }

    fn status(&self) -> Option<&Status> {
        Some(self.session.status())
    }

    fn into_storage(self: Box<Self>) -> Option<Storage> {
        self.storage
    }
}
