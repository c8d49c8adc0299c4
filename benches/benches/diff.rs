//! What does it cost to find what a client lacks who is 1% behind?
//!
//! From the merged bytes and their index; against Yrs on the same bytes, and against a Yrs document
//! that is loaded already. Ours leaves the deletions out, which a log adds (see `answer`).

use std::hint::black_box;

use benches::replayed;
use collab_core::log::{Deleted, Known, Log, Snapshot, StateVector, merge};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use histories::{CONCURRENT, SEQUENTIAL};
use yrs::updates::decoder::Decode;
use yrs::{Doc, ReadTxn, Transact, Update};

fn diffing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("diff");
    group.sample_size(10);
    for name in CONCURRENT.into_iter().chain(SEQUENTIAL) {
        let Some(replayed) = replayed(name) else { continue };
        let Behind { merged, known } = behind(&replayed.updates);
        let snapshot = Snapshot::new(&merged).expect("merged bytes");
        let mut log = Log::open(Some(&merged), []).expect("merged bytes");
        let ours = StateVector::read(&known).expect("a state vector");
        let known_structs = Known { structs: ours.clone(), deletions: None };
        let theirs = yrs::StateVector::decode_v1(&known).expect("a state vector");
        let doc = loaded(&merged);
        let id = |way| BenchmarkId::new(way, name);
        group.bench_function(id("index"), |b| b.iter(|| snapshot.diff_structs(black_box(&ours))));
        group.bench_function(id("answer"), |b| b.iter(|| log.answer(black_box(&known_structs))));
        group.bench_function(id("build the index"), |b| {
            b.iter(|| Snapshot::new(black_box(&merged)).is_ok());
        });
        group.bench_function(id("yrs bytes"), |b| {
            b.iter(|| yrs::diff_updates_v1(black_box(&merged), &known));
        });
        group.bench_function(id("yrs document"), |b| {
            b.iter(|| doc.transact().encode_diff_v1(black_box(&theirs)));
        });
    }
    group.finish();
}

struct Behind {
    /// All updates as one.
    merged: Vec<u8>,
    /// The state vector of the first 99% of them.
    known: Vec<u8>,
}

fn behind(updates: &[Vec<u8>]) -> Behind {
    let part = updates[..updates.len() * 99 / 100].iter();
    let known = Log::open(None, part).expect("updates").state_vector().write().to_vec();
    let merged = merge(updates, Deleted::Drop).expect("updates").update.to_vec();
    Behind { merged, known }
}

fn loaded(update: &[u8]) -> Doc {
    let doc = Doc::with_client_id(u64::from(u32::MAX));
    let update = Update::decode_v1(update).expect("merged bytes");
    doc.transact_mut().apply_update(update).expect("merged bytes");
    doc
}

criterion_group!(benches, diffing);
criterion_main!(benches);
