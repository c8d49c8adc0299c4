//! What does it cost to bring a document up to date with many updates?
//!
//! Through Yrs in transactions of different sizes, through a `Document` one by one (with the deltas
//! that an editor needs), and as a late joiner does: merged by the engine, then loaded into a
//! `Document` and read, or by a stock client into Yrs. A `Document` passes over arrays and maps of others,
//! so the shapes that write these say nothing about its loading.

use std::hint::black_box;

use benches::shapes::{applied, shapes};
use benches::{document, replayed};
use collab_core::log::{Deleted, merge};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use histories::{CONCURRENT, SEQUENTIAL};

/// Updates in one transaction. All in one is quadratic and left out.
const BATCHES: [usize; 4] = [1, 10, 100, 1000];

fn applying(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apply");
    group.sample_size(10);
    for name in CONCURRENT.into_iter().chain(SEQUENTIAL) {
        if let Some(replayed) = replayed(name) {
            apply(&mut group, name, &replayed.updates);
        }
    }
    for shape in shapes() {
        apply(&mut group, shape.name, &shape.updates);
    }
    group.finish();
}

fn apply(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, updates: &[Vec<u8>]) {
    for batch in BATCHES {
        let id = BenchmarkId::new(format!("yrs, {batch} in a transaction"), name);
        group.bench_function(id, |b| b.iter(|| applied(black_box(updates), batch)));
    }
    group.bench_function(BenchmarkId::new("document, with deltas", name), |b| {
        b.iter(|| document::follow(black_box(updates)));
    });
    group.bench_function(BenchmarkId::new("merged, then loaded", name), |b| {
        b.iter(|| {
            let merged = merge(black_box(updates), Deleted::Drop).expect("updates");
            document::load(&merged.update)
        });
    });
    group.bench_function(BenchmarkId::new("merged, then loaded by yrs", name), |b| {
        b.iter(|| {
            let merged = merge(black_box(updates), Deleted::Drop).expect("updates");
            applied(&[merged.update.to_vec()], 1)
        });
    });
}

criterion_group!(benches, applying);
criterion_main!(benches);
