//! Keeps one room of two relays the same: what is new in one is pushed into the other.
//!
//! A mirror has two ends, a session with each relay, that share the channels' logs and the presence.
//! Each end is driven by a task of its own (`collab_client`); [`run`] carries the word that there is
//! news from one to the other. Nothing is decided here: what may enter a room is its relay's affair.

mod end;
mod people;
mod shared;

use std::sync::{Arc, Mutex};

use collab_client::{Changes, Config, Event, Handle, start};
use collab_core::sync::SessionConfig;
use tokio::select;
use tokio::sync::watch;

use end::{End, Told};
use shared::{Shared, Side};

use crate::random::random;

/// One end, as it is driven.
struct Driven {
    handle: Handle<End>,
    told: Changes<Told>,
}

/// Mirrors until it is dropped: the relay of this peer here, another one there. Once `leaves` says so, it
/// ends with the connection to this peer's relay, whose last words it still passes on.
pub(crate) async fn run([here, there]: [Config; 2], leaves: watch::Receiver<bool>) {
    let shared = Arc::new(Mutex::new(Shared::new()));
    let drive = |side, config| {
        let end = End::new(side, SessionConfig::new("", random()), Arc::clone(&shared));
        let (handle, told) = start(config, end);
        Driven { handle, told }
    };
    let (mut here, mut there) = (drive(Side::Here, here), drive(Side::There, there));
    loop {
        let goes_on = select! {
            event = here.told.next() => {
                let is_last = matches!(event, Some(Event::Change(Told::Ended))) && *leaves.borrow();
                carry(event, &there.handle).await && !is_last
            }
            event = there.told.next() => carry(event, &here.handle).await,
        };
        if !goes_on {
            return there.handle.stop().await;
        }
    }
}

/// Lets one end take what the other has heard. False once either has stopped.
async fn carry(event: Option<Event<Told>>, other: &Handle<End>) -> bool {
    match event {
        // A peer that is away comes back, or does not.
        Some(Event::Unreachable(_)) => true,
        Some(_) => other.call(End::take_news).await.is_ok(),
        None => false,
    }
}
