//! Who is present on either side of a mirror, so that each side is told what the other says once, and
//! everything when a link was lost.

use std::collections::BTreeMap;

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::presence::EXPIRY;
use collab_core::wire::{AwarenessEntry, read_awareness, write_awareness};

use crate::PRESENT_MAX;

/// Presence by client ID, as it was signed. Nobody is removed: each relay sees by itself who is not
/// heard of any more.
#[derive(Default)]
pub(super) struct People {
    said: BTreeMap<u64, Said>,
}

struct Said {
    clock: u64,
    json: Box<str>,
    heard_at: Timestamp,
}

impl People {
    /// Takes what one side says and returns what of it is news for the other.
    pub(super) fn hear(&mut self, now: Timestamp, update: &[u8]) -> Option<Bytes> {
        // Of what cannot be read nothing is passed on.
        let mut entries = read_awareness(update).unwrap_or_default();
        entries.retain(|entry| !entry.is_removal() && self.is_news(entry));
        for &AwarenessEntry { client, clock, json } in &entries {
            self.make_room_for(client);
            self.said.insert(client, Said { clock, json: json.into(), heard_at: now });
        }
        (!entries.is_empty()).then(|| write_awareness(entries.into_iter()))
    }

    /// Everybody who was heard of lately.
    pub(super) fn all(&mut self, now: Timestamp) -> Bytes {
        self.said.retain(|_, said| now.since(said.heard_at) < EXPIRY);
        let entries = self.said.iter().map(|(&client, said)| AwarenessEntry {
            client,
            clock: said.clock,
            json: &said.json,
        });
        write_awareness(entries)
    }

    fn is_news(&self, entry: &AwarenessEntry<'_>) -> bool {
        self.said.get(&entry.client).is_none_or(|said| said.clock < entry.clock)
    }

    /// Forgets whom was not heard of for longest, if there are too many.
    fn make_room_for(&mut self, client: u64) {
        if self.said.len() < PRESENT_MAX || self.said.contains_key(&client) {
            return;
        }
        let longest = self.said.iter().min_by_key(|(_, said)| said.heard_at);
        if let Some((&longest, _)) = longest {
            self.said.remove(&longest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(client: u64, clock: u64, json: &str) -> Bytes {
        write_awareness([AwarenessEntry { client, clock, json }].into_iter())
    }

    #[test]
    fn what_both_sides_say_is_passed_on_once_and_told_again_to_a_new_link() {
        let (mut people, now) = (People::default(), Timestamp::from_millis(1_000_000));
        let (first, second) = (says(1, 1, "{}"), says(1, 2, "{}"));
        assert_eq!(people.hear(now, &first), Some(first.clone()));
        assert_eq!(people.hear(now, &first), None, "an echo");
        assert_eq!(people.hear(now, &second), Some(second.clone()));
        assert_eq!(people.hear(now, &first), None, "what is old");
        assert_eq!(people.hear(now, &says(1, 2, "null")), None, "no peer removes another");
        assert_eq!(people.hear(now, b"\xff"), None, "garbage");
        assert_eq!(people.all(now), second);
        assert_eq!(people.all(now + EXPIRY), says_nothing());
    }

    #[test]
    fn a_flood_of_names_does_not_grow_it() {
        let (mut people, now) = (People::default(), Timestamp::from_millis(1_000_000));
        for client in 0..2 * PRESENT_MAX as u64 {
            people.hear(now + std::time::Duration::from_millis(client), &says(client, 1, "{}"));
        }
        assert_eq!(people.said.len(), PRESENT_MAX);
        assert!(people.said.contains_key(&(2 * PRESENT_MAX as u64 - 1)), "the newest stays");
    }

    fn says_nothing() -> Bytes {
        write_awareness([].into_iter())
    }
}
