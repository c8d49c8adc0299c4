//! Clients and a relay on a virtual clock and a bad network.
//!
//! The real [`collab_core::sync::Session`], `Document` and `Presence` of three to eight clients, and the real
//! [`collab_core::chat::Client`] of up to four more, talk
//! to the real [`collab_core::relay::Room`], while connections break, frames are late, readers are
//! slow, the store fails, and processes crash. Afterwards everything heals, and then:
//!
//! - all replicas and the store hold the same;
//! - nothing is lost that was durable, or whose author still lives or kept it in offline storage;
//! - whenever a client said "saved", all its edits were in the store at that moment;
//! - presence shows exactly those who are there;
//! - every status says saved (in a room that keeps nothing: synced, with nothing unsaved);
//! - in chats, in most rooms beside the document: nothing that was said is lost or doubled, edits,
//!   deletions and reactions hold, all who read a chat show the same in the same order, and no frame
//!   tells a third of a direct one.
//!
//! `COLLAB_SIM_SEEDS` sets how many seeds are run, `COLLAB_SIM_SEED` runs one of them and tells what
//! happens in it.

mod chat_checks;
mod chatter;
mod chatters;
mod checks;
mod client;
mod clients;
mod faults;
mod model;
mod network;
mod plan;
mod process;
mod random;
mod relay;
mod sayings;
mod stock;
mod store;
mod storing;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{available_parallelism, scope};

use plan::Plan;
use world::World;

/// Seeds of an ordinary test run; a nightly one takes thousands.
const SEEDS: u64 = 120;

#[test]
fn replicas_converge_and_nothing_durable_is_lost_whatever_fails() {
    if let Some(seed) = setting("COLLAB_SIM_SEED") {
        return World::new(Plan::of_seed(seed), true).run();
    }
    let seeds = setting("COLLAB_SIM_SEEDS").unwrap_or(SEEDS);
    let next = AtomicU64::new(0);
    scope(|scope| {
        for _ in 0..available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(seed) = take_below(seeds, &next) {
                    run(seed);
                }
            });
        }
    });
}

fn take_below(end: u64, next: &AtomicU64) -> Option<u64> {
    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&seed| seed < end)
}

fn run(seed: u64) {
    let run = AssertUnwindSafe(|| World::new(Plan::of_seed(seed), false).run());
    if let Err(panic) = catch_unwind(run) {
        eprintln!("run it again with COLLAB_SIM_SEED={seed}");
        resume_unwind(panic);
    }
}

#[allow(clippy::disallowed_methods, reason = "a test's settings come from its environment")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}
