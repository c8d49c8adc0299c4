//! How long does it take to merge a history's updates into one, and how large is the result?
//!
//! Against touching every byte (the floor), Yrs' own merge as a tree of 32 (flat it is quadratic),
//! and a Yrs document in transactions of 100 (the fastest way through Yrs).

use std::hint::black_box;

use benches::{replayed, shuffled, touch};
use collab_core::log::{Deleted, merge};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use histories::{CONCURRENT, SEQUENTIAL};
use yrs::updates::decoder::Decode;
use yrs::{Doc, ReadTxn, StateVector, Transact, Update};

fn merging(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("merge");
    group.sample_size(10);
    for name in CONCURRENT.into_iter().chain(SEQUENTIAL) {
        let Some(replayed) = replayed(name) else { continue };
        let (updates, mixed) = (&replayed.updates, shuffled(&replayed.updates));
        print_sizes(name, updates, &replayed.state);
        group.throughput(Throughput::Elements(updates.len() as u64));
        let id = |way| BenchmarkId::new(way, name);
        group.bench_function(id("touch"), |b| b.iter(|| touch(black_box(updates))));
        group.bench_function(id("ours"), |b| b.iter(|| merge(black_box(updates), Deleted::Drop)));
        group.bench_function(id("ours, shuffled"), |b| {
            b.iter(|| merge(black_box(&mixed), Deleted::Drop));
        });
        group.bench_function(id("yrs tree"), |b| b.iter(|| yrs_tree(black_box(updates))));
        group.bench_function(id("yrs document"), |b| b.iter(|| yrs_document(black_box(updates))));
    }
    group.finish();
}

fn print_sizes(name: &str, updates: &[Vec<u8>], state: &[u8]) {
    let size = |deleted| merge(updates, deleted).map_or(0, |merged| merged.update.len());
    let bytes: usize = updates.iter().map(Vec::len).sum();
    println!(
        "{name}: {} updates, {bytes} B; merged {} B, deleted text kept {} B; document {} B",
        updates.len(),
        size(Deleted::Drop),
        size(Deleted::Keep),
        state.len()
    );
}

fn yrs_tree(updates: &[Vec<u8>]) -> Vec<u8> {
    let merge = |group: &[Vec<u8>]| yrs::merge_updates_v1(group).unwrap_or_default();
    let mut level: Vec<Vec<u8>> = updates.chunks(32).map(merge).collect();
    while level.len() > 1 {
        level = level.chunks(32).map(merge).collect();
    }
    level.pop().unwrap_or_default()
}

fn yrs_document(updates: &[Vec<u8>]) -> Vec<u8> {
    let doc = Doc::with_client_id(u64::from(u32::MAX));
    for batch in updates.chunks(100) {
        let mut txn = doc.transact_mut();
        for update in batch.iter().filter_map(|update| Update::decode_v1(update).ok()) {
            txn.apply_update(update).expect("an update of its own kind");
        }
    }
    doc.transact().encode_state_as_update_v1(&StateVector::default())
}

criterion_group!(benches, merging);
criterion_main!(benches);
