//! Messages as they are shown: with their last edit, and who reacted.

use super::super::{MessageId, Unit, UnitId};
use super::Segment;
use super::run::Run;

/// A message as it is to be shown. Names and texts are as others wrote them: not yet safe for a
/// terminal ([`crate::chat::printable_text`]) or as HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// Which.
    pub id: MessageId,
    /// Its author's user ID.
    pub user: &'a str,
    /// What the author was called when they wrote it.
    pub name: &'a str,
    /// When, as the author says: Unix time in ms.
    pub at: u64,
    /// What it says, after all edits.
    pub text: &'a str,
    /// When it was edited last.
    pub edited_at: Option<u64>,
    /// The message that it answers, which may be deleted, or not be loaded.
    pub re: Option<MessageId>,
    /// Whether this user wrote it.
    pub is_own: bool,
    /// Whether the relay may not have it yet: it could still be lost with this device.
    pub is_pending: bool,
}

/// Who reacted alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction<'a> {
    /// The reaction.
    pub with: &'a str,
    /// User IDs and names, in the order of their reactions.
    pub by: Vec<(&'a str, &'a str)>,
    /// Whether this user is among them.
    pub is_own: bool,
}

impl Segment {
    /// The message at a place in the order, 0 for the oldest.
    pub fn message_at(&self, place: usize) -> Option<Message<'_>> {
        self.message(self.messages.get(place)?.id)
    }

    /// A message that is not deleted.
    pub fn message(&self, id: UnitId) -> Option<Message<'_>> {
        let run = self.runs.get(&id.client)?;
        let user = run.user.as_ref()?;
        let Unit::Message { at, text, re } = run.unit(id.clock)? else { return None };
        let edit = self.last_edit(id, run);
        if edit.is_some_and(|(_, text)| text.is_empty()) {
            return None;
        }
        Some(Message {
            id: self.message_id(id),
            user: user.as_str(),
            name: run.name_at(id.clock),
            at,
            text: edit.map_or(text, |(_, text)| text),
            edited_at: edit.map(|(at, _)| at),
            re: re.map(|re| re.of.in_segment(re.segment.unwrap_or(self.number))),
            is_own: self.is_own(id.client),
            is_pending: self.is_pending(id),
        })
    }

    /// All texts that a message had and that are not deleted, the latest first.
    pub fn history(&self, id: UnitId) -> Vec<&str> {
        let Some(run) = self.runs.get(&id.client) else { return Vec::new() };
        let Some(Unit::Message { text, .. }) = run.unit(id.clock) else { return Vec::new() };
        self.edits(id, run).map(|(_, _, edit)| edit).chain([text]).collect()
    }

    /// Where a message stands in the order; `None` if it is deleted or not here.
    pub fn place_of(&self, id: UnitId) -> Option<usize> {
        let at = self.message(id)?.at;
        self.messages.binary_search(&super::Key { at, id }).ok()
    }

    /// Reactions to a message, in the order of the first of each.
    pub fn reactions(&self, of: UnitId) -> Vec<Reaction<'_>> {
        let mut reactions: Vec<Reaction<'_>> = Vec::new();
        for key in self.amendments.get(&of).into_iter().flatten() {
            let Some(run) = self.runs.get(&key.id.client) else { continue };
            let (Some(Unit::React { with, on, .. }), Some(user)) =
                (run.unit(key.id.clock), &run.user)
            else {
                continue;
            };
            let place = reactions.iter().position(|known| known.with == with);
            let place = place.unwrap_or_else(|| {
                reactions.push(Reaction { with, by: Vec::new(), is_own: false });
                reactions.len() - 1
            });
            let reaction = &mut reactions[place];
            reaction.by.retain(|(known, _)| *known != user.as_str());
            if on {
                reaction.by.push((user.as_str(), run.name_at(key.id.clock)));
            }
            if self.is_own(key.id.client) {
                reaction.is_own = on;
            }
        }
        reactions.retain(|reaction| !reaction.by.is_empty());
        reactions
    }

    /// The edits of a message by its author, latest first.
    pub(super) fn edits<'a>(
        &'a self,
        of: UnitId,
        author: &'a Run,
    ) -> impl Iterator<Item = (UnitId, u64, &'a str)> {
        let keys = self.amendments.get(&of).into_iter().flatten().rev();
        keys.filter_map(move |key| {
            let run = self.runs.get(&key.id.client)?;
            match run.unit(key.id.clock)? {
                Unit::Edit { at, text, .. } if run.user == author.user => Some((key.id, at, text)),
                _ => None,
            }
        })
    }

    fn last_edit<'a>(&'a self, of: UnitId, author: &'a Run) -> Option<(u64, &'a str)> {
        self.edits(of, author).next().map(|(_, at, text)| (at, text))
    }
}
