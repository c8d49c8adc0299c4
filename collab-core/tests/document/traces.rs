//! Real editing histories end as their authors saw them.

use bytes::Bytes;
use collab_core::document::{Document, FileId};
use histories::History;

use crate::support::{splice, updates};

/// Patches that are replayed of each history; a release build replays all.
const PATCHES_MAX: usize = if cfg!(debug_assertions) { 3_000 } else { usize::MAX };

/// One person of a history.
struct Author {
    document: Document,
    /// Which transactions they have seen.
    seen: Vec<bool>,
}

impl Author {
    /// Applies `txn` and all that its author had seen before it.
    fn see(&mut self, history: &History, made: &[Vec<Bytes>], wanted: Vec<usize>) {
        let missing = history.lacking(&mut self.seen, wanted);
        let updates = missing.iter().flat_map(|&number| &made[number]).map(|update| &update[..]);
        self.document.apply_all(updates).unwrap();
    }
}

/// Replays a history; returns each author's text after having seen everything.
fn replay(history: &History) -> Vec<String> {
    let txns = &history.txns;
    let main = FileId::main();
    // Client IDs in the order of the agents: with others, concurrent insertions at one place end in
    // another order, which is as valid but not that of the trace.
    let new =
        |agent| Author { document: Document::new(agent as u64 + 1), seen: vec![false; txns.len()] };
    let mut authors: Vec<Author> = (0..history.num_agents).map(new).collect();
    let mut made: Vec<Vec<Bytes>> = Vec::new();
    for (number, txn) in txns.iter().enumerate() {
        let author = &mut authors[txn.agent];
        author.see(history, &made, history.parents(number));
        for (at, delete, insert) in &txn.patches {
            author.document.edit(&main, &[splice(*at, *delete, insert)]).unwrap();
        }
        author.seen[number] = true;
        made.push(updates(&mut author.document));
    }
    let all = |mut author: Author| {
        author.see(history, &made, (0..txns.len()).collect());
        author.document.text(&main)
    };
    authors.into_iter().map(all).collect()
}

#[test]
fn one_persons_history_ends_as_it_did() {
    // ASCII, so its positions in characters are UTF-16 offsets, too.
    let history = History::load("sequential_traces/sveltecomponent", 1, PATCHES_MAX);
    let texts = replay(&history);
    assert_eq!(texts, [history.replayed_plainly()]);
    assert_eq!(history.promised().unwrap_or(&texts[0]), texts[0]);
}

#[test]
fn two_peoples_history_ends_alike_for_both() {
    let history = History::load("concurrent_traces/friendsforever", 2, PATCHES_MAX);
    let texts = replay(&history);
    assert_eq!(texts[0], texts[1]);
    assert!(!texts[0].is_empty());
    assert_eq!(history.promised().unwrap_or(&texts[0]), texts[0]);
}
