//! Pushes into chats, and what a new grant changes in them.

use std::time::Duration;

use super::inspect::{Author, Refused, inspect};
use super::{Authorship, Kind, Segment};
use crate::Timestamp;
use crate::chat::SegmentName;
use crate::log::{self, Checked};
use crate::relay::channel::{Channel, State};
use crate::relay::push::{Push, Verdict};
use crate::relay::{Class, PeerId, Room};
use crate::wire::{ErrorCode, Grant, Message};

/// What somebody waits who begins a segment too early.
const EARLY_WAIT: Duration = Duration::from_secs(1);

impl Room {
    /// The last question to a push that may enter any other channel: may it enter this one? If so,
    /// its author's claims are noted.
    pub(in crate::relay) fn admit_to_chat(
        &mut self,
        now: Timestamp,
        push: Push<'_>,
        checked: Checked,
    ) -> Result<Verdict, Refused> {
        let channel = self.channels.get(push.number);
        let Some((state, segment)) = channel.and_then(segment_of) else {
            return Ok(Verdict::New(checked, None));
        };
        let (Some(peer), State::Ready(ready)) = (self.peers.get(&push.peer), state) else {
            return Err((ErrorCode::ChannelUnknown, "channel is not open"));
        };
        let channel = self.config.authorship.is_sealed().then(|| segment.name.to_string());
        let seals = channel.as_deref().and_then(|name| self.config.authorship.seals(name));
        let author = Author { grant: &peer.grant, now, limits: &self.config.chat, seals };
        let is_deleted = |client, start, end| ready.log.deletes(client, start, end);
        let admitted = inspect(&segment.claims, author, push.update, is_deleted)?;
        let begins = segment.claims.is_empty();
        if begins && !self.may_begin(&segment.name) {
            return Ok(Verdict::Limited(EARLY_WAIT));
        }
        let user = peer.grant.user.clone();
        if let Err(wait) = self.rates.take(now, &user, admitted.cost, &self.config.chat) {
            return Ok(Verdict::Limited(wait));
        }
        let checked = match &admitted.update {
            None => checked,
            Some(update) => log::check(update, usize::MAX)
                .map_err(|refusal| (refusal.code(), "update refused"))?,
        };
        if let Some(claims) = self.channels.get_mut(push.number).and_then(|c| c.kind.claims()) {
            match self.config.authorship {
                Authorship::Granted => claims.add(&user, &admitted.ends),
                Authorship::Sealed { .. } => claims
                    .learn(admitted.update.as_deref().unwrap_or(push.update))
                    .map_err(|refusal| (refusal.code(), "update refused"))?,
            }
        }
        if begins {
            self.announce(push.number);
        }
        Ok(Verdict::New(checked, admitted.update))
    }

    /// How long a peer whose push was limited has to wait for one more unit.
    pub(in crate::relay) fn wait_of(&self, now: Timestamp, peer: PeerId) -> Duration {
        let user = self.peers.get(&peer).map(|peer| &*peer.grant.user);
        self.rates.wait(now, user.unwrap_or_default(), 1, &self.config.chat)
    }

    /// A segment begins where the one before it is open here and holds enough: else somebody could
    /// use up the numbers, or scatter the history.
    fn may_begin(&self, name: &SegmentName) -> bool {
        let Some(number) = name.number.checked_sub(1) else { return true };
        let before = SegmentName { chat: name.chat.clone(), number }.to_string();
        let channel = self.channels.number(&before).and_then(|number| self.channels.get(number));
        let segment = channel.and_then(segment_of);
        segment.is_some_and(|(_, s)| s.claims.units() >= self.config.chat.segment_units_min)
    }

    /// A peer may be somebody else now: what was theirs before must not stay open, nor be seen under
    /// their old name.
    pub(in crate::relay) fn regranted(&mut self, now: Timestamp, peer: PeerId, before: &Grant) {
        let Some(state) = self.peers.get(&peer) else { return };
        let grant = state.grant.clone();
        if grant.user == before.user && grant.name == before.name {
            return;
        }
        for number in state.channels.keys().copied().collect::<Vec<_>>() {
            let Some(channel) = self.channels.get_mut(number) else { continue };
            if !channel.kind.admits(&grant.user) {
                self.refuse(peer, number, ErrorCode::Forbidden, 0, "not in this conversation");
                self.close_channel(now, peer, number);
            } else if matches!(channel.kind, Kind::People) {
                if let Some(gone) = channel.presence.leave(now, (peer, self.newest_peer)) {
                    self.broadcast_presence(number, &gone);
                }
                self.send(peer, Class::Control, number, &Message::QueryAwareness);
            }
        }
        self.list_again(peer);
    }
}

/// A channel's state and its segment, if it is one.
fn segment_of(channel: &Channel) -> Option<(&State, &Segment)> {
    match &channel.kind {
        Kind::Segment(segment) => Some((&channel.state, segment)),
        Kind::Document | Kind::People => None,
    }
}
