//! One value for each of many units: clocks that follow each other with the same value are one entry.

use std::collections::BTreeMap;

/// Values of units. Grows with how often the value changes, not with the units.
#[derive(Clone, Debug)]
pub(super) struct Stretches<V> {
    /// Ascending and disjoint.
    clients: BTreeMap<u64, Vec<Stretch<V>>>,
}

/// Clocks `start..end` of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch<V> {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) value: V,
}

impl<V: Copy + Eq> Stretches<V> {
    /// The value of a unit, if it has one.
    pub(super) fn get(&self, client: u64, clock: u32) -> Option<V> {
        let stretch = self.from(client, clock).first();
        stretch.filter(|stretch| stretch.start <= clock).map(|stretch| stretch.value)
    }

    /// Whether all units `start..end` have this value, or none of them has one.
    pub(super) fn is_throughout(
        &self,
        client: u64,
        start: u32,
        end: u32,
        value: Option<V>,
    ) -> bool {
        match self.from(client, start).first().filter(|stretch| stretch.start < end) {
            Some(known) => value == Some(known.value) && known.start <= start && end <= known.end,
            None => value.is_none(),
        }
    }

    /// Adds units that come after all others of their client.
    pub(super) fn push(&mut self, client: u64, new: Stretch<V>) {
        let stretches = self.clients.entry(client).or_default();
        match stretches.last_mut() {
            Some(last) if last.end == new.start && last.value == new.value => last.end = new.end,
            _ => stretches.push(new),
        }
    }

    /// Adds all units of `others`, which come after all others of their clients.
    pub(super) fn append(&mut self, others: Self) {
        for (client, stretches) in others.clients {
            for stretch in stretches {
                self.push(client, stretch);
            }
        }
    }

    /// The stretches that do not end before `clock`.
    fn from(&self, client: u64, clock: u32) -> &[Stretch<V>] {
        let stretches = self.clients.get(&client).map_or(&[][..], Vec::as_slice);
        &stretches[stretches.partition_point(|stretch| stretch.end <= clock)..]
    }
}

impl<V> Default for Stretches<V> {
    fn default() -> Self {
        Self { clients: BTreeMap::new() }
    }
}
