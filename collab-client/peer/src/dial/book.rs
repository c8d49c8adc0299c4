//! Whom to dial of those who announce where they listen: one address for each key, at a bounded rate, and
//! nobody for ever (ADR 10). Pure: time goes in, decisions come out.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::PEERS_MAX;
use crate::PublicKey;
use crate::beacon::Announced;

/// Between two addresses that are dialled for the first time.
const DIAL_INTERVAL: Duration = Duration::from_secs(1);

/// Who could not be reached, or was somebody else, is not dialled again for so long.
const REST: Duration = Duration::from_secs(600);

/// Who is not linked for so long makes room for another, if there is no other room.
const TRIAL: Duration = Duration::from_secs(30);

/// Keys of which it is remembered that they rest; beyond it those are forgotten who rest for longest.
const RESTING_MAX: usize = 4 * PEERS_MAX;

/// Who announced something that was believed.
#[derive(Debug)]
pub(super) struct Book {
    own: PublicKey,
    dialled: BTreeMap<PublicKey, Dialled>,
    resting: BTreeMap<PublicKey, Instant>,
    /// No address is dialled for the first time before.
    next_dial: Option<Instant>,
}

#[derive(Debug)]
struct Dialled {
    address: SocketAddr,
    /// `None` while it is linked.
    down_since: Option<Instant>,
}

/// What to do with an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Dial it, and give up the link with `instead`.
    Dial { instead: Option<PublicKey> },
    /// It is this peer's own.
    Own,
    /// This key is dialled already.
    Known,
    /// It failed a while ago.
    Rests,
    /// Too many at once: it will be announced again.
    TooSoon,
    /// So many are linked, or are being tried.
    Full,
}

impl Book {
    pub(super) fn new(own: PublicKey) -> Self {
        let (dialled, resting) = (BTreeMap::new(), BTreeMap::new());
        Self { own, dialled, resting, next_dial: None }
    }

    /// Decides on an address that lies within reach; what is to be dialled counts as dialled.
    pub(super) fn hear(&mut self, now: Instant, Announced { key, address }: Announced) -> Decision {
        if key == self.own {
            return Decision::Own;
        }
        let known = self.dialled.get(&key);
        // Who moved listens elsewhere; who is linked has not moved.
        if known.is_some_and(|known| known.address == address || known.down_since.is_none()) {
            return Decision::Known;
        }
        self.resting.retain(|_, since| now.duration_since(*since) < REST);
        if self.resting.contains_key(&key) {
            return Decision::Rests;
        }
        if self.next_dial.is_some_and(|next| now < next) {
            return Decision::TooSoon;
        }
        let instead = match known {
            Some(_) => Some(key),
            None if self.dialled.len() < PEERS_MAX => None,
            None => match self.longest_down(now) {
                Some(longest) => Some(longest),
                None => return Decision::Full,
            },
        };
        if let Some(instead) = instead {
            self.dialled.remove(&instead);
        }
        self.next_dial = Some(now + DIAL_INTERVAL);
        self.dialled.insert(key, Dialled { address, down_since: Some(now) });
        Decision::Dial { instead }
    }

    /// Notes how a link is: since when it is down, or that it is not.
    pub(super) fn note(&mut self, key: PublicKey, down_since: Option<Instant>) {
        if let Some(dialled) = self.dialled.get_mut(&key) {
            dialled.down_since = down_since;
        }
    }

    /// A link was given up. Who was never linked, or was somebody else, rests.
    pub(super) fn forget(&mut self, now: Instant, key: PublicKey, rests: bool) {
        self.dialled.remove(&key);
        if !rests {
            return;
        }
        if self.resting.len() >= RESTING_MAX
            && let Some((&longest, _)) = self.resting.iter().min_by_key(|(_, since)| **since)
        {
            self.resting.remove(&longest);
        }
        self.resting.insert(key, now);
    }

    /// Where those listen who are dialled.
    pub(super) fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.dialled.values().map(|dialled| dialled.address)
    }

    /// Who had their chance and is not linked.
    fn longest_down(&self, now: Instant) -> Option<PublicKey> {
        let down =
            self.dialled.iter().filter_map(|(key, dialled)| Some((dialled.down_since?, key)));
        let (since, key) = down.min()?;
        (now.duration_since(since) >= TRIAL).then_some(*key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: PublicKey = PublicKey([0; 32]);

    fn key(number: u16) -> PublicKey {
        let mut key = [0; 32];
        key[..2].copy_from_slice(&number.to_be_bytes());
        PublicKey(key)
    }

    fn at(key: PublicKey, port: u16) -> Announced {
        Announced { key, address: ([192, 0, 2, 1], port).into() }
    }

    const DIAL: Decision = Decision::Dial { instead: None };

    /// A book in which as many are dialled as may be.
    fn full(mut now: Instant) -> (Book, Instant) {
        let mut book = Book::new(OWN);
        for number in 1..=PEERS_MAX as u16 {
            assert_eq!(book.hear(now, at(key(number), number)), DIAL);
            book.note(key(number), None);
            now += DIAL_INTERVAL;
        }
        (book, now)
    }

    #[test]
    fn a_key_has_one_address_and_moves_only_while_it_is_not_linked() {
        let (mut book, now) = (Book::new(OWN), Instant::now());
        assert_eq!(book.hear(now, at(OWN, 1)), Decision::Own);
        assert_eq!(book.hear(now, at(key(1), 1)), DIAL);
        let later = now + DIAL_INTERVAL;
        assert_eq!(book.hear(later, at(key(1), 1)), Decision::Known);
        assert_eq!(book.hear(later, at(key(1), 2)), Decision::Dial { instead: Some(key(1)) });
        book.note(key(1), None);
        assert_eq!(book.hear(later + DIAL_INTERVAL, at(key(1), 3)), Decision::Known);
        assert_eq!(book.addresses().collect::<Vec<_>>(), [at(key(1), 2).address]);
    }

    #[test]
    fn a_thousand_keys_make_it_dial_once_a_second_and_remember_few() {
        let (mut book, start) = (Book::new(OWN), Instant::now());
        let mut dials = 0;
        for number in 1..=2_000 {
            let now = start + Duration::from_millis(10 * u64::from(number));
            if let Decision::Dial { instead } = book.hear(now, at(key(number), number)) {
                assert_eq!(instead, None);
                book.forget(now, key(number), true);
                dials += 1;
            }
        }
        assert_eq!(dials, 20);
        for number in 1..=2_000 {
            book.forget(start, key(number), true);
        }
        assert!(book.resting.len() <= RESTING_MAX && book.dialled.is_empty());
    }

    #[test]
    fn who_failed_rests_and_gets_another_chance() {
        let (mut book, now) = (Book::new(OWN), Instant::now());
        assert_eq!(book.hear(now, at(key(1), 1)), DIAL);
        book.forget(now, key(1), true);
        let almost = now + REST / 2;
        assert_eq!(book.hear(almost, at(key(1), 1)), Decision::Rests);
        assert_eq!(book.hear(almost, at(key(1), 2)), Decision::Rests, "elsewhere too");
        assert_eq!(book.hear(now + REST, at(key(1), 1)), DIAL);
        book.forget(now + REST, key(1), false);
        let after = now + REST + DIAL_INTERVAL;
        assert_eq!(book.hear(after, at(key(1), 1)), DIAL, "who was linked once comes back");
    }

    #[test]
    fn a_newcomer_takes_the_place_of_who_is_down_and_never_of_who_is_linked() {
        let (mut book, now) = full(Instant::now());
        assert_eq!(book.hear(now, at(key(1_000), 1)), Decision::Full);
        book.note(key(7), Some(now));
        book.note(key(5), Some(now + DIAL_INTERVAL));
        assert_eq!(book.hear(now + TRIAL / 2, at(key(1_000), 1)), Decision::Full, "a moment");
        let instead = Decision::Dial { instead: Some(key(7)) };
        assert_eq!(book.hear(now + TRIAL, at(key(1_000), 1)), instead);
        let later = now + TRIAL + DIAL_INTERVAL;
        let instead = Decision::Dial { instead: Some(key(5)) };
        assert_eq!(book.hear(later, at(key(1_001), 1)), instead);
        let later = later + DIAL_INTERVAL;
        assert_eq!(book.hear(later, at(key(1_002), 1)), Decision::Full, "newcomers are tried");
        assert_eq!(book.addresses().count(), PEERS_MAX);
    }
}
