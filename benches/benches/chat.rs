//! What does a long chat cost, the worst shape for Yrs: an array that only grows?
//!
//! Messages one by one, as one update that was merged by Yrs, which is what a hostile client could
//! send, and as the engine merges them.

use std::hint::black_box;
use std::sync::{Arc, Mutex};

use benches::shapes::applied;
use collab_core::log::{Deleted, check, merge};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use yrs::{Any, Array, ClientID, Doc, Options, Transact};

fn chatting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("chat");
    group.sample_size(10);
    for count in [1_000, 4_000] {
        let updates = messages(count);
        let by_yrs = yrs::merge_updates_v1(&updates).expect("updates");
        let ours = merge(&updates, Deleted::Drop).expect("updates").update.to_vec();
        println!(
            "{count} messages: {} B merged by yrs, {} B by the engine",
            by_yrs.len(),
            ours.len()
        );
        let id = |way| BenchmarkId::new(way, count);
        group.bench_function(id("check"), |b| b.iter(|| check(black_box(&by_yrs), usize::MAX)));
        group.bench_function(id("merge"), |b| b.iter(|| merge(black_box(&updates), Deleted::Drop)));
        let mut applying = |way, updates: &[Vec<u8>]| {
            group.bench_function(id(way), |b| b.iter(|| applied(black_box(updates), 1)));
        };
        applying("apply one by one", &updates);
        applying("apply what yrs merged", &[by_yrs]);
        applying("apply what the engine merged", &[ours]);
    }
    group.finish();
}

fn messages(count: usize) -> Vec<Vec<u8>> {
    let doc = Doc::with_options(Options::with_client_id(ClientID::new(7)));
    let array = doc.get_or_insert_array("chat");
    let outbox = Arc::<Mutex<Vec<Vec<u8>>>>::default();
    let outgoing = outbox.clone();
    let observed = doc.observe_update_v1("outbox", move |_, event| {
        outgoing.lock().expect("nobody panicked").push(event.update.clone());
    });
    observed.expect("no transaction is open");
    for number in 0..count {
        let mut txn = doc.try_transact_mut().expect("no transaction is open");
        array.push_back(&mut txn, Any::from(format!("message number {number} says hello")));
    }
    std::mem::take(&mut outbox.lock().expect("nobody panicked"))
}

criterion_group!(benches, chatting);
criterion_main!(benches);
