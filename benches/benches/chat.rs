//! What does a long chat cost?
//!
//! `chat`: an array that only grows, the worst shape for Yrs: one by one, as one update that was merged
//! by Yrs, which is what a hostile client could send, and as the engine merges them.
//! `segment`: the last page of a chat of any length, that is one full segment by a hundred people,
//! opened and shown, in our reader and in Yrs; and one more message in it.

use std::hint::black_box;
use std::sync::{Arc, Mutex};

use benches::shapes::applied;
use collab_core::chat::{SEGMENT_UNITS, Segment, Unit, UserId};
use collab_core::log::{Deleted, check, merge};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use yrs::{Any, Array, ClientID, Doc, Options, Transact};

fn chatting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("chat");
    group.sample_size(10);
    for count in [1_000, 4_000] {
        let updates = messages(count);
        let by_yrs = yrs::merge_updates_v1(&updates).expect("updates");
        let ours = merge(&updates, Deleted::Drop).expect("updates").update.to_vec();
        println!(
            "{count} messages: {} B merged by yrs, {} B by the engine",
            by_yrs.len(),
            ours.len()
        );
        let id = |way| BenchmarkId::new(way, count);
        group.bench_function(id("check"), |b| b.iter(|| check(black_box(&by_yrs), usize::MAX)));
        group.bench_function(id("merge"), |b| b.iter(|| merge(black_box(&updates), Deleted::Drop)));
        let mut applying = |way, updates: &[Vec<u8>]| {
            group.bench_function(id(way), |b| b.iter(|| applied(black_box(updates), 1)));
        };
        applying("apply one by one", &updates);
        applying("apply what yrs merged", &[by_yrs]);
        applying("apply what the engine merged", &[ours]);
    }
    group.finish();
}

fn opening(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("segment");
    let (updates, next) = segment(100);
    let page = [merge(&updates, Deleted::Drop).expect("updates").update.to_vec()];
    println!("a full segment: {} B", page[0].len());
    group.bench_function("open and show the last 50", |b| {
        b.iter(|| last_texts(&opened(black_box(&page)), 50));
    });
    group.bench_function("open in yrs", |b| b.iter(|| applied(black_box(&page), 1)));
    group.bench_function("one by one", |b| b.iter(|| opened(black_box(&updates))));
    group.bench_function("one by one in yrs", |b| b.iter(|| applied(black_box(&updates), 1)));
    group.bench_function("one more message", |b| {
        b.iter_batched_ref(
            || opened(&page),
            |segment| segment.apply(black_box(&next)),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

/// A full segment, an update for each message of `people` who take turns, and one update more.
fn segment(people: u64) -> (Vec<Vec<u8>>, Vec<u8>) {
    let user = |number| UserId::new(&format!("user-{number}")).expect("an ID");
    let writer = |number| (user(number), Segment::new(0, 1_000 + number, Some(user(number))));
    let mut writers: Vec<_> = (0..people).map(writer).collect();
    let mut updates = Vec::new();
    for at in 0..=u64::from(SEGMENT_UNITS) - people {
        let (user, segment) = &mut writers[(at % people) as usize];
        let text = format!("message number {at} says hello");
        segment.write(user, "Somebody", &Unit::Message { at, text: &text, re: None });
        updates.push(segment.release(u32::MAX).expect("a message").0);
    }
    let next = updates.pop().expect("one more");
    (updates, next)
}

fn opened(updates: &[Vec<u8>]) -> Segment {
    let mut segment = Segment::new(0, 1, None);
    for update in updates {
        segment.apply(update).expect("a chat");
    }
    segment
}

/// Bytes of what is shown, so that everything is read.
fn last_texts(segment: &Segment, count: usize) -> usize {
    let messages = (segment.len() - count..segment.len()).filter_map(|at| segment.message_at(at));
    messages.map(|message| message.text.len() + message.name.len()).sum()
}

fn messages(count: usize) -> Vec<Vec<u8>> {
    let doc = Doc::with_options(Options::with_client_id(ClientID::new(7)));
    let array = doc.get_or_insert_array("chat");
    let outbox = Arc::<Mutex<Vec<Vec<u8>>>>::default();
    let outgoing = outbox.clone();
    let observed = doc.observe_update_v1("outbox", move |_, event| {
        outgoing.lock().expect("nobody panicked").push(event.update.clone());
    });
    observed.expect("no transaction is open");
    for number in 0..count {
        let mut txn = doc.try_transact_mut().expect("no transaction is open");
        array.push_back(&mut txn, Any::from(format!("message number {number} says hello")));
    }
    std::mem::take(&mut outbox.lock().expect("nobody panicked"))
}

criterion_group!(benches, chatting, opening);
criterion_main!(benches);
