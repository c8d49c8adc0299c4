//! Which segments' channels are open, and what goes through them.

use std::time::Duration;

use super::super::Chat;
use super::super::conversation::{Conversation, Held, Stage};
use super::super::pacer::BURST;
use super::{ChatEvent, Chats, prefix_of};
use crate::Timestamp;
use crate::sync::{Input, Session};
use crate::wire::ErrorCode;

/// Channels that are open at once. A relay allows 16 per connection (`channels_max`), of which some
/// belong to documents, and one tells who is here.
const OPEN_MAX: usize = 12;

/// Who has more conversations than channels looks into one of the others so often.
const VISIT_INTERVAL: Duration = Duration::from_secs(10);

impl Chats {
    /// Takes over what the session knows: the connection, the user, each channel's progress.
    pub(super) fn follow(&mut self, session: &mut Session) {
        let peer = session.status().peer;
        if self.peer != peer {
            if self.peer.is_some() {
                self.disconnected(session);
            }
            self.peer = peer;
            self.first_peer = self.first_peer.or(peer);
        }
        self.follow_user(session);
        for conversation in self.conversations.values_mut() {
            let mut refusals = Vec::new();
            for held in conversation.segments.values_mut().filter(|held| held.stage.is_open()) {
                if let Some(code) = held.follow(session) {
                    refusals.push((code, held.give_up(code, session)));
                }
            }
            let place = conversation.place();
            let refused = |(code, texts)| ChatEvent::Refused { place: place.clone(), code, texts };
            self.events.extend(refusals.into_iter().map(refused));
        }
    }

    /// The connection is gone: channels are opened again once the relay has listed what is new, since
    /// what was not sent yet belongs into the newest segment.
    fn disconnected(&mut self, session: &mut Session) {
        self.listed.clear();
        for conversation in self.conversations.values_mut() {
            let newest = conversation.newest_number();
            for (&number, held) in &mut conversation.segments {
                if held.stage.is_open() {
                    session.close(&held.channel);
                }
                if held.stage.is_open() || number == newest {
                    held.stage = Stage::Wanted;
                }
            }
        }
    }

    /// Another user has other direct chats.
    pub(super) fn close_direct(&mut self, session: &mut Session) {
        let direct = self.conversations.iter().filter(|(chat, _)| **chat != Chat::Room);
        for held in direct.flat_map(|(_, conversation)| conversation.segments.values()) {
            session.close(&held.channel);
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

    /// Opens parked channels again: where something waits to be sent, and, one at a time, the ends of
    /// conversations, since nothing else tells that somebody wrote there.
    pub(super) fn want_parked(&mut self, now: Timestamp) {
        let mut quiet = Vec::new();
        for (chat, conversation) in &mut self.conversations {
            let newest = conversation.newest_number();
            for (&number, held) in &mut conversation.segments {
                let Stage::Parked(parking) = held.stage else { continue };
                if held.segment.unsaved() > 0 {
                    held.stage = Stage::Wanted;
                } else if number == newest {
                    quiet.push((parking, chat.clone(), number));
                }
            }
        }
        let next = now + VISIT_INTERVAL;
        let Some((_, chat, number)) = quiet.into_iter().min() else {
            self.visit_at = None;
            return;
        };
        // A clock that was set back must not make it wait for long.
        let at = self.visit_at.map_or(next, |at| at.min(next));
        self.visit_at = Some(at);
        if at <= now {
            self.visit_at = Some(next);
            if let Some(held) = self.held_mut(&chat, number) {
                held.stage = Stage::Wanted;
            }
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
        let mut candidates = Vec::new();
        for (chat, conversation) in &self.conversations {
            let newest = conversation.newest_number();
            for (&number, held) in conversation.segments.iter().filter(|(_, held)| held.is_quiet())
            {
                // The one before it must be open for the next one to begin.
                let is_newest = number + 1 >= newest;
                if !(is_newest && *chat == Chat::Room) {
                    candidates.push((is_newest, held.segment.last_at(), chat.clone(), number));
                }
            }
        }
        let Some((_, _, chat, number)) = candidates.into_iter().min() else { return false };
        let parking = self.parkings;
        let Some(held) = self.held_mut(&chat, number) else { return false };
        session.close(&held.channel);
        held.stage = Stage::Parked(parking);
        self.parkings += 1;
        true
    }

    fn open(&mut self, now: Timestamp, session: &mut Session, chat: &Chat, number: u32) {
        let Some(held) = self.held_mut(chat, number) else { return };
        held.stage = Stage::Open;
        let (channel, unsaved) = (held.channel.clone(), held.segment.in_flight());
        // Names of segments are channel names.
        let _ = session.open(&channel);
        if unsaved > 0 {
            session.handle(now, Input::Restored { channel: &channel, unsaved }, self);
        }
    }

    fn held_mut(&mut self, chat: &Chat, number: u32) -> Option<&mut Held> {
        self.conversations.get_mut(chat)?.segments.get_mut(&number)
    }

    /// Gives to the session what was written, as fast as the relay takes it.
    pub(super) fn release(&mut self, now: Timestamp, session: &mut Session) {
        let mut waits = false;
        let mut allowed = self.pacer.allowed(now);
        let before = allowed;
        let mut updates = Vec::new();
        let conversations = self.conversations.values_mut();
        for held in conversations.flat_map(|conversation| conversation.segments.values_mut()) {
            // What is deleted while the channel is closed goes with its first diff.
            let deletions = held.segment.release_deletions().into_iter();
            let deletions = deletions.filter(|_| held.stage.is_open());
            updates.extend(deletions.map(|update| (held.channel.clone(), update)));
            if held.segment.unreleased() == 0 || !held.is_taking(session) {
                continue;
            }
            while let Some((update, units)) = held.segment.release(allowed.min(held.room())) {
                allowed -= units;
                updates.push((held.channel.clone(), update));
            }
            waits |= held.segment.unreleased() > 0 && allowed == 0;
        }
        self.pacer.spend(now, before - allowed);
        self.paced_until = waits.then(|| self.pacer.ready_at());
        for (channel, update) in updates {
            let edited = Input::Edited { channel: &channel, update: update.into() };
            session.handle(now, edited, self);
        }
    }
}

impl Held {
    /// Takes over the progress of its channel. Returns a refusal that is news.
    fn follow(&mut self, session: &Session) -> Option<ErrorCode> {
        let progress = session.progress(&self.channel)?;
        if progress.is_live {
            self.stage = Stage::Live;
            if std::mem::take(&mut self.is_history) {
                self.segment.mark_read();
            }
        }
        self.segment.acknowledged(progress.unsaved);
        let news = progress.refused.filter(|_| progress.refused != self.refused);
        self.refused = progress.refused;
        news
    }

    /// What the relay will never take is taken out, and the channel opened again without it. Returns
    /// the texts of messages among it. Where there is nothing to take out, another attempt would end
    /// alike: then the channel stays as it is until the next connection.
    fn give_up(&mut self, code: ErrorCode, session: &mut Session) -> Vec<String> {
        if !is_final(code) || self.segment.in_flight() == 0 {
            return Vec::new();
        }
        session.close(&self.channel);
        self.stage = Stage::Wanted;
        self.refused = None;
        self.segment.retreat()
    }

    /// Whether it can be closed without losing sight of anything.
    fn is_quiet(&self) -> bool {
        self.stage == Stage::Live && self.segment.unsaved() == 0
    }

    /// Units that may go on their way with those that are: so many as the relay takes at once, since
    /// after a reconnect they all go in one push.
    fn room(&self) -> u32 {
        BURST.saturating_sub(self.segment.units_in_flight())
    }

    fn is_taking(&self, session: &Session) -> bool {
        self.stage == Stage::Live && session.progress(&self.channel).is_some_and(|p| p.is_live)
    }
}

/// Whether a push will be refused again.
const fn is_final(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NotAuthor
            | ErrorCode::ChatRefused
            | ErrorCode::UpdateMalformed
            | ErrorCode::UpdateUnsafe
            | ErrorCode::UpdateTooLarge
    )
}
