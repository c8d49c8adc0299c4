//! A client process as y-websocket is one: no acknowledgements, no storage, reconnects for ever.

use std::time::Duration;

use collab_core::Timestamp;
use collab_core::document::{Document, Event};
use collab_core::log::{Deleted, merge};
use collab_core::presence::{self, Presence};
use collab_core::sync::Status;
use collab_core::wire::{Dialect, Frame, Message, Sync};

use super::process::{Effect, News, Process, Shows, Storage, change, new_presence};
use super::random::Random;

/// y-websocket's `messageReconnectTimeout`.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// y-websocket waits 0.2 to 2.5 s, without jitter.
const RETRY_AFTER: Duration = Duration::from_millis(1_600);

pub(crate) struct Stock {
    document: Document,
    presence: Presence,
    link: Link,
    /// Updates that arrived before the answer to step 1. Yjs lets them wait for what is missing;
    /// Yrs does not (`docs/upstream/yrs-integrates-past-gaps.md`).
    early: Option<Vec<Vec<u8>>>,
}

#[derive(Clone, Copy)]
enum Link {
    Waiting { until: Timestamp },
    Connecting { since: Timestamp },
    Connected { heard: Timestamp },
}

impl Stock {
    /// A process that starts. `id` must be new.
    pub(crate) fn new(now: Timestamp, id: u64) -> Self {
        let (document, presence) = (Document::new(id), new_presence(now, id));
        Self { document, presence, link: Link::Waiting { until: now }, early: None }
    }

    fn connected(&mut self, now: Timestamp) -> Vec<Effect> {
        self.link = Link::Connected { heard: now };
        self.early = Some(Vec::new());
        let step1 = send(&Message::Sync(Sync::Step1(&self.document.state_vector())));
        let mut effects = vec![step1, send(&Message::Awareness(&self.presence.encode_local()))];
        effects.extend(self.tell_presence());
        effects
    }

    fn frame(&mut self, now: Timestamp, frame: &[u8]) -> Vec<Effect> {
        self.link = Link::Connected { heard: now };
        match Frame::read(Dialect::Plain, frame).expect("a relay sends stock messages").message {
            Message::Sync(Sync::Step1(known)) => {
                let diff = self.document.diff(known).expect("a state vector");
                vec![send(&Message::Sync(Sync::Step2(&diff)))]
            }
            Message::Sync(Sync::Update(update)) => {
                match &mut self.early {
                    Some(early) => early.push(update.to_vec()),
                    None => self.apply(update),
                }
                Vec::new()
            }
            Message::Sync(Sync::Step2(update)) => {
                let mut all = self.early.take().unwrap_or_default();
                all.push(update.to_vec());
                self.apply(&merge(&all, Deleted::Keep).expect("a relay's answer merges").update);
                Vec::new()
            }
            Message::Awareness(update) => {
                self.presence.apply(now, update).expect("a relay forwards valid presence");
                self.tell_presence()
            }
            other => panic!("a stock client does not expect {other:?}"),
        }
    }

    fn apply(&mut self, update: &[u8]) {
        self.document.apply(update).expect("a relay forwards valid updates");
        while self.document.poll_event().is_some() {}
    }

    fn tell_presence(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(event) = self.presence.poll_event() {
            if let (presence::Event::Send(update), Link::Connected { .. }) = (event, self.link) {
                effects.push(send(&Message::Awareness(&update)));
            }
        }
        effects
    }

    fn due(&self) -> Timestamp {
        match self.link {
            Link::Waiting { until } => until,
            Link::Connecting { since } => since + SILENCE_MAX,
            Link::Connected { heard } => heard + SILENCE_MAX,
        }
    }
}

impl Process for Stock {
    fn dialect(&self) -> Dialect {
        Dialect::Plain
    }

    fn start(&mut self, now: Timestamp) -> Vec<Effect> {
        self.tick(now)
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.presence.deadline().into_iter().chain([self.due()]).min()
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        self.presence.tick(now);
        let mut effects = self.tell_presence();
        if self.due() > now {
            return effects;
        }
        if let Link::Waiting { .. } = self.link {
            self.link = Link::Connecting { since: now };
            effects.push(Effect::Connect);
        } else {
            self.link = Link::Waiting { until: now + RETRY_AFTER };
            effects.push(Effect::Disconnect);
        }
        effects
    }

    fn hear(&mut self, now: Timestamp, news: News<'_>) -> Vec<Effect> {
        match news {
            News::Connected => self.connected(now),
            News::Frame(frame) => self.frame(now, frame),
            News::Disconnected(_) => {
                self.link = Link::Waiting { until: now + RETRY_AFTER };
                Vec::new()
            }
            News::NetworkBack | News::Token | News::Stop | News::Start => Vec::new(),
        }
    }

    fn edit(&mut self, _now: Timestamp, random: &mut Random) -> Vec<Effect> {
        change(&mut self.document, random);
        let mut effects = Vec::new();
        while let Some(event) = self.document.poll_event() {
            if let Event::LocalUpdate(update) = event {
                if let Link::Connected { .. } = self.link {
                    effects.push(send(&Message::Sync(Sync::Update(&update))));
                }
                effects.push(Effect::Edited(update));
            }
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
        None
    }

    fn into_storage(self: Box<Self>) -> Option<Storage> {
        None
    }
}

fn send(message: &Message<'_>) -> Effect {
    Effect::Send(message.frame(Dialect::Plain, 0))
}
