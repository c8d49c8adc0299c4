//! Hashes of a delete set in parts, so that two sides find what they do not share.
//!
//! Whoever asks draws a new key each time. So nobody can make deletions beforehand whose hashes
//! agree by intent, and by chance one in 2^64 does; a wrong digest harms only its sender.

use std::collections::BTreeMap;
use std::hash::Hasher;

use bytes::Bytes;
use siphasher::sip::SipHasher24;

use super::Refusal;
use super::ids::{IdSet, Span};
use super::reader::Reader;
use crate::wire::Writer;

/// Deleted ranges in one bucket: sixteen take about sixty bytes where their hash takes ten.
const BUCKET_RANGES: usize = 16;

/// Buckets that a digest has at most, about; beyond, they become larger.
const BUCKETS_MAX: usize = 4096;

/// Ranges that a relay hashes for one question, some hundred microseconds' work and twelve times what
/// the largest history here has. Where there are more, all buckets differ.
const HASHED_RANGES_MAX: usize = 1 << 15;

/// What somebody has deleted, in hashes (PROTOCOL section 4, "Asking with a digest").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    key: [u8; 16],
    /// Per client, buckets without gaps from clock 0 on.
    clients: BTreeMap<u64, Vec<Bucket>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bucket {
    /// The clock behind it.
    end: u32,
    hash: u64,
}

/// Which buckets of a digest differ from what this side has, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differing(Vec<u64>);

impl Digest {
    /// Hashes `deletes` under a key that was never used before.
    pub(super) fn new(deletes: &IdSet, key: [u8; 16]) -> Self {
        let size = BUCKET_RANGES.max(deletes.ranges_count() / BUCKETS_MAX);
        let mut hashing = Hashing::new(key);
        let mut buckets = |ranges: &[(u32, u32)]| {
            let mut start = 0;
            let bucket = |ranges: &[(u32, u32)]| {
                let end = ranges.last().map_or(0, |range| range.1);
                let hash = hashing.hash(ranges, start, end);
                start = end;
                Bucket { end, hash }
            };
            ranges.chunks(size).map(bucket).collect()
        };
        let mut clients = BTreeMap::new();
        clients.extend(deletes.clients().map(|(client, ranges)| (client, buckets(ranges))));
        Self { key, clients }
    }

    /// Reads what [`Digest::write`] wrote.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut reader = Reader::new(bytes);
        let key = reader.array()?;
        let mut clients = BTreeMap::new();
        for _ in 0..reader.uint()? {
            let client = reader.uint()?;
            let buckets = read_buckets(&mut reader)?;
            if clients.insert(client, buckets).is_some() {
                return Err(Refusal::DuplicateClient);
            }
        }
        if reader.rest().is_empty() { Ok(Self { key, clients }) } else { Err(Refusal::Trailing) }
    }

    /// `bytes16(key) . varUint(clients) . (varUint(client) . varUint(buckets) . (varUint(units) .
    /// bytes8(hash))*)*`, clients in ascending order.
    pub fn write(&self) -> Bytes {
        let mut writer = Writer::with_capacity(32);
        writer.bytes(&self.key);
        writer.var_uint(self.clients.len() as u64);
        for (&client, buckets) in &self.clients {
            writer.var_uint(client);
            writer.var_uint(buckets.len() as u64);
            let mut start = 0;
            for bucket in buckets {
                writer.var_uint(u64::from(bucket.end - start));
                writer.bytes(&bucket.hash.to_le_bytes());
                start = bucket.end;
            }
        }
        writer.into_bytes()
    }

    /// All buckets.
    pub(super) fn all(&self) -> Differing {
        Differing((0..self.clients.values().map(|buckets| buckets.len() as u64).sum()).collect())
    }

    /// Which buckets differ from `deletes`, and those of `deletes` that lie in them or beyond all.
    pub(super) fn compare(&self, deletes: &IdSet) -> (Differing, IdSet) {
        if deletes.ranges_count() > HASHED_RANGES_MAX {
            return (self.all(), deletes.clone());
        }
        let mut differing = Differing::default();
        let mut hashing = Hashing::new(self.key);
        let equal = self.parts(
            |number, ranges, (start, end), bucket| {
                let differs = hashing.hash(ranges, start, end) != bucket.hash;
                if differs {
                    differing.0.push(number);
                }
                !differs
            },
            deletes,
        );
        (differing, deletes.minus(&equal))
    }

    /// What of `deletes`, of which this is the digest, lies in buckets that do not differ.
    pub(super) fn shared(&self, differing: &Differing, deletes: &IdSet) -> IdSet {
        self.parts(|number, _, _, _| differing.0.binary_search(&number).is_err(), deletes)
    }

    /// The parts of `deletes` in those buckets that `wanted` accepts by their number, the ranges
    /// that touch them, and their clocks.
    fn parts(
        &self,
        mut wanted: impl FnMut(u64, &[(u32, u32)], (u32, u32), &Bucket) -> bool,
        deletes: &IdSet,
    ) -> IdSet {
        let (mut parts, mut number) = (IdSet::default(), 0);
        for (&client, buckets) in &self.clients {
            let (mut rest, mut start) = (deletes.of(client), 0);
            for bucket in buckets {
                let end = bucket.end;
                let count = rest.partition_point(|range| range.0 < end);
                if wanted(number, &rest[..count], (start, end), bucket) {
                    for &range in &rest[..count] {
                        let (start, end) = (range.0.max(start), range.1.min(end));
                        parts.insert(Span { client, start, end });
                    }
                }
                // The last one may reach into the next bucket.
                let reaches = count > 0 && rest[count - 1].1 > end;
                rest = &rest[count - usize::from(reaches)..];
                (start, number) = (end, number + 1);
            }
        }
        parts
    }
}

fn read_buckets(reader: &mut Reader<'_>) -> Result<Vec<Bucket>, Refusal> {
    let (mut buckets, mut end) = (Vec::new(), 0u32);
    for _ in 0..reader.uint()? {
        let units = u32::try_from(reader.uint()?).map_err(|_| Refusal::Integer)?;
        if units == 0 {
            return Err(Refusal::Empty);
        }
        end = end.checked_add(units).ok_or(Refusal::Integer)?;
        buckets.push(Bucket { end, hash: u64::from_le_bytes(reader.array()?) });
    }
    Ok(buckets)
}

impl Differing {
    /// Reads `varUint(count) . varUint(gap)*`.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut reader = Reader::new(bytes);
        let (mut numbers, mut next) = (Vec::new(), 0u64);
        for _ in 0..reader.uint()? {
            let number = next.checked_add(reader.uint()?).ok_or(Refusal::Integer)?;
            numbers.push(number);
            next = number.saturating_add(1);
        }
        Ok(Self(numbers))
    }

    /// Writes what [`Differing::read`] reads.
    pub fn write(&self) -> Bytes {
        let mut writer = Writer::with_capacity(8 + self.0.len());
        writer.var_uint(self.0.len() as u64);
        let mut next = 0;
        for number in &self.0 {
            writer.var_uint(number - next);
            next = number + 1;
        }
        writer.into_bytes()
    }
}

/// Hashes parts of delete sets under one key.
struct Hashing {
    hasher: SipHasher24,
    buffer: Vec<u8>,
}

impl Hashing {
    fn new(key: [u8; 16]) -> Self {
        Self { hasher: SipHasher24::new_with_key(&key), buffer: Vec::new() }
    }

    /// The hash of what lies in `start..end`; `ranges` are all that touch it.
    fn hash(&mut self, ranges: &[(u32, u32)], start: u32, end: u32) -> u64 {
        self.buffer.clear();
        for range in ranges {
            let (from, to) = (range.0.max(start), range.1.min(end));
            if from < to {
                self.buffer.extend_from_slice(&(from - start).to_le_bytes());
                self.buffer.extend_from_slice(&(to - start).to_le_bytes());
            }
        }
        let mut hasher = self.hasher;
        hasher.write(&self.buffer);
        hasher.finish()
    }
}
