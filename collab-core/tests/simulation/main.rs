//! Clients and a relay on a virtual clock and a bad network.
//!
//! The real [`collab_core::sync::Session`], `Document` and `Presence` of three to eight clients talk
//! to the real [`collab_core::relay::Room`], while connections break, frames are late, readers are
//! slow, the store fails, and processes crash. Afterwards everything heals, and then:
//!
//! - all replicas and the store hold the same;
//! - nothing is lost that was durable, or whose author still lives or kept it in offline storage;
//! - whenever a client said "saved", all its edits were in the store at that moment;
//! - presence shows exactly those who are there;
//! - every status says saved (in a room that keeps nothing: synced, with nothing unsaved).
//!
//! `COLLAB_SIM_SEEDS` sets how many seeds are run, `COLLAB_SIM_SEED` runs one of them and tells what
//! happens in it.

mod checks;
mod client;
mod clients;
mod faults;
mod model;
mod network;
mod plan;
mod random;
mod relay;
mod store;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use plan::Plan;
use world::World;

/// Seeds of an ordinary test run.
const SEEDS: u64 = 60;

#[test]
fn replicas_converge_and_nothing_durable_is_lost_whatever_fails() {
    if let Some(seed) = setting("COLLAB_SIM_SEED") {
        return World::new(Plan::of_seed(seed), true).run();
    }
    for seed in 0..setting("COLLAB_SIM_SEEDS").unwrap_or(SEEDS) {
        let run = AssertUnwindSafe(|| World::new(Plan::of_seed(seed), false).run());
        if let Err(panic) = catch_unwind(run) {
            eprintln!("run it again with COLLAB_SIM_SEED={seed}");
            resume_unwind(panic);
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a test's settings come from its environment")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}
