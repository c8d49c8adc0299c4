//! What a push into a segment says, and whether its author may say it: authorship as a property of
//! the encoded bytes (PROTOCOL section 7, "What the relay checks").
//!
//! Only what is new counts. Where a push repeats what is here, that part is cut off, so that the
//! content of a unit can never be told twice in different words.

use bytes::Bytes;
use smallvec::SmallVec;

use super::ChatLimits;
use super::claims::{Claims, Ends};
use super::sealed::{Keys, Seals};
use crate::Timestamp;
use crate::chat::{ROOT_ARRAY, Unit};
use crate::log::decode::{Id, Struct, Visitor, content, info, walk};
use crate::log::{Reader, Refusal, Snapshot, StateVector, skip_any};
use crate::wire::{ErrorCode, Grant, Writer};

/// How far ahead of the relay's clock a unit may be dated, in ms.
const AHEAD_MAX_MS: u64 = 60_000;

/// Why a push must not enter.
pub(super) type Refused = (ErrorCode, &'static str);

/// Who writes, when, and under which limits.
#[derive(Clone, Copy)]
pub(super) struct Author<'a> {
    pub(super) grant: &'a Grant,
    pub(super) now: Timestamp,
    pub(super) limits: &'a ChatLimits,
    /// Among peers: whoever brings a unit, its signature says whose it is.
    pub(super) seals: Option<Seals<'a>>,
}

/// A push that may enter.
#[derive(Debug)]
pub(super) struct Admitted {
    /// Where the client IDs that wrote end now.
    pub(super) ends: Ends,
    /// What it costs: its new units and deletions.
    pub(super) cost: usize,
    /// What of the push is new, if not all of it.
    pub(super) update: Option<Bytes>,
}

/// Inspects an update that [`crate::log::check`] accepted. `is_deleted` tells of known deletions:
/// client, start, end.
pub(super) fn inspect(
    claims: &Claims,
    author: Author<'_>,
    update: &[u8],
    is_deleted: impl Fn(u64, u32, u32) -> bool,
) -> Result<Admitted, Refused> {
    let mut inspection = Inspection::new(claims, author);
    walk(update, &mut inspection).map_err(|refusal| (refusal.code(), "update refused"))?;
    inspection.finish(update, is_deleted)
}

pub(super) struct Inspection<'c> {
    pub(super) claims: &'c Claims,
    author: Author<'c>,
    /// Keys that this push claims with.
    pub(super) keys: Keys,
    /// Of the section that is being read: its client ID's next clock here, and whether it is new.
    next: u32,
    is_new: bool,
    /// The client IDs of all sections.
    clients: SmallVec<[u64; 1]>,
    ends: Ends,
    new_clients: usize,
    units: usize,
    /// Client IDs that edits name.
    edited: SmallVec<[u64; 1]>,
    deletions: SmallVec<[(u64, u32, u32); 1]>,
    /// Some of it is here already.
    repeats: bool,
    /// Where the delete set lies in the update.
    deletions_at: usize,
    refused: Option<Refused>,
}

pub(super) const fn misshapen(why: &'static str) -> Refused {
    (ErrorCode::ChatRefused, why)
}

pub(super) const fn foreign(why: &'static str) -> Refused {
    (ErrorCode::NotAuthor, why)
}

impl<'c> Inspection<'c> {
    fn new(claims: &'c Claims, author: Author<'c>) -> Self {
        Self {
            claims,
            author,
            keys: Keys::new(),
            next: 0,
            is_new: true,
            clients: SmallVec::new(),
            ends: Ends::new(),
            new_clients: 0,
            units: 0,
            edited: SmallVec::new(),
            deletions: SmallVec::new(),
            repeats: false,
            deletions_at: 1,
            refused: None,
        }
    }

    fn read(&mut self, block: &Struct<'_>) -> Result<(), Refused> {
        if block.info == content::SKIP {
            return Err(misshapen("units are missing"));
        }
        self.repeats |= block.id.clock < self.next;
        if block.end() <= self.next {
            return Ok(());
        }
        let Id { client, clock } = block.id;
        let is_foreign = || !self.claims.is_of(client, &self.author.grant.user);
        if !self.is_new && self.author.seals.is_none() && is_foreign() {
            return Err(foreign("somebody else's client ID"));
        }
        if clock > self.next {
            return Err(misshapen("units are missing"));
        }
        check_place(block)?;
        self.read_units(block)?;
        self.units += (block.end() - self.next) as usize;
        self.next = block.end();
        match self.ends.last_mut() {
            Some(last) if last.0 == client => last.1 = self.next,
            _ => {
                self.new_clients += usize::from(self.is_new);
                self.ends.push((client, self.next));
            }
        }
        Ok(())
    }

    fn read_units(&mut self, block: &Struct<'_>) -> Result<(), Refused> {
        match block.kind() {
            content::ANY => {}
            // Written and deleted before it was pushed.
            // Nothing proves who deleted it.
            content::DELETED if self.author.seals.is_some() => {
                return Err(misshapen("deleted among peers"));
            }
            content::DELETED if self.next > 0 => return Ok(()),
            content::DELETED => return Err(misshapen("a claim cannot be deleted")),
            _ => return Err(misshapen("not a unit")),
        }
        let mut reader = Reader::new(block.payload);
        for clock in block.id.clock..block.end() {
            let start = reader.rest();
            skip_any(&mut reader).map_err(|refusal| (refusal.code(), "update refused"))?;
            if clock >= self.next {
                self.read_unit(Id { clock, ..block.id }, reader.since(start))?;
            }
        }
        Ok(())
    }

    fn read_unit(&mut self, id: Id, value: &[u8]) -> Result<(), Refused> {
        let Author { grant, now, limits, seals } = self.author;
        let unit = Unit::read(value).map_err(|_| misshapen("not a unit"))?;
        unit.check(value.len(), &limits.unit).map_err(|_| misshapen("beyond a unit's limits"))?;
        if unit.at().is_some_and(|at| at > now.as_millis().saturating_add(AHEAD_MAX_MS)) {
            return Err(misshapen("dated in the future"));
        }
        if let Some(seals) = seals {
            return self.check_seal(seals, id, value, &unit);
        }
        match unit {
            Unit::Iam { user, .. } if *user != *grant.user => Err(foreign("somebody else's ID")),
            Unit::Iam { name, .. } if !grant.name.is_empty() && *name != *grant.name => {
                Err(foreign("not the name that was granted"))
            }
            Unit::Iam { .. } => Ok(()),
            _ if id.clock == 0 => Err(misshapen("a client ID begins with a claim")),
            Unit::Edit { of, .. } => {
                if self.edited.last() != Some(&of.client) {
                    self.edited.push(of.client);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn finish(
        mut self,
        update: &[u8],
        is_deleted: impl Fn(u64, u32, u32) -> bool,
    ) -> Result<Admitted, Refused> {
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        self.deletions.retain(|&mut (client, start, end)| !is_deleted(client, start, end));
        let limits = self.author.limits;
        let cost = self.units + self.deletions.len();
        if cost > limits.push_units_max {
            return Err((ErrorCode::UpdateTooLarge, "too many units in one push"));
        }
        if self.claims.len() + self.new_clients > limits.clients_max {
            return Err((ErrorCode::RoomFull, "too many client IDs in this segment"));
        }
        if self.author.seals.is_some() && !self.deletions.is_empty() {
            return Err(misshapen("deleted among peers"));
        }
        if !self.edited.iter().all(|&client| self.is_own(client)) {
            return Err(foreign("an edit of somebody else's message"));
        }
        self.deletions.iter().try_for_each(|&deletion| self.check_deletion(deletion))?;
        let update = if self.repeats { Some(self.cut(update)?) } else { None };
        Ok(Admitted { ends: self.ends, cost, update })
    }

    fn check_deletion(&self, (client, start, end): (u64, u32, u32)) -> Result<(), Refused> {
        if !self.is_own(client) {
            return Err(foreign("a deletion of somebody else's message"));
        }
        if start == 0 {
            return Err(misshapen("a claim cannot be deleted"));
        }
        if end > self.end_of(client) { Err(misshapen("deletes what is not there")) } else { Ok(()) }
    }

    /// Whether the author claimed this client ID, before or in this push.
    fn is_own(&self, client: u64) -> bool {
        self.claims.is_of(client, &self.author.grant.user)
            || self.ends.iter().any(|&(own, _)| own == client)
    }

    fn end_of(&self, client: u64) -> u32 {
        let end = self.ends.iter().find(|&&(own, _)| own == client).map(|&(_, end)| end);
        end.unwrap_or_else(|| self.claims.end(client))
    }

    /// The update without the units that are here already.
    fn cut(&self, update: &[u8]) -> Result<Bytes, Refused> {
        let cut = || -> Result<Bytes, Refusal> {
            let mut known = Writer::default();
            known.var_uint(self.clients.len() as u64);
            for &client in &self.clients {
                known.var_uint(client);
                known.var_uint(u64::from(self.claims.end(client)));
            }
            let known = StateVector::read(known.as_slice())?;
            let structs = Snapshot::new(update)?.diff_structs(&known)?;
            let (_no_deletions, structs) = structs.split_last().ok_or(Refusal::Truncated)?;
            Ok([structs, &update[self.deletions_at..]].concat().into())
        };
        cut().map_err(|refusal| (refusal.code(), "update refused"))
    }
}

/// Units follow each other in the root array, and nothing stands behind them.
fn check_place(block: &Struct<'_>) -> Result<(), Refused> {
    let Id { client, clock } = block.id;
    let follows = match block.origin {
        Some(origin) => origin.client == client && origin.clock.checked_add(1) == Some(clock),
        None => clock == 0 && is_root(block.parent),
    };
    if follows && block.right_origin.is_none() && block.info & info::KEY == 0 {
        Ok(())
    } else {
        Err(misshapen("not behind the unit before"))
    }
}

/// A parent as it lies: `varUint(1) . varString(name)`.
fn is_root(parent: &[u8]) -> bool {
    parent.strip_prefix(&[1, ROOT_ARRAY.len() as u8]) == Some(ROOT_ARRAY.as_bytes())
}

impl<'a> Visitor<'a> for Inspection<'_> {
    fn section(&mut self, client: u64, _structs: u64) -> Result<(), Refusal> {
        self.next = self.claims.end(client);
        self.is_new = self.next == 0;
        self.clients.push(client);
        Ok(())
    }

    fn block(&mut self, block: &Struct<'a>) {
        self.deletions_at = block.end_at();
        if self.refused.is_none() {
            self.refused = self.read(block).err();
        }
    }

    fn delete(&mut self, client: u64, start: u32, end: u32) {
        self.deletions.push((client, start, end));
    }
}
