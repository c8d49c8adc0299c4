//! What does a room do for one keystroke that so many others receive?
//!
//! Checked, acknowledged twice, stored in memory; no socket. Against handing the same bytes to as
//! many queues, which is the floor.

use std::hint::black_box;

use benches::{Hall, Typing};
use bytes::Bytes;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn fanning_out(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fan_out");
    for receivers in [1, 20, 200, 2_000] {
        group.throughput(Throughput::Elements(receivers as u64));
        let mut hall = Hall::new(None);
        let writer = hall.join();
        for _ in 0..receivers {
            let peer = hall.join();
            hall.ask(peer);
        }
        let (mut typing, mut seq) = (Typing::new(7), 0);
        group.bench_function(BenchmarkId::new("ours", receivers), |b| {
            b.iter_batched(
                || typing.letter(),
                |update| {
                    seq += 1;
                    hall.push(writer, seq, black_box(&update));
                },
                BatchSize::SmallInput,
            );
        });
        let mut queues: Vec<Vec<Bytes>> = vec![Vec::new(); receivers];
        let frame = Typing::new(7).letter();
        group.bench_function(BenchmarkId::new("floor", receivers), |b| {
            b.iter(|| {
                for queue in &mut queues {
                    queue.clear();
                    queue.push(black_box(&frame).clone());
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, fanning_out);
criterion_main!(benches);
