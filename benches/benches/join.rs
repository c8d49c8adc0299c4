//! What does one newcomer cost who has nothing?
//!
//! "cold": the room has to be opened from its store first; "warm": others are there already; then what
//! the newcomer does with the answer. No socket. Against copying the document, which is the floor.

use std::hint::black_box;

use benches::{Hall, document, replayed};
use collab_core::log::{Deleted, merge};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use histories::{CONCURRENT, SEQUENTIAL};

fn joining(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("join");
    group.sample_size(10);
    for name in CONCURRENT.into_iter().chain(SEQUENTIAL) {
        let Some(replayed) = replayed(name) else { continue };
        let stored = merge(&replayed.updates, Deleted::Drop).expect("updates").update;
        let id = |way| BenchmarkId::new(way, name);
        group.bench_function(id("ours, cold"), |b| {
            b.iter(|| {
                let mut hall = Hall::new(Some(black_box(&stored).clone()));
                visit(&mut hall);
                hall
            });
        });
        let mut hall = Hall::new(Some(stored.clone()));
        group.bench_function(id("ours, warm"), |b| b.iter(|| visit(&mut hall)));
        group.bench_function(id("load in the newcomer"), |b| {
            b.iter(|| document::load(black_box(&stored)));
        });
        group.bench_function(id("copy"), |b| b.iter(|| black_box(&stored).to_vec()));
    }
    group.finish();
}

fn visit(hall: &mut Hall) {
    let peer = hall.join();
    hall.ask(peer);
    hall.leave(peer);
}

criterion_group!(benches, joining);
criterion_main!(benches);
