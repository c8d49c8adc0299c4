//! Who wrote a unit, by its signature: among peers, where anybody may bring it.

use smallvec::SmallVec;

use super::inspect::{Inspection, Refused, foreign, misshapen};
use crate::chat::{PublicKey, Sealed, Stand, Unit, UserId, Verify};
use crate::log::decode::Id;

/// What signatures cover beside the unit, and how they are verified.
#[derive(Clone, Copy)]
pub(super) struct Seals<'a> {
    pub(super) room: &'a str,
    pub(super) channel: &'a str,
    pub(super) verify: Verify,
}

/// Client IDs and the keys that they were claimed with.
pub(super) type Keys = SmallVec<[(u64, PublicKey); 1]>;

impl Inspection<'_> {
    /// Whether the key that this unit's client ID was claimed with has signed it, and nothing in it
    /// speaks for another key.
    pub(super) fn check_seal(
        &mut self,
        Seals { room, channel, verify }: Seals<'_>,
        Id { client, clock }: Id,
        value: &[u8],
        unit: &Unit<'_>,
    ) -> Result<(), Refused> {
        let sealed = Sealed::read(value).ok_or(misshapen("not signed"))?;
        let key = match (clock, unit) {
            (0, Unit::Iam { .. }) => sealed.key.ok_or(misshapen("a claim without a key"))?,
            (0, _) => return Err(misshapen("a client ID begins with a claim")),
            _ => self.key_of(client).ok_or(foreign("nobody's client ID"))?,
        };
        if !sealed.is_by(&key, Stand { room, channel, client, clock }, verify) {
            return Err(foreign("not signed by its author"));
        }
        match *unit {
            Unit::Iam { user, .. } if *user != *UserId::of_key(&key).as_str() => {
                return Err(foreign("somebody else's ID"));
            }
            Unit::Edit { of, .. } if self.key_of(of.client) != Some(key) => {
                return Err(foreign("an edit of somebody else's message"));
            }
            _ => {}
        }
        if clock == 0 {
            self.keys.push((client, key));
        }
        Ok(())
    }

    fn key_of(&self, client: u64) -> Option<PublicKey> {
        let new = self.keys.iter().find(|(known, _)| *known == client).map(|(_, key)| *key);
        new.or_else(|| self.claims.key(client).copied())
    }
}
