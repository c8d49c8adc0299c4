//! The units of one client ID in one segment.

use super::super::{Unit, UnitId, UserId};

/// What one client ID wrote, from its unit 0 on.
#[derive(Debug)]
pub(super) struct Run {
    /// Whose it is, as unit 0 says. Nothing of a run without one is shown.
    pub(super) user: Option<UserId>,
    /// What they are called, from which unit on.
    names: Vec<(u32, Box<str>)>,
    /// The units as they were written; nothing is left of a deleted one.
    units: Vec<Box<[u8]>>,
    /// Units that the session may have sent. Only they are told to others; the rest waits, and can
    /// still be taken back.
    pub(super) released: u32,
}

/// What a unit means for what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noted {
    /// Nothing.
    Nothing,
    /// A message.
    Message { at: u64 },
    /// A change of this message, whoever may change it.
    Amendment { at: u64, of: UnitId },
}

impl Run {
    pub(super) const fn new() -> Self {
        Self { user: None, names: Vec::new(), units: Vec::new(), released: 0 }
    }

    /// The clock of the next unit.
    pub(super) fn len(&self) -> u32 {
        self.units.len() as u32
    }

    /// Adds a unit; empty for a deleted one.
    pub(super) fn push(&mut self, raw: Box<[u8]>) -> Noted {
        let noted = match Unit::read(&raw) {
            Ok(Unit::Iam { user, name }) => {
                self.claim(user, name);
                Noted::Nothing
            }
            _ if self.user.is_none() => Noted::Nothing,
            Ok(Unit::Message { at, .. }) => Noted::Message { at },
            Ok(Unit::Edit { at, of, .. } | Unit::React { at, of, .. }) => {
                Noted::Amendment { at, of }
            }
            Ok(Unit::Unknown) | Err(_) => Noted::Nothing,
        };
        self.units.push(raw);
        noted
    }

    /// The unit that comes next says whose the run is. The first one decides that, all others only
    /// what its user is called.
    fn claim(&mut self, user: &str, name: &str) {
        let clock = self.len();
        if clock == 0 {
            self.user = UserId::new(user).ok();
        }
        if self.user.as_ref().is_some_and(|known| known.as_str() == user) {
            self.names.push((clock, name.into()));
        }
    }

    /// The unit as it was written; empty if it is deleted or not there.
    pub(super) fn raw(&self, clock: u32) -> &[u8] {
        self.units.get(clock as usize).map_or(&[], |raw| raw)
    }

    /// The unit, if it can be read and is not deleted.
    pub(super) fn unit(&self, clock: u32) -> Option<Unit<'_>> {
        Unit::read(self.raw(clock)).ok()
    }

    pub(super) fn is_deleted(&self, clock: u32) -> bool {
        self.units.get(clock as usize).is_some_and(|raw| raw.is_empty())
    }

    /// Forgets what a unit said.
    pub(super) fn delete(&mut self, clock: u32) {
        if let Some(raw) = self.units.get_mut(clock as usize) {
            *raw = Box::default();
        }
    }

    /// Forgets the units from `clock` on.
    pub(super) fn truncate(&mut self, clock: u32) {
        self.names.retain(|&(named, _)| named < clock);
        if clock == 0 {
            self.user = None;
        }
        self.units.truncate(clock as usize);
        self.released = self.released.min(clock);
    }

    /// What its user was called when they wrote `clock`.
    pub(super) fn name_at(&self, clock: u32) -> &str {
        let named = self.names.partition_point(|&(from, _)| from <= clock);
        named.checked_sub(1).map_or("", |last| &self.names[last].1)
    }

    /// Ranges of units below `end` that are deleted, or that are not, in turn: `(start, end, deleted)`.
    pub(super) fn stretches(&self, start: u32, end: u32) -> impl Iterator<Item = (u32, u32, bool)> {
        let mut at = start;
        std::iter::from_fn(move || {
            let (from, deleted) = (at, self.is_deleted(at));
            while at < end && self.is_deleted(at) == deleted {
                at += 1;
            }
            (from < at).then_some((from, at, deleted))
        })
    }
}
