//! Chats in a room (PROTOCOL section 7): which channels they are, who may open and write them, who
//! hears that they exist.
//!
//! Everything here works on encoded updates and names; a channel that is no chat pays one branch.

mod claims;
mod entry;
mod inspect;
mod listing;
pub(super) mod people;
mod rate;
mod sealed;
#[cfg(test)]
mod tests;

pub(super) use claims::Claims;
pub(super) use listing::Listings;
pub(super) use rate::Rates;
use sealed::Seals;

use std::sync::Arc;

use super::presence::Lifetime;
use crate::chat::{
    Chat, DIRECT_PREFIX, PRESENCE_CHANNEL, ROOM_PREFIX, SegmentName, UnitLimits, Verify,
};
use crate::wire::{Access, Grant};

/// What a channel is for.
#[derive(Debug)]
pub(super) enum Kind {
    /// Anything that is no chat.
    Document,
    /// The presence of those who chat.
    People,
    /// A segment of a chat.
    Segment(Box<Segment>),
}

/// A segment of a chat, and whose its client IDs are.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) name: SegmentName,
    pub(super) claims: Claims,
}

/// By what a relay knows who wrote a unit.
#[derive(Clone, Debug, Default)]
pub enum Authorship {
    /// By the grant of the connection that it came over.
    #[default]
    Granted,
    /// By its signature, whoever brought it: among peers (PROTOCOL section 7, "Peers").
    Sealed {
        /// The room's name, which signatures cover.
        room: Arc<str>,
        /// Verifies Ed25519.
        verify: Verify,
    },
}

/// What the room's chats accept (PROTOCOL section 7). `Default` gives PROTOCOL's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatLimits {
    /// Of one unit.
    pub unit: UnitLimits,
    /// Units that a user may write in a second, on average.
    pub rate_per_s: u32,
    /// Units that a user may write at once after a pause.
    pub burst: u32,
    /// Units in one push. More than `burst` are taken after a pause, and cost one.
    pub push_units_max: usize,
    /// Client IDs in one segment.
    pub clients_max: usize,
    /// Units that a segment holds before the next one may begin.
    pub segment_units_min: u64,
}

impl Default for ChatLimits {
    fn default() -> Self {
        Self {
            unit: UnitLimits::default(),
            rate_per_s: 20,
            burst: 200,
            push_units_max: 2_000,
            clients_max: 4_096,
            segment_units_min: 500,
        }
    }
}

impl Authorship {
    const fn is_sealed(&self) -> bool {
        matches!(self, Self::Sealed { .. })
    }

    /// What signatures in a channel must cover, if they count.
    fn seals<'a>(&'a self, channel: &'a str) -> Option<Seals<'a>> {
        match self {
            Self::Granted => None,
            Self::Sealed { room, verify } => Some(Seals { room, channel, verify: *verify }),
        }
    }
}

impl PartialEq for Authorship {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Granted, Self::Granted) => true,
            // There is one way to verify Ed25519.
            (Self::Sealed { room, .. }, Self::Sealed { room: other, .. }) => room == other,
            _ => false,
        }
    }
}

impl Eq for Authorship {}

impl Kind {
    /// What the channel of this name is for; `None` if it looks like a chat and is none.
    pub(super) fn of(name: &str) -> Option<Self> {
        if name == PRESENCE_CHANNEL {
            return Some(Self::People);
        }
        if !name.starts_with(ROOM_PREFIX) && !name.starts_with(DIRECT_PREFIX) {
            return Some(Self::Document);
        }
        let name = SegmentName::parse(name)?;
        Some(Self::Segment(Box::new(Segment { name, claims: Claims::default() })))
    }

    /// How long presence lasts in it.
    pub(super) const fn lifetime(&self, authorship: &Authorship) -> Lifetime {
        match self {
            Self::People if authorship.is_sealed() => Lifetime::Renewal,
            Self::People => Lifetime::Connection,
            Self::Document | Self::Segment(_) => Lifetime::Both,
        }
    }

    /// Whether this user may open it.
    pub(super) fn admits(&self, user: &str) -> bool {
        match self {
            Self::Segment(segment) => segment.name.chat.admits(user),
            Self::Document | Self::People => true,
        }
    }

    /// What a grant allows in it: who is nobody can be no author.
    pub(super) fn access(&self, grant: &Grant) -> Access {
        match self {
            Self::People => Access::Read,
            Self::Segment(_) if grant.user.is_empty() => Access::Read,
            Self::Segment(_) | Self::Document => grant.access,
        }
    }

    /// Whether only two may know that it exists.
    pub(super) const fn is_direct(&self) -> bool {
        matches!(self, Self::Segment(segment) if matches!(segment.name.chat, Chat::Direct(..)))
    }

    /// Whether it is a segment in which nothing was said.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Segment(segment) if segment.claims.is_empty())
    }

    pub(super) const fn is_segment(&self) -> bool {
        matches!(self, Self::Segment(_))
    }

    /// The claims in a segment.
    pub(super) fn claims(&mut self) -> Option<&mut Claims> {
        match self {
            Self::Segment(segment) => Some(&mut segment.claims),
            Self::Document | Self::People => None,
        }
    }
}
