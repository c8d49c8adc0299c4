//! What does a room do when so many clients come back at once?
//!
//! Each joins, opens the document, gets all of it and leaves; no socket. Against copying the
//! document once for each, which a room that shares its bytes need not do.

use std::hint::black_box;

use benches::{Hall, Typing};
use collab_core::log::{Deleted, merge};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Authors of the document, and what each of them typed.
const AUTHORS: u64 = 100;

fn storming(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("storm");
    for letters in [300, 5_000] {
        let updates = (0..AUTHORS).flat_map(|author| {
            let mut typing = Typing::new(1_000 + author);
            (0..letters).map(|_| typing.letter()).collect::<Vec<_>>()
        });
        let updates: Vec<_> = updates.collect();
        let document = merge(&updates, Deleted::Drop).expect("updates").update;
        let input = format!("{} KiB", document.len() >> 10);
        let mut hall = Hall::new(Some(document.clone()));
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::new("ours", &input), |b| {
            b.iter(|| {
                let peer = hall.join();
                hall.ask(peer);
                hall.leave(peer);
            });
        });
        group.bench_function(BenchmarkId::new("copy", &input), |b| {
            b.iter(|| black_box(&document).to_vec());
        });
    }
    group.finish();
}

criterion_group!(benches, storming);
criterion_main!(benches);
