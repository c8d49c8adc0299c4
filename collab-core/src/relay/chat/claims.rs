//! Whose the client IDs of a segment are: each one's first unit says so, and the relay believes it
//! once. Read back from the stored bytes when a segment is loaded; there is no second truth.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use smallvec::SmallVec;

use crate::chat::{PublicKey, Sealed, Unit};
use crate::log::decode::{Struct, Visitor, content, walk};
use crate::log::{Reader, Refusal, skip_any};

/// The client IDs of one segment. A tree, not a hash table: client IDs are chosen by whoever writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::relay) struct Claims {
    /// Each user once.
    users: BTreeSet<Arc<str>>,
    clients: BTreeMap<u64, Claim>,
    units: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Claim {
    /// `None` where the stored bytes do not say: then nobody may write.
    user: Option<Arc<str>>,
    /// Among peers: what proves it.
    key: Option<Box<PublicKey>>,
    /// The next clock.
    end: u32,
}

/// New units of some client IDs of one user: client ID and the next clock.
pub(super) type Ends = SmallVec<[(u64, u32); 1]>;

impl Claims {
    /// What stored updates say, in whatever order and parts.
    pub(in crate::relay) fn read<'u>(
        updates: impl Iterator<Item = &'u [u8]>,
    ) -> Result<Self, Refusal> {
        let mut claims = Self::default();
        for update in updates {
            claims.learn(update)?;
        }
        Ok(claims)
    }

    /// Believes what an update says of itself: it was stored here, or is sealed.
    pub(super) fn learn(&mut self, update: &[u8]) -> Result<(), Refusal> {
        walk(update, self)
    }

    /// Notes that `user` wrote.
    pub(in crate::relay) fn add(&mut self, user: &str, ends: &Ends) {
        for &(client, end) in ends {
            if !self.clients.contains_key(&client) {
                let user = Some(self.intern(user));
                self.clients.insert(client, Claim { user, ..Claim::default() });
            }
            if let Some(claim) = self.clients.get_mut(&client) {
                self.units += u64::from(end.saturating_sub(claim.end));
                claim.end = end;
            }
        }
    }

    /// Whether the segment holds nothing.
    pub(in crate::relay) fn is_empty(&self) -> bool {
        self.clients.is_empty()
    }

    /// How many units there are, deleted ones included.
    pub(super) const fn units(&self) -> u64 {
        self.units
    }

    /// How many client IDs there are.
    pub(super) fn len(&self) -> usize {
        self.clients.len()
    }

    /// Its next clock; 0 for a client ID that has not written.
    pub(super) fn end(&self, client: u64) -> u32 {
        self.clients.get(&client).map_or(0, |claim| claim.end)
    }

    /// The key that proves a claim, among peers.
    pub(super) fn key(&self, client: u64) -> Option<&PublicKey> {
        self.clients.get(&client)?.key.as_deref()
    }

    /// Whether this user claimed it.
    pub(super) fn is_of(&self, client: u64, user: &str) -> bool {
        let owner = self.clients.get(&client).and_then(|claim| claim.user.as_ref());
        owner.is_some_and(|owner| **owner == *user)
    }

    fn intern(&mut self, user: &str) -> Arc<str> {
        if let Some(known) = self.users.get(user) {
            return known.clone();
        }
        let user: Arc<str> = user.into();
        self.users.insert(user.clone());
        user
    }
}

impl<'a> Visitor<'a> for Claims {
    fn block(&mut self, block: &Struct<'a>) {
        if block.info == content::SKIP {
            return;
        }
        let (user, key) = match claimed_by(block) {
            Some((user, key)) => (Some(self.intern(user)), key),
            None => (None, None),
        };
        let claim = self.clients.entry(block.id.client).or_default();
        self.units += u64::from(block.end().saturating_sub(claim.end));
        claim.end = claim.end.max(block.end());
        claim.user = claim.user.take().or(user);
        claim.key = claim.key.take().or(key.map(Box::new));
    }

    fn delete(&mut self, _client: u64, _start: u32, _end: u32) {}
}

/// The user whom a client ID's first unit names, and their key if it is sealed.
fn claimed_by<'a>(block: &Struct<'a>) -> Option<(&'a str, Option<PublicKey>)> {
    if block.id.clock != 0 || block.kind() != content::ANY {
        return None;
    }
    let mut reader = Reader::new(block.payload);
    skip_any(&mut reader).ok()?;
    let value = reader.since(block.payload);
    match Unit::read(value) {
        Ok(Unit::Iam { user, .. }) => Some((user, Sealed::read(value).and_then(|iam| iam.key))),
        _ => None,
    }
}
