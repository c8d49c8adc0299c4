//! Keeps one room of two relays the same: what is new in one is pushed into the other.
//!
//! A mirror has two ends, a session with each relay, that share the channels' logs and the presence.
//! Each end is driven by a task of its own (`collab_client`); [`run`] carries the word that there is
//! news from one to the other. Nothing is decided here: what may enter a room is its relay's affair.

mod end;
mod shared;

use std::sync::{Arc, Mutex};

use collab_client::{Config, Event, Handle, start};
use collab_core::sync::SessionConfig;
use tokio::select;
use tokio::sync::mpsc;

use end::{End, HasNews};
use shared::{Shared, Side};

use crate::random::random;

/// What a mirror says of its peer to others, and where it brings what others say of theirs.
#[derive(Clone, Debug)]
pub(crate) struct Announcement {
    /// A host and a port that others may dial.
    pub(crate) address: Option<String>,
    /// Takes addresses that others may be dialled at.
    pub(crate) learn: mpsc::Sender<String>,
}

/// Mirrors until it is dropped: the relay of this peer here, another one there.
pub(crate) async fn run([here, there]: [Config; 2], announcement: Announcement) {
    let shared = Arc::new(Mutex::new(Shared::new(announcement)));
    let end = |side, config| {
        start(config, End::new(side, SessionConfig::new("", random()), Arc::clone(&shared)))
    };
    let (here, mut ours) = end(Side::Here, here);
    let (there, mut theirs) = end(Side::There, there);
    loop {
        let goes_on = select! {
            event = ours.next() => carry(event, &there).await,
            event = theirs.next() => carry(event, &here).await,
        };
        if !goes_on {
            return;
        }
    }
}

/// Lets one end take what the other has heard. False once either has stopped.
async fn carry(event: Option<Event<HasNews>>, other: &Handle<End>) -> bool {
    match event {
        // A peer that is away comes back, or does not.
        Some(Event::Unreachable(_)) => true,
        Some(_) => other.call(End::take_news).await.is_ok(),
        None => false,
    }
}
