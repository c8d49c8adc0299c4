//! How much memory does a document take, and how much a relay's copy of it?
//!
//! Live heap bytes by a counting allocator, so this is no criterion bench: it prints a table.

use std::alloc::System;

use benches::shapes::applied;
use benches::{document, replayed};
use collab_core::log::{Deleted, Log, merge};
use histories::{CONCURRENT, SEQUENTIAL};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, OffsetKind, Options, Transact, Update};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    println!("live KB            | stored |    yrs | document | % of yrs |  relay | % of stored");
    for name in CONCURRENT.into_iter().chain(SEQUENTIAL) {
        let Some(replayed) = replayed(name) else { continue };
        let state = applied(&replayed.updates, 100);
        let merged = merge(&replayed.updates, Deleted::Drop).expect("updates").update;
        let (yrs, document) = (live(|| loaded(&state)), live(|| document::opened(&state)));
        let relay = live(|| Log::open(Some(merged.to_vec()), []).expect("a snapshot"));
        println!(
            "{:18} | {:6} | {:6} | {:8} | {:8} | {:6} | {:11}",
            name.rsplit('/').next().unwrap_or(name),
            merged.len() / 1024,
            yrs / 1024,
            document / 1024,
            document * 100 / yrs,
            relay / 1024,
            relay * 100 / merged.len()
        );
    }
}

/// Bytes that are still allocated after `make`, while its result lives.
fn live<T>(make: impl FnOnce() -> T) -> usize {
    let region = Region::new(ALLOCATOR);
    let result = make();
    let change = region.change();
    drop(result);
    change.bytes_allocated.saturating_sub(change.bytes_deallocated)
}

fn loaded(state: &[u8]) -> Doc {
    let mut options = Options::with_client_id(ClientID::new(u64::from(u32::MAX)));
    options.offset_kind = OffsetKind::Utf16;
    let doc = Doc::with_options(options);
    let mut txn = doc.try_transact_mut().expect("no transaction is open");
    txn.apply_update(Update::decode_v1(state).expect("an update")).expect("its own state");
    drop(txn);
    doc
}
