//! What does it cost to type into a long text and send each edit, to receive each edit of somebody
//! else with the delta that an editor needs, and to do both at once?
//!
//! Against plain Yrs with its observers: by criterion on the first part of each history, and with
//! `COLLAB_WHOLE=1` on the whole of it, which takes Yrs minutes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use benches::editing::{self, Mixed};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use histories::{History, SEQUENTIAL};

/// As many patches as criterion repeats.
const PATCHES_MAX: usize = 10_000;

/// Histories of two people, each typing while the other does.
const MIXED: [&str; 2] = ["concurrent_traces/friendsforever", "concurrent_traces/clownschool"];

fn editing(criterion: &mut Criterion) {
    // Minutes of Yrs, so only where they are asked for.
    if std::env::var_os("COLLAB_WHOLE").is_some() {
        print_ratios();
    }
    let mut group = criterion.benchmark_group("local_edit");
    group.sample_size(10);
    for name in SEQUENTIAL {
        let history = History::load(name, 1, PATCHES_MAX);
        let updates = editing::typed(&history);
        let id = |way| BenchmarkId::new(way, name);
        group.bench_function(id("local"), |b| b.iter(|| editing::local(black_box(&history))));
        group.bench_function(id("local, yrs"), |b| {
            b.iter(|| editing::local_yrs(black_box(&history)));
        });
        group.bench_function(id("remote"), |b| b.iter(|| editing::remote(black_box(&updates))));
        group.bench_function(id("remote, yrs"), |b| {
            b.iter(|| editing::remote_yrs(black_box(&updates)));
        });
    }
    group.finish();
}

/// Whole histories, ours against Yrs in one run.
fn print_ratios() {
    println!("ms (factor)        |            local |            remote");
    for name in SEQUENTIAL {
        let Ok(history) = History::read(name) else { continue };
        let updates = editing::typed(&history);
        let local = best(|| drop(editing::local(&history)));
        let local_yrs = once(|| drop(editing::local_yrs(&history)));
        let remote = best(|| drop(editing::remote(&updates)));
        let remote_yrs = once(|| drop(editing::remote_yrs(&updates)));
        print_row(name, &[(local, local_yrs), (remote, remote_yrs)]);
    }
    println!("ms (factor)        |    local and remote");
    for name in MIXED {
        let Ok(history) = History::read(name) else { continue };
        let mixed = Mixed::new(&history);
        let ours = best(|| drop(mixed.ours()));
        print_row(name, &[(ours, once(|| drop(mixed.yrs())))]);
    }
}

fn print_row(name: &str, pairs: &[(Duration, Duration)]) {
    print!("{:18}", name.rsplit('/').next().unwrap_or(name));
    for (ours, yrs) in pairs {
        let ms = |time: &Duration| time.as_secs_f64() * 1e3;
        print!(" | {:6.1} {:7.0} ({:.0})", ms(ours), ms(yrs), ms(yrs) / ms(ours));
    }
    println!();
}

fn once(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn best(work: impl Fn()) -> Duration {
    (0..3).map(|_| once(&work)).min().unwrap_or_default()
}

criterion_group!(benches, editing);
criterion_main!(benches);
