//! What does it cost to find what a client lacks who is 1% behind?
//!
//! From the merged bytes and their index; against Yrs on the same bytes, and against a Yrs document
//! that is loaded already. "index" leaves deletions out; "answer" sends all of them, as to a stock
//! client; "asked" only those that differ from a digest. Prints what each sends.

use std::hint::black_box;

use benches::replayed;
use collab_core::log::{Deleted, Deletions, Digest, Known, Log, Snapshot, StateVector, merge};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use histories::{CONCURRENT, SEQUENTIAL};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Doc, ReadTxn, Transact, Update};

fn diffing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("diff");
    group.sample_size(10);
    for name in CONCURRENT.into_iter().chain(SEQUENTIAL) {
        let Some(replayed) = replayed(name) else { continue };
        let Behind { merged, known, lacks, digest } = behind(&replayed.updates);
        let snapshot = Snapshot::new(&merged).expect("merged bytes");
        let mut log = Log::open(Some(&merged), []).expect("merged bytes");
        let ours = StateVector::read(&known).expect("a state vector");
        let known_structs = Known { structs: ours.clone(), deletions: None };
        let known_both = Known { structs: ours.clone(), deletions: Some(digest) };
        print_sizes(name, lacks, &mut log, [&known_structs, &known_both]);
        let theirs = yrs::StateVector::decode_v1(&known).expect("a state vector");
        let doc = loaded(&merged);
        let id = |way| BenchmarkId::new(way, name);
        group.bench_function(id("index"), |b| b.iter(|| snapshot.diff_structs(black_box(&ours))));
        group.bench_function(id("answer"), |b| b.iter(|| log.answer(black_box(&known_structs))));
        group.bench_function(id("asked"), |b| b.iter(|| log.answer(black_box(&known_both))));
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
    /// The state vector of the first 99% of them, and a digest of their deletions.
    known: Vec<u8>,
    digest: Digest,
    /// The bytes of the last 1%, merged.
    lacks: usize,
}

fn behind(updates: &[Vec<u8>]) -> Behind {
    let (old, new) = updates.split_at(updates.len() * 99 / 100);
    let merged = |updates| merge(updates, Deleted::Drop).expect("updates").update.to_vec();
    let known = Log::open(None, old.iter()).expect("updates").state_vector().write().to_vec();
    let deleted = Update::decode_v1(&merged(old)).expect("merged bytes").delete_set().encode_v1();
    let digest = Deletions::read(&deleted).expect("a delete set").digest([7; 16]);
    Behind { merged: merged(updates), known, digest, lacks: merged(new).len() }
}

fn print_sizes(name: &str, lacks: usize, log: &mut Log<&Vec<u8>>, known: [&Known; 2]) {
    let [plain, asked] = known.map(|known| {
        let answer = log.answer(known).expect("an answer");
        let differ = answer.differing.map_or(0, |differing| differing.write().len());
        answer.first.map_or(0, |first| first.as_ref().len()) + answer.last.len() + differ
    });
    let digest = known[1].deletions.as_ref().map_or(0, |digest| digest.write().len());
    println!(
        "{name}: lacks {lacks} B, is sent {asked} B for a digest of {digest} B, else {plain} B"
    );
}

fn loaded(update: &[u8]) -> Doc {
    let doc = Doc::with_client_id(u64::from(u32::MAX));
    let update = Update::decode_v1(update).expect("merged bytes");
    doc.transact_mut().apply_update(update).expect("merged bytes");
    doc
}

criterion_group!(benches, diffing);
criterion_main!(benches);
