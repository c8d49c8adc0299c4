//! Which clocks of which clients a document has.

use std::collections::BTreeMap;

use crate::log::StateVector;

/// Numbers clients, so that a unit fits eight bytes, and keeps the next clock expected of each.
#[derive(Clone, Debug, Default)]
pub(in crate::document) struct Known {
    clients: Vec<u64>,
    numbers: BTreeMap<u64, u32>,
    next: Vec<u32>,
}

impl Known {
    /// The same numbers, but nothing known.
    pub(in crate::document) fn emptied(&self) -> Self {
        Self { next: vec![0; self.next.len()], ..self.clone() }
    }

    /// The client's number.
    pub(in crate::document) fn number(&mut self, client: u64) -> u32 {
        let (clients, next) = (&mut self.clients, &mut self.next);
        *self.numbers.entry(client).or_insert_with(|| {
            clients.push(client);
            next.push(0);
            clients.len() as u32 - 1
        })
    }

    /// The client's number, if it was ever heard of.
    pub(in crate::document) fn find(&self, client: u64) -> Option<u32> {
        self.numbers.get(&client).copied()
    }

    /// The client of a number.
    pub(in crate::document) fn client(&self, number: u32) -> u64 {
        self.clients[number as usize]
    }

    /// How many clients have a number.
    pub(in crate::document) const fn count(&self) -> usize {
        self.clients.len()
    }

    /// The next clock expected.
    pub(in crate::document) fn next(&self, number: u32) -> u32 {
        self.next.get(number as usize).copied().unwrap_or(0)
    }

    /// The next clock expected of a client.
    pub(in crate::document) fn clock_of(&self, client: u64) -> u32 {
        self.find(client).map_or(0, |number| self.next(number))
    }

    /// Everything before `clock` is there.
    pub(in crate::document) fn advance(&mut self, number: u32, clock: u32) {
        self.next[number as usize] = clock;
    }

    /// The state vector.
    pub(in crate::document) fn state_vector(&self) -> StateVector {
        let clocks = self.numbers.iter().map(|(&client, &number)| (client, self.next(number)));
        StateVector::of(clocks.filter(|&(_, clock)| clock > 0))
    }
}
