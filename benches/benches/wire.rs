//! What does it cost to read and to write a frame?
//!
//! A keystroke and a document, in both dialects, against copying the same bytes.

use std::hint::black_box;

use benches::Typing;
use collab_core::wire::{Dialect, Frame, Message, Sync};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn framing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("wire");
    let keystroke = Typing::new(u64::from(u32::MAX)).letter();
    let document = vec![7; 36 << 10];
    for (input, update) in [("keystroke", &*keystroke), ("36 KiB", &document[..])] {
        group.throughput(Throughput::Bytes(update.len() as u64));
        let plain = Message::Sync(Sync::Update(update));
        let push = Message::Push { seq: 1_000_000, update };
        for (dialect, name, message) in
            [(Dialect::Plain, "plain", plain), (Dialect::V1, "collab.v1", push)]
        {
            let frame = message.frame(dialect, 1);
            group.bench_function(BenchmarkId::new(format!("ours, read {name}"), input), |b| {
                b.iter(|| Frame::read(dialect, black_box(&frame)));
            });
            group.bench_function(BenchmarkId::new(format!("ours, write {name}"), input), |b| {
                b.iter(|| black_box(&message).frame(dialect, 1));
            });
        }
        group.bench_function(BenchmarkId::new("copy", input), |b| {
            b.iter(|| black_box(update).to_vec());
        });
    }
    group.finish();
}

criterion_group!(benches, framing);
criterion_main!(benches);
