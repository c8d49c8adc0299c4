//! What must hold of chats, during a run and after it.

use collab_core::chat::{Chat, Client, Message, MessageId, Place, Segment};

use super::model::Fate;
use super::process::Shows;
use super::sayings::Seen;
use super::world::World;

/// What lives on: its author does, or has it in offline storage, or was told that it is durable.
const LIVING: [Fate; 2] = [Fate::Kept, Fate::Durable];

impl World {
    /// A chatter who says "saved", and has nothing that waits to be sent, is right.
    pub(crate) fn check_said(&mut self, client: usize) {
        let mut chatters = self.chatters();
        let all_sent = chatters.any(|(other, chat)| other == client && chat.unsaved() == 0);
        drop(chatters);
        if all_sent && self.sayings.has_kept(client) {
            self.sayings.meets(client, Fate::Durable);
            self.check_stored_chats();
        }
    }

    /// The store has everything that anybody was told is durable.
    pub(crate) fn check_stored_chats(&self) {
        for chat in self.sayings.chats() {
            let segments = self.store.segments(&chat);
            let stored: Vec<Seen> = segments.flat_map(seen_in_segment).collect();
            self.sayings.check("the store", &chat, &stored, &[Fate::Durable]);
        }
    }

    /// All who may read a chat show the same, in the same order, and nothing waits to be sent.
    pub(crate) fn check_chats(&self) {
        let chatters = || self.chatters();
        for (client, chat) in chatters() {
            assert_eq!(chat.unsaved(), 0, "client {client} has unsaved messages");
        }
        for chat in self.sayings.chats() {
            let mut first: Option<(usize, Vec<Line>)> = None;
            for (client, chatter) in chatters() {
                let own = chatter.own().expect("told in the configuration");
                let Some(place) = chat.place(own).filter(|_| chat.admits(own.as_str())) else {
                    continue;
                };
                let lines: Vec<Line> = lines(chatter, &chat, &place);
                let seen: Vec<Seen> = lines.iter().map(|line| line.seen.clone()).collect();
                self.sayings.check(&format!("client {client}"), &chat, &seen, &LIVING);
                let is_certain = |line: &Line| !self.sayings.is_uncertain(line.seen.key());
                let lines: Vec<Line> = lines.into_iter().filter(is_certain).collect();
                let (other, expected) = first.get_or_insert_with(|| (client, lines.clone()));
                assert_eq!(lines, *expected, "{chat:?}: client {client} and client {other}");
            }
        }
        if self.plan.room.keeps {
            self.check_stored_chats();
        }
    }

    /// Every chatter sees all who chat, and nobody else.
    pub(crate) fn check_company(&self) {
        let users = self.chatters().filter_map(|(_, chatter)| chatter.own().cloned());
        let mut there: Vec<_> = users.collect();
        there.sort();
        there.dedup();
        for (client, chatter) in self.chatters() {
            let seen: Vec<_> = chatter.people().into_iter().map(|person| person.user).collect();
            assert_eq!(seen, there, "who is here, as client {client} sees it");
        }
    }

    /// A frame that leaves the relay tells of direct chats only to those who are in them.
    pub(crate) fn check_secrecy(user: &str, frame: &[u8]) {
        // Both in names of channels and in texts, users follow; `dm/` alone is what a client asks for.
        for mark in [&b"dm/u"[..], b"psst/u"] {
            for (at, _) in frame.windows(mark.len()).enumerate().filter(|(_, w)| *w == mark) {
                let mut users = frame[at + mark.len() - 1..].split(|&byte| byte == b'/');
                let is_in = users.by_ref().take(2).any(|member| member == user.as_bytes());
                assert!(is_in, "{user:?} hears of a direct chat: {}", frame.escape_ascii());
            }
        }
    }

    fn chatters(&self) -> impl Iterator<Item = (usize, &Client)> {
        let processes = self.clients.iter().enumerate();
        processes.filter_map(|(client, process)| match process.as_ref()?.shows() {
            Shows::Chat(chat) => Some((client, chat)),
            Shows::Document(..) => None,
        })
    }
}

/// A message as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    id: MessageId,
    user: String,
    re: Option<MessageId>,
    seen: Seen,
}

fn lines(chatter: &Client, chat: &Chat, place: &Place) -> Vec<Line> {
    let Some(conversation) = chatter.conversation(place) else { return Vec::new() };
    assert!(!conversation.has_older(), "all of {chat:?} is loaded");
    let line = |message: Message<'_>| Line {
        id: message.id,
        user: message.user.to_owned(),
        re: message.re,
        seen: Seen::of(&message, &conversation.reactions(message.id)),
    };
    let mut lines: Vec<Line> = conversation.messages().map(line).collect();
    lines.reverse();
    lines
}

fn seen_in_segment(segment: &Segment) -> Vec<Seen> {
    let messages = (0..segment.len()).filter_map(|place| segment.message_at(place));
    messages.map(|message| Seen::of(&message, &segment.reactions(message.id.unit()))).collect()
}
