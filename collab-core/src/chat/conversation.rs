//! One conversation: the segments of a chat that are loaded, as one list of messages.
//!
//! Changes nothing by itself: [`super::Chats`] loads segments and writes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::segment::{Message, Reaction, SEGMENT_UNITS, Segment};
use super::{Change, Chat, MessageId, Place, SegmentName};
use crate::wire::ErrorCode;

/// Changes that are kept for who shows the conversation; beyond, they are told to look again.
const CHANGES_MAX: usize = 4096;

/// As many segments that began while one was away are loaded at once.
const GAP_MAX: usize = 4;

/// Everything that is loaded of one conversation.
#[derive(Debug)]
pub struct Conversation {
    place: Place,
    pub(super) segments: BTreeMap<u32, Held>,
    /// Segments that the relay has, loaded or not.
    pub(super) listed: BTreeSet<u32>,
    changes: Vec<Change>,
}

/// A segment, and how far its channel has come.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) channel: Arc<str>,
    pub(super) segment: Segment,
    pub(super) stage: Stage,
    /// What comes was there before, so nobody is told that it arrives.
    pub(super) is_history: bool,
    /// Why the relay does not take or give it, as the owner was told.
    pub(super) refused: Option<ErrorCode>,
}

/// Where the channel of a segment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// To be opened.
    Wanted,
    /// Open; it may not be all here yet.
    Open,
    /// Open, and everything is here.
    Live,
    /// Everything was here; others need the channel more. Which closing this was.
    Parked(u64),
}

impl Stage {
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Live)
    }
}

impl Conversation {
    pub(super) const fn new(place: Place) -> Self {
        Self { place, segments: BTreeMap::new(), listed: BTreeSet::new(), changes: Vec::new() }
    }

    /// With whom.
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Messages that are loaded.
    pub fn len(&self) -> usize {
        self.segments().map(Segment::len).sum()
    }

    /// Whether no message is loaded.
    pub fn is_empty(&self) -> bool {
        self.segments().all(Segment::is_empty)
    }

    /// A loaded message by its place from the end: 0 is the newest.
    pub fn newest(&self, mut place: usize) -> Option<Message<'_>> {
        for segment in self.segments().rev() {
            match segment.len().checked_sub(place + 1) {
                Some(from_start) => return segment.message_at(from_start),
                None => place -= segment.len(),
            }
        }
        None
    }

    /// Loaded messages, newest first.
    pub fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        let of = |segment: &Segment| (0..segment.len()).rev();
        self.segments()
            .rev()
            .flat_map(move |segment| of(segment).filter_map(move |place| segment.message_at(place)))
    }

    /// A message, if it is loaded and not deleted.
    pub fn message(&self, id: MessageId) -> Option<Message<'_>> {
        self.segment(id.segment)?.message(id.unit())
    }

    /// Where a message stands from the end: 0 is the newest. `None` if it is not loaded, or deleted.
    pub fn place_of(&self, id: MessageId) -> Option<usize> {
        let segment = self.segment(id.segment)?;
        let from_end = segment.len() - 1 - segment.place_of(id.unit())?;
        let later = self.segments.range(id.segment + 1..).map(|(_, held)| held.segment.len());
        Some(from_end + later.sum::<usize>())
    }

    /// Reactions to a message.
    pub fn reactions(&self, id: MessageId) -> Vec<Reaction<'_>> {
        self.segment(id.segment).map_or_else(Vec::new, |segment| segment.reactions(id.unit()))
    }

    /// Whether the relay has older segments that are not loaded.
    pub fn has_older(&self) -> bool {
        self.next_older().is_some()
    }

    /// Whether some segment is on its way.
    pub fn is_loading(&self) -> bool {
        self.segments.values().any(|held| matches!(held.stage, Stage::Wanted | Stage::Open))
    }

    /// Loaded messages of others that were not marked as read.
    pub fn unread(&self) -> usize {
        self.segments().map(Segment::unread).sum()
    }

    /// When the latest was written: Unix time in ms; 0 for never.
    pub fn last_at(&self) -> u64 {
        self.segments().map(Segment::last_at).max().unwrap_or(0)
    }

    /// The number of segments that are loaded, or on their way.
    pub fn segments_count(&self) -> usize {
        self.segments.len()
    }

    /// Edits that the relay may not have.
    pub fn unsaved(&self) -> u64 {
        self.segments().map(Segment::unsaved).sum()
    }

    pub(super) fn segment(&self, number: u32) -> Option<&Segment> {
        self.segments.get(&number).map(|held| &held.segment)
    }

    pub(super) fn segment_mut(&mut self, number: u32) -> Option<&mut Segment> {
        self.segments.get_mut(&number).map(|held| &mut held.segment)
    }

    /// The newest segment that is known of.
    pub(super) fn newest_number(&self) -> u32 {
        let held = self.segments.last_key_value().map(|(&number, _)| number);
        held.max(self.listed.last().copied()).unwrap_or(0)
    }

    /// Where to write: the newest segment, or the next one once that is full.
    pub(super) fn writable_number(&self) -> u32 {
        let newest = self.newest_number();
        let is_full = self.segment(newest).is_some_and(|s| s.units() >= SEGMENT_UNITS);
        newest + u32::from(is_full)
    }

    /// The next segment to load on the way back.
    pub(super) fn next_older(&self) -> Option<u32> {
        let newest = self.newest_number();
        self.listed
            .range(..newest)
            .rev()
            .find(|number| !self.segments.contains_key(number))
            .copied()
    }

    /// Segments that began between the newest two that are held. Where they are too many to be loaded at
    /// once, what lies before them is forgotten instead, so that nothing is shown with a gap.
    pub(super) fn gap(&mut self) -> Vec<u32> {
        let newest = self.newest_number();
        let Some((&before, _)) = self.segments.range(..newest).next_back() else {
            return Vec::new();
        };
        let gap: Vec<u32> = self.listed.range(before + 1..newest).copied().collect();
        if gap.len() <= GAP_MAX {
            return gap;
        }
        self.segments.retain(|&number, held| number == newest || held.segment.unsaved() > 0);
        self.note(Change::Reset);
        Vec::new()
    }

    pub(super) fn note(&mut self, change: Change) {
        if self.changes.len() < CHANGES_MAX {
            self.changes.push(change);
        } else {
            self.changes = vec![Change::Reset];
        }
    }

    pub(super) fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    fn segments(&self) -> impl DoubleEndedIterator<Item = &Segment> {
        self.segments.values().map(|held| &held.segment)
    }
}

impl Held {
    pub(super) fn new(chat: &Chat, segment: Segment, is_history: bool) -> Self {
        let name = SegmentName { chat: chat.clone(), number: segment.number() };
        let channel = name.to_string().into();
        Self { channel, segment, stage: Stage::Wanted, is_history, refused: None }
    }
    /// The message of somebody else that a change brought, unless it was there before.
    pub(super) fn arrived(&self, change: Change) -> Option<MessageId> {
        let Change::Added(id) = change else { return None };
        (!self.is_history && self.segment.is_unread(id.unit())).then_some(id)
    }

    /// Whether anything of it is here, on its way, or remembered.
    pub(super) fn is_in_use(&self) -> bool {
        self.stage != Stage::Wanted || self.segment.units() > 0 || self.segment.has_read_mark()
    }
}
