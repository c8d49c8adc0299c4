//! Which chats there are: read from the store once, kept while the room lives, told to whoever asked
//! and to nobody else than those who may open them.

use std::collections::{BTreeMap, BTreeSet};

use super::Kind;
use crate::Timestamp;
use crate::chat::{Chat, DIRECT_PREFIX, SegmentName};
use crate::relay::{ChannelName, Class, LoadFailure, Output, PeerId, Room, SortedMap};
use crate::wire::{LIST_PREFIXES, Message, write_names};

/// Names that are remembered with one prefix, counted once for each who may open them. What begins
/// beyond it is still told to those who are here.
const NAMES_MAX: usize = 1 << 16;

/// Names in one `listed`.
const MESSAGE_NAMES_MAX: usize = 512;

/// The lists of a room.
#[derive(Debug, Default)]
pub(in crate::relay) struct Listings {
    lists: [List; LIST_PREFIXES.len()],
    /// Who asked for which of them.
    listeners: SortedMap<PeerId, [bool; LIST_PREFIXES.len()]>,
}

#[derive(Debug, Default)]
struct List {
    stage: Stage,
    /// By user; the room's own chat under no name.
    names: BTreeMap<Box<str>, BTreeSet<ChannelName>>,
    len: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// Nobody has asked.
    #[default]
    Unknown,
    /// The store was asked.
    Asked,
    /// The store did not answer; it is asked again later.
    Failed,
    Known,
}

impl Listings {
    fn listeners(&self, at: usize) -> impl Iterator<Item = PeerId> {
        self.listeners.iter().filter(move |(_, asked)| asked[at]).map(|(&peer, _)| peer)
    }
}

impl List {
    fn add(&mut self, name: &ChannelName, chat: &Chat) {
        match chat {
            Chat::Room => self.add_under("", name),
            Chat::Direct(first, second) => {
                self.add_under(first.as_str(), name);
                self.add_under(second.as_str(), name);
            }
        }
    }

    fn add_under(&mut self, user: &str, name: &ChannelName) {
        if self.len >= NAMES_MAX {
            return;
        }
        if let Some(names) = self.names.get_mut(user) {
            self.len += usize::from(names.insert(name.clone()));
        } else {
            self.names.insert(user.into(), BTreeSet::from([name.clone()]));
            self.len += 1;
        }
    }
}

impl Room {
    pub(in crate::relay) fn receive_list(&mut self, now: Timestamp, peer: PeerId, prefix: &str) {
        let Some(at) = place_of(prefix) else { return self.unexpected(now, peer) };
        let listings = self.listings.get_or_insert_default();
        let mut asked = listings.listeners.get(&peer).copied().unwrap_or_default();
        asked[at] = true;
        listings.listeners.insert(peer, asked);
        match listings.lists[at].stage {
            Stage::Known => self.answer_list(peer, at),
            Stage::Unknown => self.ask_list(at),
            Stage::Asked | Stage::Failed => {}
        }
    }

    /// The store has answered [`Output::List`].
    pub(in crate::relay) fn listed(
        &mut self,
        now: Timestamp,
        prefix: &str,
        names: Result<Vec<ChannelName>, LoadFailure>,
    ) {
        let (Some(at), Some(listings)) = (place_of(prefix), &mut self.listings) else { return };
        let list = &mut listings.lists[at];
        let Ok(names) = names else {
            list.stage = Stage::Failed;
            return self.sweep_later(now);
        };
        list.stage = Stage::Known;
        for name in &names {
            // Whatever else a store holds under this prefix is no chat.
            if let Some(segment) = SegmentName::parse(name) {
                list.add(name, &segment.chat);
            }
        }
        self.answer_listeners(at);
    }

    /// Asks the store again where it did not answer.
    pub(in crate::relay) fn retry_lists(&mut self) {
        let Some(listings) = &self.listings else { return };
        let failed = listings.lists.each_ref().map(|list| list.stage == Stage::Failed);
        for (at, _) in failed.iter().enumerate().filter(|(_, failed)| **failed) {
            self.ask_list(at);
        }
    }

    /// The grant of a peer names another user: their direct chats are others.
    pub(super) fn list_again(&mut self, peer: PeerId) {
        let Some(listings) = &self.listings else { return };
        let asked = listings.listeners.get(&peer).copied().unwrap_or_default();
        for (at, _) in asked.iter().enumerate().filter(|(_, asked)| **asked) {
            self.answer_list(peer, at);
        }
    }

    /// A segment gets its first update.
    pub(super) fn announce(&mut self, number: u64) {
        let (Some(listings), Some(channel)) = (&mut self.listings, self.channels.get(number))
        else {
            return;
        };
        let (Kind::Segment(segment), Some(at)) = (&channel.kind, place_of_name(&channel.name))
        else {
            return;
        };
        let (name, chat) = (channel.name.clone(), &segment.name.chat);
        listings.lists[at].add(&name, chat);
        let may_open = |peer: &PeerId| {
            self.peers.get(peer).is_some_and(|state| chat.admits(&state.grant.user))
        };
        for peer in listings.listeners(at).filter(may_open).collect::<Vec<_>>() {
            self.send_names(peer, at, std::slice::from_ref(&name));
        }
    }

    pub(in crate::relay) fn forget_listener(&mut self, peer: PeerId) {
        if let Some(listings) = &mut self.listings {
            listings.listeners.remove(&peer);
        }
    }

    /// Begins with what is here: the store may not have it yet.
    fn ask_list(&mut self, at: usize) {
        let Some(listings) = &mut self.listings else { return };
        let list = &mut listings.lists[at];
        for channel in self.channels.iter() {
            if let Kind::Segment(segment) = &channel.kind
                && place_of_name(&channel.name) == Some(at)
                && !segment.claims.is_empty()
            {
                list.add(&channel.name, &segment.name.chat);
            }
        }
        if self.config.keeps {
            list.stage = Stage::Asked;
            let prefix = LIST_PREFIXES[at];
            self.outputs.push_back(Output::List { prefix, max: NAMES_MAX });
        } else {
            list.stage = Stage::Known;
            self.answer_listeners(at);
        }
    }

    fn answer_listeners(&mut self, at: usize) {
        let Some(listings) = &self.listings else { return };
        for peer in listings.listeners(at).collect::<Vec<_>>() {
            self.answer_list(peer, at);
        }
    }

    /// Tells a peer all that it may open.
    fn answer_list(&mut self, peer: PeerId, at: usize) {
        let (Some(listings), Some(state)) = (&self.listings, self.peers.get(&peer)) else { return };
        // Nothing is listed under a prefix for direct chats but what two users with IDs have.
        let is_direct = LIST_PREFIXES[at] == DIRECT_PREFIX;
        let user = if is_direct { state.grant.user.as_str() } else { "" };
        let names = listings.lists[at].names.get(user);
        let names: Vec<ChannelName> = names.into_iter().flatten().cloned().collect();
        if names.is_empty() {
            return self.send_names(peer, at, &[]);
        }
        names.chunks(MESSAGE_NAMES_MAX).for_each(|names| self.send_names(peer, at, names));
    }

    fn send_names(&mut self, peer: PeerId, at: usize, names: &[ChannelName]) {
        let names = write_names(names.iter().map(|name| &**name));
        let message = Message::Listed { prefix: LIST_PREFIXES[at], names: &names };
        self.send(peer, Class::Control, 0, &message);
    }
}

fn place_of(prefix: &str) -> Option<usize> {
    LIST_PREFIXES.iter().position(|known| *known == prefix)
}

fn place_of_name(name: &str) -> Option<usize> {
    LIST_PREFIXES.iter().position(|prefix| name.starts_with(prefix))
}
