//! What does it cost to check one update before it is stored and forwarded?
//!
//! Against decoding it with Yrs, which checks less.

use std::hint::black_box;

use benches::replayed;
use collab_core::log::check;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use histories::{CONCURRENT, SEQUENTIAL};
use yrs::Update;
use yrs::updates::decoder::Decode;

fn checking(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    group.sample_size(10);
    for name in CONCURRENT.into_iter().chain(SEQUENTIAL) {
        let Some(replayed) = replayed(name) else { continue };
        let updates = &replayed.updates;
        group.throughput(Throughput::Elements(updates.len() as u64));
        group.bench_function(BenchmarkId::new("ours", name), |b| {
            b.iter(|| updates.iter().all(|update| check(black_box(update), usize::MAX).is_ok()));
        });
        group.bench_function(BenchmarkId::new("yrs decode", name), |b| {
            b.iter(|| updates.iter().all(|update| Update::decode_v1(black_box(update)).is_ok()));
        });
    }
    group.finish();
}

criterion_group!(benches, checking);
criterion_main!(benches);
