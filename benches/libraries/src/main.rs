//! The same histories of one author through this project's documents and four other libraries.
//!
//! `cargo run --release -- [ROUNDS] [HISTORY]...`: in each round every library runs once, so that a
//! busy moment of the machine meets all alike; the figure is the least CPU time of all rounds. Every
//! result is compared with the history's text before it counts. Prints Markdown.

mod library;

use std::collections::BTreeMap;
use std::hint::black_box;

use cpu_time::ProcessTime;
use histories::{History, Patch};
use library::Library;

const HISTORIES: [&str; 3] = ["sveltecomponent", "friendsforever_flat", "automerge-paper"];

/// A task that took longer than this, in ms, is not repeated.
const REPEATED_MAX_MS: f64 = 3_000.0;

/// Least CPU time in ms by task and library.
type Figures = BTreeMap<(&'static str, &'static str), f64>;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let rounds = arguments.next().map_or(3, |rounds| rounds.parse().expect("a number of rounds"));
    let names: Vec<String> = arguments.collect();
    let names = if names.is_empty() { HISTORIES.map(String::from).to_vec() } else { names };
    for name in names {
        let history = History::read(&format!("sequential_traces/{name}")).expect("the history");
        let patches: Vec<Patch> = history.txns.iter().flat_map(|t| t.patches.clone()).collect();
        let (figures, sizes) = compare(&patches, &history.end_content, rounds);
        print(&name, patches.len(), &figures, &sizes);
    }
}

fn compare(
    patches: &[Patch],
    text: &str,
    rounds: usize,
) -> (Figures, BTreeMap<&'static str, usize>) {
    let libraries = library::all();
    let (mut figures, mut sizes) = (Figures::new(), BTreeMap::new());
    let mut prepared = Vec::new();
    for library in libraries {
        let messages = measure(&mut figures, ("write", library.name()), || library.write(patches));
        let stored = library.save(&messages);
        assert_eq!(library.load(&stored), text, "{} ends with another text", library.name());
        sizes.insert(library.name(), stored.len());
        prepared.push((library, messages, stored));
    }
    for _ in 0..rounds {
        for (library, messages, stored) in &prepared {
            let followed = &messages[..messages.len().min(library.follows())];
            measure(&mut figures, ("write", library.name()), || library.write(patches));
            measure(&mut figures, ("follow", library.name()), || library.follow(followed));
            measure(&mut figures, ("load", library.name()), || library.load(stored));
        }
    }
    scale_cut_ones(&mut figures, &prepared);
    (figures, sizes)
}

/// Where fewer messages were followed, the figure is what all of them would have taken at that rate.
fn scale_cut_ones(figures: &mut Figures, prepared: &[(&dyn Library, Vec<Vec<u8>>, Vec<u8>)]) {
    for (library, messages, _) in prepared {
        if let Some(figure) = figures.get_mut(&("follow", library.name())) {
            let followed = messages.len().min(library.follows());
            *figure *= messages.len() as f64 / followed as f64;
        }
    }
}

fn measure<T>(
    figures: &mut Figures,
    task: (&'static str, &'static str),
    run: impl FnOnce() -> T,
) -> T
where
    T: Default,
{
    if figures.get(&task).is_some_and(|&ms| ms > REPEATED_MAX_MS) {
        return T::default();
    }
    let start = ProcessTime::now();
    let result = black_box(run());
    let ms = start.elapsed().as_secs_f64() * 1e3;
    let least = figures.entry(task).or_insert(ms);
    *least = least.min(ms);
    result
}

fn print(name: &str, edits: usize, figures: &Figures, sizes: &BTreeMap<&'static str, usize>) {
    println!("\n{name}, {edits} edits, CPU ms (times collab's)\n");
    println!(
        "| library | write, with updates | follow, with changes | load to text | stored bytes |"
    );
    println!("| --- | ---: | ---: | ---: | ---: |");
    for library in library::all() {
        let cell = |task| {
            let (ours, theirs) = (figures[&(task, "collab")], figures[&(task, library.name())]);
            format!("{theirs:.1} ({:.1})", theirs / ours)
        };
        let (write, follow, load) = (cell("write"), cell("follow"), cell("load"));
        println!(
            "| {} | {write} | {follow} | {load} | {} |",
            library.name(),
            sizes[library.name()]
        );
    }
}
