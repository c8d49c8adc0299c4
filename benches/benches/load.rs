//! How long does it take to open a document from its stored bytes and read its text?
//!
//! From what Yrs stores and from what the engine stores, into Yrs and into a `Document`; and what
//! it costs to import and export Yjs' second encoding.

use std::hint::black_box;

use benches::{document, replayed};
use collab_core::log::{Deleted, Log, merge, v2};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use histories::{CONCURRENT, SEQUENTIAL};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ClientID, Doc, GetString, OffsetKind, Options, Transact, Update};

fn loading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    for name in CONCURRENT.into_iter().chain(SEQUENTIAL) {
        let Some(replayed) = replayed(name) else { continue };
        let merged = merge(&replayed.updates, Deleted::Drop).expect("updates").update;
        let id = |way| BenchmarkId::new(way, name);
        group.bench_function(id("yrs, its own bytes"), |b| {
            b.iter(|| yrs_text(black_box(&replayed.state)));
        });
        group.bench_function(id("yrs, merged bytes"), |b| b.iter(|| yrs_text(black_box(&merged))));
        group.bench_function(id("document, merged bytes"), |b| {
            b.iter(|| document::load(black_box(&merged)));
        });
        let second = v2::from_v1(&merged).expect("an update");
        group.bench_function(id("v2 to v1"), |b| {
            b.iter(|| v2::to_v1(black_box(&second), usize::MAX));
        });
        group.bench_function(id("v1 to v2"), |b| b.iter(|| v2::from_v1(black_box(&merged))));
        group.bench_function(id("yrs, v2 to v1"), |b| {
            b.iter(|| Update::decode_v2(black_box(&second)).expect("an update").encode_v1());
        });
        group.bench_function(id("relay's log, merged bytes"), |b| {
            b.iter(|| Log::open(Some(black_box(&merged).clone()), []).expect("a snapshot"));
        });
    }
    group.finish();
}

fn yrs_text(state: &[u8]) -> String {
    let mut options = Options::with_client_id(ClientID::new(u64::from(u32::MAX)));
    options.offset_kind = OffsetKind::Utf16;
    let doc = Doc::with_options(options);
    let text = doc.get_or_insert_text("main");
    let mut txn = doc.try_transact_mut().expect("no transaction is open");
    txn.apply_update(Update::decode_v1(state).expect("an update")).expect("its own state");
    text.get_string(&txn)
}

criterion_group!(benches, loading);
criterion_main!(benches);
