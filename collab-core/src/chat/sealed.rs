//! Units that prove who wrote them, where peers pass them on and no relay vouches for anybody (PROTOCOL
//! section 7, "Peers").
//!
//! A sealed unit is a unit with more fields behind it, which other readers skip: in `iam` the public
//! key, and always the signature. Cryptography itself is the caller's.

use std::fmt;
use std::sync::Arc;

use crate::wire::Writer;

/// An Ed25519 public key.
pub type PublicKey = [u8; 32];
/// An Ed25519 signature.
pub type Signature = [u8; 64];

/// Whether a signature of a message was made with the secret half of a key.
pub type Verify = fn(&PublicKey, &[u8], &Signature) -> bool;

/// Signs as one user.
pub trait Signer: fmt::Debug + Send + Sync {
    /// The public half of its key.
    fn public_key(&self) -> PublicKey;
    /// An Ed25519 signature.
    fn sign(&self, message: &[u8]) -> Signature;
}

/// Seals what is written in a room.
#[derive(Clone, Debug)]
pub struct Seal {
    /// The room's name: what was said in one room proves nothing in another.
    pub room: Arc<str>,
    /// Who writes.
    pub signer: Arc<dyn Signer>,
}

/// Where a unit stands, which its signature covers too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stand<'a> {
    pub(crate) room: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) client: u64,
    pub(crate) clock: u32,
}

/// A sealed unit, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    /// The unit as it was signed.
    unsigned: Vec<u8>,
    /// In an `iam`.
    pub(crate) key: Option<PublicKey>,
    signature: Signature,
}

/// What stands before every message that is signed, so that a signature serves no other purpose.
const PURPOSE: &str = "collab.chat.1";

/// `varString("key")`, then a byte array of 32 in lib0's `any`.
const KEY_FIELD: &[u8] = &[3, b'k', b'e', b'y', 116, 32];
/// `varString("sig")`, then a byte array of 64.
const SIGNATURE_FIELD: &[u8] = &[3, b's', b'i', b'g', 116, 64];

/// Where the number of a unit's fields lies, which is less than 128: behind the tag of an object.
const FIELDS_AT: usize = 1;

impl Seal {
    /// Adds key and signature to a unit. `claims`: it is an `iam`.
    pub(super) fn seal(
        &self,
        (channel, client, clock): (&str, u64, u32),
        mut unit: Vec<u8>,
        claims: bool,
    ) -> Vec<u8> {
        if claims {
            add_field(&mut unit, KEY_FIELD, &self.signer.public_key());
        }
        let stand = Stand { room: &self.room, channel, client, clock };
        let signature = self.signer.sign(&stand.message(&unit));
        add_field(&mut unit, SIGNATURE_FIELD, &signature);
        unit
    }
}

impl Sealed {
    /// Takes a unit apart; `None` if it is not sealed.
    pub(crate) fn read(unit: &[u8]) -> Option<Self> {
        let (unsigned, signature) = last_field::<64>(unit, SIGNATURE_FIELD)?;
        let key = last_field::<32>(unsigned, KEY_FIELD).map(|(_, key)| key);
        let mut unsigned = unsigned.to_vec();
        *unsigned.get_mut(FIELDS_AT)? -= 1;
        Some(Self { unsigned, key, signature })
    }

    /// Whether `key` signed it for this place.
    pub(crate) fn is_by(&self, key: &PublicKey, stand: Stand<'_>, verify: Verify) -> bool {
        verify(key, &stand.message(&self.unsigned), &self.signature)
    }
}

impl Stand<'_> {
    /// `varString(purpose) . varString(room) . varString(channel) . varUint(client) . varUint(clock) .
    /// varBytes(unit)`.
    fn message(&self, unit: &[u8]) -> Vec<u8> {
        let mut writer = Writer::with_capacity(unit.len() + 96);
        writer.var_string(PURPOSE);
        writer.var_string(self.room);
        writer.var_string(self.channel);
        writer.var_uint(self.client);
        writer.var_uint(self.clock.into());
        writer.var_bytes(unit);
        writer.into_vec()
    }
}

fn add_field(unit: &mut Vec<u8>, field: &[u8], value: &[u8]) {
    unit[FIELDS_AT] += 1;
    unit.extend_from_slice(field);
    unit.extend_from_slice(value);
}

/// What stands before a field at the end, and the field's value.
fn last_field<'a, const N: usize>(unit: &'a [u8], field: &[u8]) -> Option<(&'a [u8], [u8; N])> {
    let (rest, value) = unit.split_last_chunk::<N>()?;
    Some((rest.strip_suffix(field)?, *value))
}
