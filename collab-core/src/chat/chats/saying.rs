//! Writing: messages, edits, deletions, reactions; and moving what was not sent yet.

use std::collections::BTreeMap;

use super::super::conversation::Conversation;
use super::super::segment::Withdrawn;
use super::super::unit::Re;
use super::super::{
    MessageId, Place, REACTION_MAX_BYTES, Segment, TEXT_MAX_BYTES, Unit, UnitId, UserId,
};
use super::Chats;
use crate::Timestamp;

/// Why something was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SayError {
    /// Nothing to say.
    #[error("nothing to say")]
    Empty,
    /// Longer than [`TEXT_MAX_BYTES`], or than [`REACTION_MAX_BYTES`] for a reaction.
    #[error("{bytes} bytes are too long")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// This user is not known yet, or anonymous, or may only read.
    #[error("may not write")]
    MayNotWrite,
    /// A direct conversation with oneself.
    #[error("nobody to talk to")]
    Nobody,
    /// A direct conversation among peers.
    #[error("no direct messages among peers: whoever passes them on could read them")]
    NotAmongPeers,
    /// A message that is not loaded, or deleted.
    #[error("no such message")]
    NoSuchMessage,
    /// Somebody else's message.
    #[error("somebody else's message")]
    NotOwn,
}

/// What was taken back, by segment.
pub(super) type Unsent = Vec<(u32, Vec<Withdrawn>)>;

impl Chats {
    /// Writes a message, connected or not; it answers `re`. Sent by [`Chats::settle`].
    ///
    /// What was not sent may move, under another ID, to a newer segment that the relay lists.
    pub fn say(
        &mut self,
        now: Timestamp,
        place: &Place,
        text: &str,
        re: Option<MessageId>,
    ) -> Result<MessageId, SayError> {
        check_text(text, TEXT_MAX_BYTES)?;
        self.writer()?;
        let number = self.begin_with(place)?.writable_number();
        self.want(place, number, false);
        let re = re
            .map(|re| Re { of: re.unit(), segment: (re.segment != number).then_some(re.segment) });
        let at = self.next_at(now, place, number);
        self.write(place, number, &Unit::Message { at, text, re })
    }

    /// Replaces the text of an own message.
    pub fn edit(
        &mut self,
        now: Timestamp,
        place: &Place,
        id: MessageId,
        text: &str,
    ) -> Result<(), SayError> {
        check_text(text, TEXT_MAX_BYTES)?;
        self.own_message(place, id)?;
        let at = self.next_at(now, place, id.segment);
        self.write(place, id.segment, &Unit::Edit { at, of: id.unit(), text }).map(drop)
    }

    /// Sets a reaction to a message, or takes it back.
    pub fn react(
        &mut self,
        now: Timestamp,
        place: &Place,
        id: MessageId,
        with: &str,
        on: bool,
    ) -> Result<(), SayError> {
        check_text(with, REACTION_MAX_BYTES)?;
        let message = self.conversation(place).and_then(|c| c.message(id));
        message.ok_or(SayError::NoSuchMessage)?;
        let at = self.next_at(now, place, id.segment);
        self.write(place, id.segment, &Unit::React { at, of: id.unit(), with, on }).map(drop)
    }

    /// Deletes an own message with its edits. Among peers, where deletions carry no signature, by an edit
    /// that leaves nothing.
    pub fn delete(&mut self, place: &Place, id: MessageId) -> Result<(), SayError> {
        self.own_message(place, id)?;
        self.writer()?;
        if self.seal.is_some() {
            let at = self.next_at(Timestamp::default(), place, id.segment);
            return self
                .write(place, id.segment, &Unit::Edit { at, of: id.unit(), text: "" })
                .map(drop);
        }
        let segment = self.conversation_mut(place).and_then(|c| c.segment_mut(id.segment));
        segment.ok_or(SayError::NoSuchMessage)?.delete(id.unit());
        Ok(())
    }

    fn own_message(&self, place: &Place, id: MessageId) -> Result<(), SayError> {
        let message = self.conversation(place).and_then(|c| c.message(id));
        if message.ok_or(SayError::NoSuchMessage)?.is_own { Ok(()) } else { Err(SayError::NotOwn) }
    }

    fn writer(&self) -> Result<UserId, SayError> {
        let writer = self.own.clone().filter(|_| self.may_write);
        writer.ok_or(SayError::MayNotWrite)
    }

    /// Later than everything that was seen there.
    fn next_at(&self, now: Timestamp, place: &Place, number: u32) -> u64 {
        let segment = self.conversation(place).and_then(|c| c.segment(number));
        let seen = segment.map_or(0, super::super::Segment::last_at);
        now.as_millis().max(seen + 1)
    }

    fn write(
        &mut self,
        place: &Place,
        number: u32,
        unit: &Unit<'_>,
    ) -> Result<MessageId, SayError> {
        let (user, name) = (self.writer()?, self.name.clone());
        let segment = self.conversation_mut(place).and_then(|c| c.segment_mut(number));
        let segment = segment.ok_or(SayError::NoSuchMessage)?;
        Ok(segment.write(&user, &name, unit).in_segment(number))
    }

    /// Moves what this process wrote and did not send to the newest segment, now that it is known.
    pub(super) fn move_unsent(&mut self, place: &Place) {
        let Some(conversation) = self.conversation_mut(place) else { return };
        let newest = conversation.newest_number();
        let older = conversation.segments.range_mut(..newest);
        let withdrawn = older.map(|(&number, held)| (number, held.segment.withdraw())).collect();
        // That they are gone from there is told before their segment may go.
        self.drain();
        let Some(conversation) = self.conversation_mut(place) else { return };
        // Nobody looked at what was held only for these.
        conversation.segments.retain(|&number, held| number == newest || held.is_in_use());
        self.write_again(place, withdrawn);
    }

    /// Takes back everything that this process wrote and did not send; `all`: earlier ones too, since
    /// the user becomes another one, who cannot send it as it is.
    pub(super) fn withdraw_unsent(&mut self, all: bool) -> Vec<(Place, Unsent)> {
        let take = if all { Segment::withdraw_all } else { Segment::withdraw };
        let withdraw = |conversation: &mut Conversation| {
            let segments = conversation.segments.iter_mut();
            let units = segments.map(|(&number, held)| (number, take(&mut held.segment))).collect();
            (conversation.place().clone(), units)
        };
        self.conversations.values_mut().map(withdraw).collect()
    }

    pub(super) fn write_all_again(&mut self, unsent: Vec<(Place, Unsent)>) {
        for (place, withdrawn) in unsent {
            self.write_again(&place, withdrawn);
        }
    }

    /// The user is another one than was thought, or is known at last.
    pub(super) fn become_user(&mut self, user: Option<UserId>) {
        self.own = user;
        // What was said in private under another name was said by somebody else.
        self.conversations.retain(|_, conversation| *conversation.place() == Place::Room);
        for conversation in self.conversations.values_mut() {
            for held in conversation.segments.values_mut() {
                held.segment.set_own(self.own.clone());
            }
        }
    }

    /// Writes withdrawn units again. Who may not write any more loses what was never sent.
    fn write_again(&mut self, place: &Place, withdrawn: Unsent) {
        let mut moved = BTreeMap::new();
        for (number, units) in withdrawn {
            for Withdrawn { id, raw } in &units {
                let Ok(unit) = Unit::read(raw) else { continue };
                if let Some(written) = self.write_unit_again(place, number, unit, &moved) {
                    moved.insert(id.in_segment(number), written);
                }
            }
        }
    }

    /// A message goes to the newest segment, what changes one to where that is now; `moved` tells of
    /// those that have moved already.
    fn write_unit_again(
        &mut self,
        place: &Place,
        number: u32,
        unit: Unit<'_>,
        moved: &BTreeMap<MessageId, MessageId>,
    ) -> Option<MessageId> {
        let now_at = |of: UnitId, segment| {
            let old = of.in_segment(segment);
            moved.get(&old).copied().unwrap_or(old)
        };
        let (segment, unit) = match unit {
            Unit::Message { at, text, re } => {
                let re = re.map(|re| now_at(re.of, re.segment.unwrap_or(number)));
                return self.say(Timestamp::from_millis(at), place, text, re).ok();
            }
            Unit::Edit { at, of, text } => {
                let to = now_at(of, number);
                (to.segment, Unit::Edit { at, of: to.unit(), text })
            }
            Unit::React { at, of, with, on } => {
                let to = now_at(of, number);
                (to.segment, Unit::React { at, of: to.unit(), with, on })
            }
            Unit::Iam { .. } | Unit::Unknown => return None,
        };
        self.write(place, segment, &unit).ok()
    }
}

fn check_text(text: &str, max_bytes: usize) -> Result<(), SayError> {
    if text.is_empty() {
        return Err(SayError::Empty);
    }
    let bytes = text.len();
    if bytes > max_bytes { Err(SayError::TooLong { bytes }) } else { Ok(()) }
}
