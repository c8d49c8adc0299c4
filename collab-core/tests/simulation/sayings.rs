//! The reference for chats: what was said, edited, deleted and reacted to, and what of it must show.

use std::collections::{BTreeMap, BTreeSet};

use collab_core::chat::{Chat, Message, Reaction};

use super::model::Fate;

/// The only one that anybody uses.
pub(crate) const REACTION: &str = "+1";

/// What somebody did in a chat.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) chat: Chat,
    /// Of which message.
    pub(crate) key: String,
    pub(crate) at_ms: u64,
    pub(crate) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Said,
    Edited,
    Deleted,
    Reacted { user: String, on: bool },
}

/// A text: its key, when it was written, and of a direct chat whose it is.
pub(crate) fn write_text(key: &str, at_ms: u64, chat: &Chat) -> String {
    match chat {
        Chat::Room => format!("{key} {at_ms}"),
        Chat::Direct(a, b) => format!("{key} {at_ms} psst/{a}/{b}/"),
    }
}

/// Of which message this is a text.
pub(crate) fn key_of(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// What is seen of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) text: String,
    pub(crate) reacted: BTreeSet<String>,
}

impl Seen {
    pub(crate) fn of(message: &Message<'_>, reactions: &[Reaction<'_>]) -> Self {
        let by = reactions.iter().flat_map(|reaction| &reaction.by);
        let reacted = by.map(|(user, _)| (*user).to_owned()).collect();
        Self { text: message.text.to_owned(), reacted }
    }

    pub(crate) fn key(&self) -> &str {
        key_of(&self.text)
    }
}

/// Everything of one message.
struct Saying {
    chat: Chat,
    deeds: Vec<(Done, What)>,
}

/// Who did something when, and what must come of it.
struct Done {
    client: usize,
    at_ms: u64,
    fate: Fate,
}

#[derive(Default)]
pub(crate) struct Sayings(BTreeMap<String, Saying>);

impl Sayings {
    pub(crate) fn did(&mut self, client: usize, deed: Deed, fate: Fate) {
        let Deed { chat, key, at_ms, what } = deed;
        let saying = self.0.entry(key).or_insert_with(|| Saying { chat, deeds: Vec::new() });
        saying.deeds.push((Done { client, at_ms, fate }, what));
    }

    /// Whether a client waits to be told that something is saved.
    pub(crate) fn has_kept(&self, client: usize) -> bool {
        let mut done = self.0.values().flat_map(|saying| &saying.deeds);
        done.any(|(done, _)| done.client == client && done.fate == Fate::Kept)
    }

    /// What a client did and is not known to be durable has another fate from now on.
    pub(crate) fn meets(&mut self, client: usize, fate: Fate) {
        let done = self.0.values_mut().flat_map(|saying| &mut saying.deeds);
        let kept = done.filter(|(done, _)| done.client == client && done.fate == Fate::Kept);
        kept.for_each(|(done, _)| done.fate = fate);
    }

    /// Whether nobody can say what is shown of a message, since somebody forgot something of it.
    pub(crate) fn is_uncertain(&self, key: &str) -> bool {
        let deeds = self.0.get(key).into_iter().flat_map(|saying| &saying.deeds);
        deeds.into_iter().any(|(done, _)| done.fate == Fate::Forgettable)
    }

    pub(crate) fn chats(&self) -> BTreeSet<Chat> {
        self.0.values().map(|saying| saying.chat.clone()).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Nothing is lost, doubled, undone or made up in what `who` shows of a chat. What has no fate of
    /// `certain` may show or not.
    pub(crate) fn check(&self, who: &str, chat: &Chat, shown: &[Seen], certain: &[Fate]) {
        let mut by_key: BTreeMap<&str, &Seen> = BTreeMap::new();
        for seen in shown {
            let saying = self.0.get(seen.key());
            assert!(saying.is_some_and(|s| s.chat == *chat), "{who} made {seen:?} up in {chat:?}");
            assert!(by_key.insert(seen.key(), seen).is_none(), "{who} shows {seen:?} twice");
        }
        for (key, saying) in self.0.iter().filter(|(_, saying)| saying.chat == *chat) {
            let who = format!("{who}, of {key} in {chat:?}");
            saying.check(&who, key, by_key.get(key.as_str()).copied(), certain);
        }
    }
}

impl Saying {
    fn check(&self, who: &str, key: &str, shown: Option<&Seen>, certain: &[Fate]) {
        let deleted = self.deeds.iter().filter(|(_, what)| *what == What::Deleted);
        let (mut may_be_gone, mut must_be_gone) = (false, false);
        for (done, _) in deleted {
            may_be_gone = true;
            must_be_gone |= certain.contains(&done.fate);
        }
        let said = self.deeds.iter().find(|(_, what)| *what == What::Said);
        may_be_gone |= said.is_none_or(|(done, _)| !certain.contains(&done.fate));
        match shown {
            None => assert!(may_be_gone, "{who}: lost"),
            Some(seen) => {
                assert!(!must_be_gone, "{who}: deleted and shown");
                self.check_text(who, key, &seen.text, certain);
                self.check_reactions(who, &seen.reacted, certain);
            }
        }
    }

    /// The last text that is certain, or a later one.
    fn check_text(&self, who: &str, key: &str, text: &str, certain: &[Fate]) {
        let written = |(_, what): &&(Done, What)| matches!(what, What::Said | What::Edited);
        let texts = self.deeds.iter().filter(written);
        let is_certain = |(done, _): &&(Done, What)| certain.contains(&done.fate);
        let last = texts.clone().filter(is_certain).map(|(done, _)| done.at_ms).max();
        let mut possible = texts.filter(|(done, _)| Some(done.at_ms) >= last);
        let is_text = |(done, _): &(Done, What)| *text == write_text(key, done.at_ms, &self.chat);
        assert!(possible.any(is_text), "{who}: {text:?} is not its last text");
    }

    /// Of each user the last that is certain, or a later one.
    fn check_reactions(&self, who: &str, shown: &BTreeSet<String>, certain: &[Fate]) {
        let mut possible: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
        for (done, what) in &self.deeds {
            let What::Reacted { user, on } = what else { continue };
            let states = possible.entry(user).or_insert_with(|| [false].into());
            if certain.contains(&done.fate) {
                states.clear();
            }
            states.insert(*on);
        }
        let made_up = shown.iter().find(|user| !possible.contains_key(user.as_str()));
        assert_eq!(made_up, None, "{who}: a reaction");
        for (user, states) in possible {
            assert!(states.contains(&shown.contains(user)), "{who}: a reaction of {user}");
        }
    }
}
