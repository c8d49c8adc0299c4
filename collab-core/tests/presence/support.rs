//! What the presence tests share.

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::presence::{Event, Presence, State, User};
use collab_core::wire::{AwarenessEntry, read_awareness, write_awareness};

/// A point in time.
pub(crate) fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

/// Somebody with this name and nothing else.
pub(crate) fn named(name: &str) -> State {
    State { user: User { name: name.to_owned(), ..User::default() }, ..State::default() }
}

/// An awareness update with one entry.
pub(crate) fn says(client: u64, clock: u64, json: &str) -> Bytes {
    write_awareness([AwarenessEntry { client, clock, json }].into_iter())
}

/// The clock and the JSON of the only entry.
pub(crate) fn only_entry(update: &[u8]) -> (u64, String) {
    let entries = read_awareness(update).unwrap();
    assert_eq!(entries.len(), 1);
    (entries[0].clock, entries[0].json.to_owned())
}

/// Polls all events.
pub(crate) fn events(presence: &mut Presence) -> Vec<Event> {
    std::iter::from_fn(|| presence.poll_event()).collect()
}

/// Polls all events and keeps what is to be sent.
pub(crate) fn sent(presence: &mut Presence) -> Vec<Bytes> {
    let sends = events(presence).into_iter().filter_map(|event| match event {
        Event::Send(update) => Some(update),
        Event::Changed { .. } => None,
    });
    sends.collect()
}

/// Who is here.
pub(crate) fn clients(presence: &Presence) -> Vec<u64> {
    presence.people().into_iter().map(|person| person.client).collect()
}

/// The event that tells of these changes.
pub(crate) fn changed(added: &[u64], updated: &[u64], removed: &[u64]) -> Event {
    let [added, updated, removed] = [added, updated, removed].map(<[u64]>::to_vec);
    Event::Changed { added, updated, removed }
}
