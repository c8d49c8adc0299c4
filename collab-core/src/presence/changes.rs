//! Who came, changed or left since the owner last asked.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::Event;

/// The net change per client, so that its size is bounded by the number of clients.
#[derive(Debug, Default)]
pub(super) struct Changes {
    clients: BTreeMap<u64, Change>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Added,
    Updated,
    Removed,
}

impl Changes {
    pub(super) fn added(&mut self, client: u64) {
        // Gone and back again: the owner still shows what was there before.
        self.clients
            .entry(client)
            .and_modify(|change| *change = Change::Updated)
            .or_insert(Change::Added);
    }

    pub(super) fn updated(&mut self, client: u64) {
        self.clients.entry(client).or_insert(Change::Updated);
    }

    pub(super) fn removed(&mut self, client: u64) {
        match self.clients.entry(client) {
            // Came and left: the owner never knew.
            Entry::Occupied(change) if *change.get() == Change::Added => {
                change.remove();
            }
            Entry::Occupied(mut change) => {
                change.insert(Change::Removed);
            }
            Entry::Vacant(unchanged) => {
                unchanged.insert(Change::Removed);
            }
        }
    }

    /// Takes everything; `None` if nothing changed.
    pub(super) fn take(&mut self) -> Option<Event> {
        if self.clients.is_empty() {
            return None;
        }
        let clients = std::mem::take(&mut self.clients);
        let of = |wanted| {
            let matching = clients.iter().filter(|(_, change)| **change == wanted);
            matching.map(|(client, _)| *client).collect()
        };
        Some(Event::Changed {
            added: of(Change::Added),
            updated: of(Change::Updated),
            removed: of(Change::Removed),
        })
    }
}
