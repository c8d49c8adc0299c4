//! What this user wrote here and the relay may not have: how it is written, released to the session
//! bit by bit, acknowledged, and taken back as long as nobody can have seen it.

use std::collections::BTreeMap;

use super::super::{Change, Unit, UnitId, UserId};
use super::run::Run;
use super::write::{self, Part};
use super::{Segment, write_clocks};
use crate::log::{Refusal, StateVector};
use crate::sorting::sort_unstable;
use crate::wire::{VAR_UINT_MAX, Writer};

/// An edit that the session was given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// Its first unit.
    id: UnitId,
    /// None for a deletion.
    units: u32,
}

/// A unit that was never sent.
pub(in super::super) struct Withdrawn {
    pub(in super::super) id: UnitId,
    pub(in super::super) raw: Box<[u8]>,
}

impl Segment {
    /// Adds a unit of this process's user, called `name`, after saying who that is where it was not said yet.
    pub fn write(&mut self, user: &UserId, name: &str, unit: &Unit<'_>) -> UnitId {
        let run = self.runs.entry(self.client).or_insert(const { Run::new() });
        let mut messages = Vec::new();
        if run.len() == 0 || run.name_at(run.len()) != name {
            let iam = Unit::Iam { user: user.as_str(), name };
            self.add(self.client, self.unit_bytes(&iam), &mut messages);
        }
        self.waits = true;
        let clock = self.runs.get(&self.client).map_or(0, Run::len);
        self.add(self.client, self.unit_bytes(unit), &mut messages);
        self.insert_messages(messages);
        UnitId { client: self.client, clock }
    }

    /// The next own unit as it is written, sealed where that is wanted.
    fn unit_bytes(&self, unit: &Unit<'_>) -> Box<[u8]> {
        let Some((seal, channel)) = &self.seal else { return unit.write().into() };
        let clock = self.runs.get(&self.client).map_or(0, Run::len);
        let claims = matches!(unit, Unit::Iam { .. });
        seal.seal((channel, self.client, clock), unit.write(), claims).into()
    }

    /// Deletes an own message, its edits and its text.
    pub fn delete(&mut self, id: UnitId) {
        let Some(run) = self.runs.get(&id.client) else { return };
        let mut ids: Vec<UnitId> = self.edits(id, run).map(|(edit, _, _)| edit).collect();
        ids.push(id);
        sort_unstable(&mut ids);
        let mut clients: BTreeMap<u64, Vec<(u32, u32)>> = BTreeMap::new();
        for UnitId { client, clock } in ids {
            self.delete_range(client, clock, clock + 1);
            // What was not released goes out as deleted.
            if self.runs.get(&client).is_some_and(|run| clock < run.released) {
                clients.entry(client).or_default().push((clock, clock + 1));
            }
        }
        if !clients.is_empty() {
            let mut writer = Writer::default();
            writer.var_uint(0);
            write::write_ranges(&clients.into_iter().rev().collect::<Vec<_>>(), &mut writer);
            self.deletions.push(writer.into_vec());
        }
    }

    /// The session is told of deletions that wait: by these updates, or in its next diff.
    pub fn release_deletions(&mut self) -> Vec<Vec<u8>> {
        let deletions = std::mem::take(&mut self.deletions);
        let id = UnitId { client: self.client, clock: u32::MAX };
        self.sent.extend(deletions.iter().map(|_| Sent { id, units: 0 }));
        deletions
    }

    /// Units of this user that wait to be released.
    pub fn unreleased(&self) -> u32 {
        if !self.waits {
            return 0;
        }
        let own = self.runs.iter().filter(|(client, _)| self.is_own(**client));
        own.map(|(_, run)| run.len().saturating_sub(run.released)).sum()
    }

    /// Releases up to `max` units of one client ID, as one update; and how many.
    pub fn release(&mut self, max: u32) -> Option<(Vec<u8>, u32)> {
        let waits = |(_, run): &(&u64, &Run)| run.released < run.len();
        let mut own = self.runs.iter().filter(|(client, _)| self.is_own(**client));
        let Some((&client, run)) = own.find(waits) else {
            self.waits = false;
            return None;
        };
        if max == 0 {
            return None;
        }
        let (start, end) = (run.released, run.len().min(run.released.saturating_add(max)));
        let deleted = run.stretches(start, end).any(|(_, _, deleted)| deleted);
        let update = write::write_update(&[Part { client, run, start, end }], deleted);
        self.runs.get_mut(&client)?.released = end;
        self.sent.push_back(Sent { id: UnitId { client, clock: start }, units: end - start });
        Some((update, end - start))
    }

    /// Edits that the session was given and that are not acknowledged.
    pub(in super::super) fn in_flight(&self) -> u64 {
        self.sent.len() as u64
    }

    /// Units in them.
    pub(in super::super) fn units_in_flight(&self) -> u32 {
        self.sent.iter().map(|sent| sent.units).sum()
    }

    /// Edits and units that the relay may not have.
    pub(in super::super) fn unsaved(&self) -> u64 {
        self.in_flight() + self.deletions.len() as u64 + u64::from(self.unreleased())
    }

    /// The session says how many edits are not acknowledged.
    pub(in super::super) fn acknowledged(&mut self, unsaved: u64) {
        while self.sent.len() as u64 > unsaved {
            let Some(Sent { id: UnitId { client, clock }, units }) = self.sent.pop_front() else {
                return;
            };
            for clock in clock..clock.saturating_add(units) {
                self.changes.push(Change::Changed(self.message_id(UnitId { client, clock })));
            }
        }
    }

    /// Whether the relay may not have a unit.
    pub(super) fn is_pending(&self, id: UnitId) -> bool {
        let released = self.runs.get(&id.client).map_or(0, |run| run.released);
        let covers = |sent: &Sent| sent.id.client == id.client && sent.id.clock <= id.clock;
        id.clock >= released || self.sent.iter().any(covers)
    }

    /// The relay refused what is not acknowledged: takes it out, so that what is written later does not
    /// build on it, and returns the texts of its messages. What the relay has all the same comes back
    /// from there, so this process goes on under another client ID.
    pub(in super::super) fn retreat(&mut self) -> Vec<String> {
        let mut starts: BTreeMap<u64, u32> = BTreeMap::new();
        for Sent { id, units } in std::mem::take(&mut self.sent) {
            if units > 0 {
                starts.entry(id.client).and_modify(|s| *s = id.clock.min(*s)).or_insert(id.clock);
            }
        }
        let mut texts = Vec::new();
        for (client, start) in starts {
            for raw in self.take_from(client, start) {
                if let Ok(Unit::Message { text, .. }) = Unit::read(&raw) {
                    texts.push(text.to_owned());
                }
            }
        }
        self.client = successor(self.client);
        texts
    }

    /// Takes the units of a client ID from `start` on out, and from what is shown.
    fn take_from(&mut self, client: u64, start: u32) -> Vec<Box<[u8]>> {
        let Some(run) = self.runs.get(&client) else { return Vec::new() };
        let end = run.len();
        if start >= end {
            return Vec::new();
        }
        let units = (start..end).map(|clock| run.raw(clock).into()).collect();
        // All but unit 0, which goes below.
        self.delete_range(client, start, end);
        self.units -= end - start;
        if let Some(run) = self.runs.get_mut(&client) {
            run.truncate(start);
        }
        // What is written next need not be later than what nobody else saw.
        let times = |run: &Run| (0..run.len()).filter_map(|clock| run.unit(clock)?.at()).max();
        self.last_at = self.runs.values().filter_map(times).max().unwrap_or(0);
        units
    }

    /// Takes back what this process wrote and never released.
    pub(in super::super) fn withdraw(&mut self) -> Vec<Withdrawn> {
        self.withdraw_run(self.client)
    }

    /// The same of all that this user wrote here, in earlier processes too.
    pub(in super::super) fn withdraw_all(&mut self) -> Vec<Withdrawn> {
        let own = self.runs.keys().copied().filter(|&client| self.is_own(client));
        let earlier: Vec<u64> = own.filter(|&client| client != self.client).collect();
        let runs = earlier.into_iter().chain([self.client]);
        runs.flat_map(|client| self.withdraw_run(client)).collect()
    }

    fn withdraw_run(&mut self, client: u64) -> Vec<Withdrawn> {
        let start = self.runs.get(&client).map_or(0, |run| run.released);
        let withdrawn = |(clock, raw)| Withdrawn { id: UnitId { client, clock }, raw };
        (start..).zip(self.take_from(client, start)).map(withdrawn).collect()
    }
}

/// A client ID for the next run of the same process: as random as the one before. One that was drawn
/// from 53 bits is never met again (a step of Knuth's MMIX generator).
pub(super) const fn successor(client: u64) -> u64 {
    client.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407)
        & VAR_UINT_MAX
}

/// What this user wrote in a segment and the relay may not have.
#[derive(Debug, Default)]
pub(in super::super) struct Unsaved {
    /// Own units and deletions.
    pub(in super::super) update: Vec<u8>,
    /// Per client ID, the first unit that was not released.
    pub(in super::super) released: Vec<u8>,
    /// Per client ID, the first unit that was not acknowledged.
    pub(in super::super) unacknowledged: Vec<u8>,
}

impl Unsaved {
    pub(in super::super) const fn is_empty(&self) -> bool {
        self.update.is_empty()
    }
}

impl Segment {
    /// Runs with units that the relay may not have; nothing if it has all.
    pub(in super::super) fn export(&self) -> Unsaved {
        if self.unsaved() == 0 {
            return Unsaved::default();
        }
        let own = self.runs.iter().filter(|(client, _)| self.is_own(**client));
        let own: Vec<_> = own.map(|(&client, run)| (client, run)).collect();
        let part = |&(client, run): &(u64, _)| Part { client, run, start: 0, end: Run::len(run) };
        let parts: Vec<_> = own.iter().rev().map(part).collect();
        let acknowledged = |client: u64, run: &Run| {
            let sent = self.sent.iter().filter(|sent| sent.id.client == client);
            sent.map(|sent| sent.id.clock).fold(run.released, u32::min)
        };
        Unsaved {
            update: write::write_update(&parts, true),
            released: write_clocks(own.iter().map(|&(client, run)| (client, run.released))),
            unacknowledged: write_clocks(own.iter().map(|&(c, run)| (c, acknowledged(c, run)))),
        }
    }

    /// Takes back what [`Segment::export`] gave.
    pub(in super::super) fn import(&mut self, unsaved: &Unsaved) -> Result<(), Refusal> {
        if unsaved.is_empty() {
            return Ok(());
        }
        let released = StateVector::read(&unsaved.released)?;
        let unacknowledged = StateVector::read(&unsaved.unacknowledged)?;
        self.apply(&unsaved.update).map_err(|_| Refusal::Truncated)?;
        self.waits = true;
        for (client, released) in released.descending() {
            let Some(run) = self.runs.get_mut(&client) else { continue };
            run.released = released.min(run.len());
            let clock = unacknowledged.get(client).min(run.released);
            // Deletions may be among them even if no unit is.
            self.sent.push_back(Sent { id: UnitId { client, clock }, units: run.released - clock });
        }
        Ok(())
    }
}
