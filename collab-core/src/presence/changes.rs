//! Who came, changed or left since the owner last asked.

use super::Event;

/// The net change per client, so that its size is bounded by the number of clients. Ascending by
/// client.
#[derive(Debug, Default)]
pub(super) struct Changes {
    clients: Vec<(u64, Option<Change>)>,
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
        let change = self.of(client);
        *change = Some(if change.is_some() { Change::Updated } else { Change::Added });
    }

    pub(super) fn updated(&mut self, client: u64) {
        self.of(client).get_or_insert(Change::Updated);
    }

    pub(super) fn removed(&mut self, client: u64) {
        // Came and left: the owner never knew.
        let change = self.of(client);
        *change = if *change == Some(Change::Added) { None } else { Some(Change::Removed) };
    }

    fn of(&mut self, client: u64) -> &mut Option<Change> {
        let place = self.clients.binary_search_by_key(&client, |(client, _)| *client);
        let at = place.unwrap_or_else(|at| {
            self.clients.insert(at, (client, None));
            at
        });
        &mut self.clients[at].1
    }

    /// Takes everything; `None` if nothing changed.
    pub(super) fn take(&mut self) -> Option<Event> {
        let clients = std::mem::take(&mut self.clients);
        if clients.iter().all(|(_, change)| change.is_none()) {
            return None;
        }
        let of = |wanted| {
            let matching = clients.iter().filter(|(_, change)| *change == Some(wanted));
            matching.map(|(client, _)| *client).collect()
        };
        Some(Event::Changed {
            added: of(Change::Added),
            updated: of(Change::Updated),
            removed: of(Change::Removed),
        })
    }
}
