//! Which segments' channels are open, and what goes through them.

use super::super::Segment;
use super::super::conversation::{Conversation, Held, Stage};
use super::super::pacer::BURST;
use super::super::{Chat, Place, SegmentName};
use super::{ChatEvent, Chats, prefix_of};
use crate::Timestamp;
use crate::sync::{Input, Session};
use crate::wire::ErrorCode;

/// Channels that are open at once. A relay allows 16 per connection (`channels_max`), of which some
/// belong to documents, and one tells who is here.
const OPEN_MAX: usize = 12;

impl Chats {
    /// Takes over what the session knows: the connection, the user, each channel's progress.
    pub(super) fn follow(&mut self, session: &mut Session) {
        let peer = session.status().peer;
        if self.peer != peer {
            if self.peer.is_some() {
                self.disconnected(session);
            }
            self.peer = peer;
        }
        self.follow_user(session);
        for (chat, conversation) in &mut self.conversations {
            let mut events = Vec::new();
            for (&number, held) in &mut conversation.segments {
                if held.stage.is_open() {
                    held.follow(&name(chat, number), session);
                }
                events.extend(held.refusal_to_tell());
            }
            let place = conversation.place();
            let refused = |code| ChatEvent::Refused { place: place.clone(), code };
            self.events.extend(events.into_iter().map(refused));
        }
    }

    /// The connection is gone: channels are opened again once the relay has listed what is new, since
    /// what was not sent yet belongs into the newest segment.
    fn disconnected(&mut self, session: &mut Session) {
        self.listed.clear();
        for (chat, conversation) in &mut self.conversations {
            let newest = conversation.newest_number();
            for (&number, held) in &mut conversation.segments {
                if held.stage.is_open() {
                    session.close(&name(chat, number));
                }
                if held.stage.is_open() || number == newest {
                    held.stage = Stage::Wanted;
                }
            }
        }
    }

    /// Opens channels that are wanted, as far as the relay allows, newest first.
    pub(super) fn open_wanted(&mut self, now: Timestamp, session: &mut Session) {
        if self.peer.is_none() {
            return;
        }
        while let Some((chat, number)) = self.next_wanted() {
            if self.open_count() >= OPEN_MAX && !self.park_one(session) {
                return;
            }
            self.open(now, session, &chat, number);
        }
    }

    fn next_wanted(&self) -> Option<(Chat, u32)> {
        let listed =
            |conversation: &&Conversation| self.listed.contains(prefix_of(conversation.place()));
        let of = |(chat, conversation): (&Chat, &Conversation)| {
            let is_wanted = |held: &Held| held.stage == Stage::Wanted;
            let wanted = conversation.segments.iter().rev().find(|(_, held)| is_wanted(held));
            wanted.map(|(&number, _)| (chat.clone(), number))
        };
        self.conversations.iter().filter(|(_, conversation)| listed(conversation)).find_map(of)
    }

    fn open_count(&self) -> usize {
        let held = self.conversations.values().flat_map(|c| c.segments.values());
        held.filter(|held| held.stage.is_open()).count()
    }

    /// Closes the channel that will be missed least: everything of it is here, and it was quiet for
    /// longest. False if there is none.
    fn park_one(&mut self, session: &mut Session) -> bool {
        let quiet = |held: &Held| held.stage == Stage::Live && held.segment.unsaved() == 0;
        let mut candidates = Vec::new();
        for (chat, conversation) in &self.conversations {
            let newest = conversation.newest_number();
            for (&number, held) in conversation.segments.iter().filter(|(_, held)| quiet(held)) {
                let is_newest = number == newest;
                if !(is_newest && *conversation.place() == Place::Room) {
                    candidates.push((is_newest, held.segment.last_at(), chat.clone(), number));
                }
            }
        }
        let Some((_, _, chat, number)) = candidates.into_iter().min() else { return false };
        session.close(&name(&chat, number));
        self.set_stage(&chat, number, Stage::Parked);
        true
    }

    fn open(&mut self, now: Timestamp, session: &mut Session, chat: &Chat, number: u32) {
        let channel = name(chat, number);
        self.set_stage(chat, number, Stage::Open);
        // Names of segments are channel names.
        let _ = session.open(&channel);
        let held = self.conversations.get(chat).and_then(|c| c.segment(number));
        let unsaved = held.map_or(0, Segment::in_flight);
        if unsaved > 0 {
            session.handle(now, Input::Restored { channel: &channel, unsaved }, self);
        }
    }

    fn set_stage(&mut self, chat: &Chat, number: u32, stage: Stage) {
        let conversation = self.conversations.get_mut(chat);
        if let Some(held) = conversation.and_then(|c| c.segments.get_mut(&number)) {
            held.stage = stage;
        }
    }

    /// Gives to the session what was written, as fast as the relay takes it.
    pub(super) fn release(&mut self, now: Timestamp, session: &mut Session) {
        self.is_paced = false;
        let mut allowed = self.pacer.allowed(now);
        let before = allowed;
        let mut updates = Vec::new();
        for (chat, conversation) in &mut self.conversations {
            for (&number, held) in &mut conversation.segments {
                let channel = name(chat, number);
                for deletion in held.segment.release_deletions() {
                    if held.stage.is_open() {
                        updates.push((channel.clone(), deletion));
                    }
                }
                if held.segment.unreleased() == 0 || !held.is_taking(&channel, session) {
                    continue;
                }
                while let Some((update, units)) = held.segment.release(allowed.min(held.room())) {
                    allowed -= units;
                    updates.push((channel.clone(), update));
                }
                self.is_paced |= held.segment.unreleased() > 0 && allowed == 0;
            }
        }
        self.pacer.spend(now, before - allowed);
        for (channel, update) in updates {
            let edited = Input::Edited { channel: &channel, update: update.into() };
            session.handle(now, edited, self);
        }
    }
}

impl Held {
    /// Takes over the progress of its channel.
    fn follow(&mut self, channel: &str, session: &Session) {
        let Some(progress) = session.progress(channel) else { return };
        if progress.is_live {
            self.stage = Stage::Live;
            self.is_history = false;
        }
        self.refusal = progress.refused;
        self.segment.acknowledged(progress.unsaved);
    }

    /// Units that may go on their way with those that are: so many as the relay takes at once, since
    /// after a reconnect they all go in one push.
    fn room(&self) -> u32 {
        BURST.saturating_sub(self.segment.units_in_flight())
    }

    fn is_taking(&self, channel: &str, session: &Session) -> bool {
        self.stage == Stage::Live && session.progress(channel).is_some_and(|p| p.is_live)
    }

    /// A refusal that was not told yet.
    fn refusal_to_tell(&mut self) -> Option<ErrorCode> {
        let news = self.refusal.filter(|_| self.refusal != self.told);
        self.told = self.refusal;
        news
    }
}

fn name(chat: &Chat, number: u32) -> String {
    SegmentName { chat: chat.clone(), number }.to_string()
}
