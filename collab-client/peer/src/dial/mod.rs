//! Keeps a mirror to each peer that is known: to those that the user gave for ever, to those that announce
//! themselves as far as the book and the reach allow (ADR 10).

mod book;
mod reach;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::select;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, Id, JoinSet};

use crate::PublicKey;
use crate::beacon::Announced;
use crate::links::Links;
use crate::mirror::{self, Ending, Term};
use book::{Book, Decision};
pub(crate) use reach::Reach;

/// Peers that one peer dials beside those that the user gave.
pub const PEERS_MAX: usize = 64;

/// Who announced an address and is not reached there for so long is given up.
const PATIENCE: Duration = Duration::from_secs(120);

/// The addresses that are dialled, for whoever asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(Arc<Mutex<BTreeSet<String>>>);

/// Makes mirrors between this peer's relay and those of others.
pub(crate) struct Dialler {
    links: Links,
    given: BTreeSet<String>,
    book: Book,
    /// To those in the book.
    linked: BTreeMap<PublicKey, Linked>,
    mirrors: JoinSet<Option<(PublicKey, Ending)>>,
    reach: Arc<Reach>,
    leaves: watch::Receiver<bool>,
    known: Known,
}

struct Linked {
    address: SocketAddr,
    down_since: watch::Receiver<Option<Instant>>,
    mirror: AbortHandle,
}

impl Dialler {
    pub(crate) fn new(
        links: Links,
        reach: Arc<Reach>,
        leaves: watch::Receiver<bool>,
        known: Known,
    ) -> Self {
        let (book, given) = (Book::new(links.own()), BTreeSet::new());
        let (linked, mirrors) = (BTreeMap::new(), JoinSet::new());
        Self { links, given, book, linked, mirrors, reach, leaves, known }
    }

    /// Runs until nothing can be learned any more, and then until all mirrors have ended.
    pub(crate) async fn run(mut self, given: Vec<String>, mut learned: mpsc::Receiver<Announced>) {
        for address in given {
            self.reach.meet_given(&address);
            if self.given.insert(address.clone()) {
                self.mirror(&address, None, None);
            }
        }
        self.publish();
        loop {
            select! {
                announced = learned.recv() => match announced {
                    Some(announced) => self.hear(Instant::now(), announced),
                    None => break,
                },
                Some(ended) = self.mirrors.join_next_with_id() => {
                    // A mirror that was given up has no more to say.
                    if let Ok((id, Some(ended))) = ended {
                        self.ended(Instant::now(), id, ended);
                    }
                }
            }
            self.publish();
        }
        while self.mirrors.join_next().await.is_some() {}
    }

    fn hear(&mut self, now: Instant, announced: Announced) {
        let Announced { key, address } = announced;
        for (key, linked) in &self.linked {
            let down_since = *linked.down_since.borrow();
            self.book.note(*key, down_since);
            if down_since.is_none() {
                self.reach.meet(linked.address.ip());
            }
        }
        if self.given.contains(&address.to_string()) || !self.reach.covers(address) {
            return;
        }
        match self.book.hear(now, announced) {
            Decision::Dial { instead } => {
                if let Some(linked) = instead.and_then(|instead| self.linked.remove(&instead)) {
                    linked.mirror.abort();
                }
                tracing::info!(%key, %address, "dialling a peer that announced itself");
                self.dial(now, key, address);
            }
            decision => tracing::trace!(%key, %address, ?decision, "not dialled"),
        }
    }

    fn dial(&mut self, now: Instant, key: PublicKey, address: SocketAddr) {
        let (sender, down_since) = watch::channel(Some(now));
        if let Some(mirror) = self.mirror(&address.to_string(), Some(key), Some(sender)) {
            self.linked.insert(key, Linked { address, down_since, mirror });
        }
    }

    /// Starts a mirror: with whoever holds `whose`, if that is known.
    fn mirror(
        &mut self,
        address: &str,
        whose: Option<PublicKey>,
        down_since: Option<watch::Sender<Option<Instant>>>,
    ) -> Option<AbortHandle> {
        let here = self.links.here();
        // The same key has served for TLS before.
        let there = self.links.to(address, whose).ok()?;
        let patience = whose.map(|_| PATIENCE);
        let down_since = down_since.unwrap_or_else(|| watch::Sender::new(None));
        let term = Term { leaves: self.leaves.clone(), down_since, patience };
        let mirror = async move {
            let ending = mirror::run([here, there], term).await;
            whose.map(|key| (key, ending))
        };
        Some(self.mirrors.spawn(mirror))
    }

    fn ended(&mut self, now: Instant, id: Id, (key, ending): (PublicKey, Ending)) {
        // It may be another link with this key that has ended.
        if self.linked.get(&key).is_some_and(|linked| linked.mirror.id() == id) {
            tracing::info!(%key, ?ending, "a peer is not dialled any more");
            self.linked.remove(&key);
            self.book.forget(now, key, ending != Ending::Lost);
        }
    }

    fn publish(&self) {
        let addresses = self.book.addresses().map(|address| address.to_string());
        let known = self.given.iter().cloned().chain(addresses).collect();
        // A set of names is whole whatever panicked.
        *self.known.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

impl Known {
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
