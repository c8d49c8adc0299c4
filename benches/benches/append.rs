//! What does it cost to append an update to a live snapshot, its check included?
//!
//! Per history: all its updates one by one from nothing, and the last hundred onto a snapshot of all
//! before; against a merge of the snapshot and those hundred, and against Yrs documents.

use std::hint::black_box;

use benches::replayed;
use collab_core::log::{Deleted, Live, check, merge};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use histories::{CONCURRENT, SEQUENTIAL};

/// Updates appended to a snapshot.
const TAIL: usize = 100;

fn appending(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("append");
    group.sample_size(10);
    for name in CONCURRENT.into_iter().chain(SEQUENTIAL) {
        let Some(replayed) = replayed(name) else { continue };
        let updates = &replayed.updates;
        let (old, tail) = updates.split_at(updates.len() - TAIL);
        let snapshot = merge(old, Deleted::Drop).expect("updates").update.to_vec();
        let live = appended(Live::default(), std::slice::from_ref(&snapshot));
        let id = |way| BenchmarkId::new(way, name);
        group.throughput(Throughput::Elements(updates.len() as u64));
        group.bench_function(id("all, from nothing"), |b| {
            b.iter(|| appended(Live::default(), black_box(updates)));
        });
        group.throughput(Throughput::Elements(TAIL as u64));
        group.bench_function(id("100 onto a snapshot"), |b| {
            let start = || live.clone();
            b.iter_batched(start, |live| appended(live, black_box(tail)), BatchSize::LargeInput);
        });
        group.bench_function(id("100 merged with it"), |b| {
            let all: Vec<&[u8]> =
                [&snapshot[..]].into_iter().chain(tail.iter().map(Vec::as_slice)).collect();
            b.iter(|| merge(black_box(&all), Deleted::Drop));
        });
        group.bench_function(id("to one update"), |b| b.iter(|| black_box(&live).to_update()));
    }
    group.finish();
}

fn appended(mut live: Live, updates: &[Vec<u8>]) -> Live {
    for update in updates {
        let checked = check(update, usize::MAX).expect("an update");
        assert!(live.append(update, &checked), "updates come in order");
    }
    live
}

criterion_group!(benches, appending);
criterion_main!(benches);
