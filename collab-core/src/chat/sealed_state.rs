//! Presence that proves who said it, where peers pass it on and no relay vouches for anybody (PROTOCOL
//! section 7, "Peers").
//!
//! A sealed state is an awareness state with four more fields at its end: when it was said, the salt of
//! its client ID, the public key, and the signature. Cryptography itself is the caller's.

use std::fmt::Write;

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::sealed::{PublicKey, Seal, Signature, Verify};
use crate::Timestamp;
use crate::wire::{self, AwarenessEntry, Writer, read_awareness, write_awareness};

/// What stands before every state that is signed, so that a signature serves no other purpose.
const PURPOSE: &str = "collab.presence.1";

/// So far from a relay's clock a state may be dated, in ms: as long as a relay remembers who is gone, so
/// that what somebody said before they left brings nobody back.
const SKEW_MAX_MS: u64 = 60_000;

/// What stands around the signature, which is the last field.
const SIGNATURE_FIELD: (&str, &str) = (",\"sig\":\"", "\"}");

/// What somebody says who leaves. A removal carries no text that could be signed.
const GONE: &str = r#"{"gone":true}"#;

/// A sealed state, taken apart.
#[derive(Debug)]
pub(crate) struct SealedState {
    /// The state as it was signed.
    unsigned: String,
    pub(crate) fields: Value,
    pub(crate) key: PublicKey,
    salt: u64,
    at: u64,
    signature: Signature,
}

/// The client ID under which the holder of a key is present: nobody can be so with another key.
pub fn present_as(key: &PublicKey, salt: u64) -> u64 {
    let mut writer = Writer::default();
    writer.var_string(PURPOSE);
    writer.var_bytes(key);
    writer.var_uint(salt);
    let hash = Sha256::digest(writer.as_slice());
    let first = hash.iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte));
    first & wire::VAR_UINT_MAX
}

/// The key that has signed an awareness state, if it is sealed. Whether the signature is true was for the
/// relay to see that passed it on.
pub fn signer_of(json: &str) -> Option<PublicKey> {
    Some(SealedState::read(json)?.key)
}

impl Seal {
    /// Seals an awareness update in which this peer speaks for itself alone, under the client ID of its
    /// key and this salt ([`present_as`]).
    pub fn seal_presence(&self, now: Timestamp, salt: u64, update: &[u8]) -> Bytes {
        // What one writes oneself can be read.
        let own = read_awareness(update).unwrap_or_default();
        let sealed: Vec<String> = own.iter().map(|entry| self.state(now, salt, entry)).collect();
        let entries = own.iter().zip(&sealed);
        write_awareness(entries.map(|(entry, json)| AwarenessEntry { json, ..*entry }))
    }

    fn state(&self, now: Timestamp, salt: u64, entry: &AwarenessEntry<'_>) -> String {
        let state = if entry.is_removal() { GONE } else { entry.json };
        let mut json = state.strip_suffix('}').unwrap_or(GONE).to_owned();
        let key = hex(&self.signer.public_key());
        // Writing to a text does not fail.
        let _ = write!(json, r#","at":{},"salt":{salt},"key":"{key}"}}"#, now.as_millis());
        let signature = self.signer.sign(&message(&self.room, entry, &json));
        json.pop();
        let (before, after) = SIGNATURE_FIELD;
        json + before + &hex(&signature) + after
    }
}

impl SealedState {
    /// Takes a state apart; `None` if it is not sealed.
    pub(crate) fn read(json: &str) -> Option<Self> {
        let (before, after) = SIGNATURE_FIELD;
        let rest = json.strip_suffix(after)?;
        let (rest, signature) = rest.split_at_checked(rest.len().checked_sub(2 * 64)?)?;
        let unsigned = rest.strip_suffix(before)?.to_owned() + "}";
        let fields: Value = serde_json::from_str(&unsigned).ok()?;
        let number = |name| fields.get(name)?.as_u64();
        let (at, salt) = (number("at")?, number("salt")?);
        let key = unhex(fields.get("key")?.as_str()?)?;
        Some(Self { signature: unhex(signature)?, unsigned, key, salt, at, fields })
    }

    /// Whether it was said lately, by this clock.
    pub(crate) const fn is_recent(&self, now: Timestamp) -> bool {
        now.as_millis().abs_diff(self.at) <= SKEW_MAX_MS
    }

    /// Whether a client ID is its key's.
    pub(crate) fn is_of(&self, client: u64) -> bool {
        present_as(&self.key, self.salt) == client
    }

    /// Whether its key signed it, for this room and entry.
    pub(crate) fn is_signed(&self, room: &str, entry: &AwarenessEntry<'_>, verify: Verify) -> bool {
        verify(&self.key, &message(room, entry, &self.unsigned), &self.signature)
    }
}

/// `varString(purpose) . varString(room) . varUint(client) . varUint(clock) . varString(state)`.
fn message(room: &str, entry: &AwarenessEntry<'_>, unsigned: &str) -> Vec<u8> {
    let mut writer = Writer::with_capacity(unsigned.len() + 96);
    writer.var_string(PURPOSE);
    writer.var_string(room);
    writer.var_uint(entry.client);
    writer.var_uint(entry.clock);
    writer.var_string(unsigned);
    writer.into_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads exactly what [`hex`] writes.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    (hex(&bytes) == text).then_some(bytes)
}
