//! A client process that only chats, and what a program shows of it.

use std::collections::BTreeSet;

use collab_core::Timestamp;
use collab_core::chat::{
    Change, Chat, Client, ClientConfig, Conversation, Event, Input, MessageId, Output, Place,
    SayError, UserId,
};
use collab_core::sync::{SessionConfig, Status};
use collab_core::wire::Dialect;

use super::process::{Effect, News, Process, Shows, Storage};
use super::random::Random;
use super::sayings::{Deed, REACTION, What, key_of, write_text};

/// Messages from the end that somebody edits, deletes, answers or reacts to.
const RECENT: usize = 20;

pub(crate) struct Chatter {
    chat: Client,
    own: UserId,
    /// To whom this one writes in private.
    others: Vec<UserId>,
    /// Tells the texts of this process from those of all others.
    id: u64,
    said: u64,
    keeps_offline: bool,
    /// Messages that a program shows which only follows the changes.
    told: BTreeSet<(Place, MessageId)>,
    arrived: BTreeSet<(Place, MessageId)>,
}

impl Chatter {
    /// A process that starts. `id` must be new.
    pub(crate) fn new(
        id: u64,
        seed: u64,
        own: UserId,
        others: Vec<UserId>,
        storage: Option<Storage>,
    ) -> Self {
        let mut chat = Client::new(ClientConfig {
            client_id: id,
            name: own.to_string(),
            user: Some(own.clone()),
            seal: None,
            session: SessionConfig::new(own.as_str(), seed),
        });
        let keeps_offline = storage.is_some();
        if let Some(kept) = storage.and_then(|storage| storage.snapshot) {
            chat.import(&kept).expect("own export");
        }
        let (told, arrived) = (BTreeSet::new(), BTreeSet::new());
        Self { chat, own, others, id, said: 0, keeps_offline, told, arrived }
    }

    fn input(&mut self, now: Timestamp, input: Input<'_>) -> Vec<Effect> {
        self.chat.handle(now, input);
        self.effects()
    }

    fn effects(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(output) = self.chat.poll_output() {
            match output {
                Output::Connect => effects.push(Effect::Connect),
                Output::Send(frame) => effects.push(Effect::Send(frame)),
                Output::Disconnect => effects.push(Effect::Disconnect),
                Output::Event(event) => effects.extend(self.follow(event)),
            }
        }
        effects
    }

    fn follow(&mut self, event: Event) -> Option<Effect> {
        match event {
            Event::Changed(place) => self.follow_changes(&place),
            Event::Arrived { place, id } => {
                assert!(self.arrived.insert((place, id)), "{id} arrives twice");
            }
            Event::StatusChanged => return Some(Effect::StatusChanged),
            Event::TokenExpiring => return Some(Effect::TokenExpiring),
            Event::Refused { code, texts, .. } => {
                assert!(texts.is_empty(), "an honest chatter was refused {texts:?}: {code:?}");
            }
            _ => {}
        }
        None
    }

    fn follow_changes(&mut self, place: &Place) {
        for change in self.chat.take_changes(place) {
            match change {
                Change::Added(id) => {
                    assert!(self.told.insert((place.clone(), id)), "{id} was added twice");
                }
                Change::Removed(id) => {
                    assert!(self.told.remove(&(place.clone(), id)), "{id} was not there");
                }
                Change::Reset => {
                    self.told.retain(|(known, _)| known != place);
                    let shown = self.chat.conversation(place);
                    let shown = shown.into_iter().flat_map(Conversation::messages);
                    self.told.extend(shown.map(|message| (place.clone(), message.id)));
                }
                _ => {}
            }
        }
    }

    fn act(&mut self, now: Timestamp, random: &mut Random) -> Option<Deed> {
        let place = if !self.others.is_empty() && random.percent(30) {
            Place::Direct(self.others[random.index(self.others.len())].clone())
        } else {
            Place::Room
        };
        match random.range(0, 10) {
            0 => self.edit_own(now, &place, random),
            1 => self.delete_own(now, &place, random),
            2 | 3 => self.react(now, &place, random),
            _ => self.say(now, &place, random),
        }
    }

    fn say(&mut self, now: Timestamp, place: &Place, random: &mut Random) -> Option<Deed> {
        self.said += 1;
        let key = format!("{}-{}", self.id, self.said);
        let text = self.text(now, place, &key);
        let answered = self.pick(place, random, false).filter(|_| random.percent(30));
        let said = self.chat.say(now, place, &text, answered.map(|(id, _)| id));
        is_taken(&said)?;
        Some(self.deed(now, place, key, What::Said))
    }

    fn edit_own(&mut self, now: Timestamp, place: &Place, random: &mut Random) -> Option<Deed> {
        let (id, key) = self.pick(place, random, true)?;
        let text = self.text(now, place, &key);
        is_taken(&self.chat.edit(now, place, id, &text))?;
        Some(self.deed(now, place, key, What::Edited))
    }

    fn delete_own(&mut self, now: Timestamp, place: &Place, random: &mut Random) -> Option<Deed> {
        let (id, key) = self.pick(place, random, true)?;
        is_taken(&self.chat.delete(now, place, id))?;
        Some(self.deed(now, place, key, What::Deleted))
    }

    fn react(&mut self, now: Timestamp, place: &Place, random: &mut Random) -> Option<Deed> {
        let (id, key) = self.pick(place, random, false)?;
        let on = random.percent(70);
        is_taken(&self.chat.react(now, place, id, REACTION, on))?;
        let what = What::Reacted { user: self.own.to_string(), on };
        Some(self.deed(now, place, key, what))
    }

    /// A recent message, and its key.
    fn pick(
        &self,
        place: &Place,
        random: &mut Random,
        is_own: bool,
    ) -> Option<(MessageId, String)> {
        let recent = self.chat.conversation(place)?.messages().take(RECENT);
        let mut fitting = recent.filter(|message| message.is_own || !is_own).collect::<Vec<_>>();
        if fitting.is_empty() {
            return None;
        }
        let message = fitting.swap_remove(random.index(fitting.len()));
        Some((message.id, key_of(message.text).to_owned()))
    }

    fn text(&self, now: Timestamp, place: &Place, key: &str) -> String {
        write_text(key, now.as_millis(), &self.chat_of(place))
    }

    fn deed(&self, now: Timestamp, place: &Place, key: String, what: What) -> Deed {
        Deed { chat: self.chat_of(place), key, at_ms: now.as_millis(), what }
    }

    fn chat_of(&self, place: &Place) -> Chat {
        Chat::of(place, &self.own).expect("nobody writes to themselves")
    }

    /// Whoever only follows the changes shows the same.
    fn check_told(&self) {
        let messages = |conversation: &Conversation| {
            let place = conversation.place().clone();
            conversation.messages().map(|message| (place.clone(), message.id)).collect::<Vec<_>>()
        };
        let shown: BTreeSet<_> = self.chat.places().flat_map(messages).collect();
        assert_eq!(self.told, shown, "what {} was told", self.own);
    }
}

/// Whether something was written: it is not while somebody may only read.
fn is_taken<T>(result: &Result<T, SayError>) -> Option<()> {
    match result {
        Ok(_) => Some(()),
        Err(SayError::MayNotWrite) => None,
        Err(error) => panic!("an honest chatter was refused: {error}"),
    }
}

impl Process for Chatter {
    fn dialect(&self) -> Dialect {
        Dialect::V1
    }

    fn start(&mut self, now: Timestamp) -> Vec<Effect> {
        self.input(now, Input::Start)
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.chat.deadline()
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        self.input(now, Input::Tick)
    }

    fn hear(&mut self, now: Timestamp, news: News<'_>) -> Vec<Effect> {
        let input = match news {
            News::Connected => Input::Connected,
            News::Frame(frame) => Input::Frame(frame),
            News::Disconnected(code) => Input::Disconnected { code: Some(code) },
            News::NetworkBack => Input::NetworkBack,
            News::Token => Input::Token(self.own.to_string()),
            News::Stop => Input::Stop,
            News::Start => Input::Start,
        };
        self.input(now, input)
    }

    fn edit(&mut self, now: Timestamp, random: &mut Random) -> Vec<Effect> {
        let deed = self.act(now, random);
        let mut effects: Vec<Effect> = deed.map(Effect::Did).into_iter().collect();
        effects.extend(self.effects());
        effects
    }

    fn read_back(&mut self, now: Timestamp) -> Vec<Effect> {
        let places: Vec<Place> = self.chat.places().map(|c| c.place().clone()).collect();
        for place in &places {
            while self.chat.load_older(now, place) {}
        }
        self.effects()
    }

    fn shows(&self) -> Shows<'_> {
        self.check_told();
        Shows::Chat(&self.chat)
    }

    fn status(&self) -> Option<&Status> {
        Some(self.chat.status())
    }

    fn into_storage(self: Box<Self>) -> Option<Storage> {
        let snapshot = Some(self.chat.export());
        self.keeps_offline.then_some(Storage { snapshot, unsaved: 0 })
    }
}
