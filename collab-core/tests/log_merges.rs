//! The merge: same state as a document in any order, same bytes for the same set, never larger.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

mod random_history;

use collab_core::log::{Deleted, compact, merge};
use random_history::{Dice, History, applied, document, history, shown};
use yrs::updates::decoder::Decode;
use yrs::{Doc, GetString, ReadTxn, StateVector, Text, Transact, Update};

const SESSIONS: u64 = 200;

fn state(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_state_as_update_v1(&StateVector::default())
}

fn merged<B: AsRef<[u8]>>(updates: &[B]) -> Vec<u8> {
    compact(updates, Deleted::Drop).unwrap().update.to_vec()
}

fn shuffled(history: &History, seed: u64) -> Vec<Vec<u8>> {
    let mut updates = history.updates.clone();
    updates.extend_from_slice(&history.updates[..history.updates.len() / 2]);
    Dice(seed).shuffle(&mut updates);
    updates
}

#[test]
fn the_same_set_gives_the_same_bytes_in_any_order_and_with_any_duplicates() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 80);
        let ordered = merged(&history.updates);
        assert_eq!(merged(&shuffled(&history, seed)), ordered, "seed {seed}");
        assert_eq!(merged(std::slice::from_ref(&ordered)), ordered, "seed {seed}");
    }
}

#[test]
fn the_digest_tells_whether_two_have_the_same() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 80);
        let digest =
            |updates: &[Vec<u8>]| merge(updates, Deleted::Drop).unwrap().convergence_digest();
        let all = digest(&history.updates);
        assert_eq!(digest(&shuffled(&history, seed)), all, "seed {seed}");
        for missing in 0..history.updates.len().min(20) {
            let mut part = history.updates.clone();
            let lost = part.remove(missing);
            let is_repeated = merged(&part) == merged(&history.updates);
            assert_eq!(digest(&part) == all, is_repeated, "seed {seed}: {lost:?}");
        }
    }
}

#[test]
fn merging_in_parts_gives_the_same_bytes_as_merging_at_once() {
    for seed in 0..SESSIONS {
        let updates = shuffled(&history(seed, 4, 80), seed);
        let mut dice = Dice(seed);
        let parts: Vec<Vec<u8>> = updates.chunks(1 + dice.roll(30) as usize).map(merged).collect();
        assert_eq!(merged(&parts), merged(&updates), "seed {seed}");
    }
}

#[test]
fn a_merge_of_text_is_never_larger_than_a_documents_own_encoding() {
    for seed in 0..SESSIONS {
        let mut dice = Dice(seed);
        let doc = document(1 + seed);
        let updates: Vec<_> = (0..200).map(|_| type_somewhere(&doc, &mut dice)).collect();
        let (ours, theirs) = (merged(&updates).len(), state(&doc).len());
        assert!(ours <= theirs, "seed {seed}: {ours} > {theirs}");
    }
}

#[test]
fn content_that_is_kept_shows_the_same_and_is_still_there() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 80);
        let kept = compact(&shuffled(&history, seed), Deleted::Keep).unwrap().update;
        assert_eq!(shown(&applied(&[&kept])), shown(&history.docs[0]), "seed {seed}");
    }
    let (typed, deleted) = ([1, 1, 1, 0, 4, 1, 1, b't', 1, b'!', 0], [0, 1, 1, 1, 0, 1]);
    let kept = merge(&[&typed[..], &deleted[..]], Deleted::Keep).unwrap().update;
    assert!(kept.contains(&b'!'));
    let dropped = merge(&[&typed[..], &deleted[..]], Deleted::Drop).unwrap().update;
    assert!(!dropped.contains(&b'!'));
}

#[test]
fn a_documents_own_state_merges_with_the_updates_that_made_it() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 80);
        let mut mixed = shuffled(&history, seed);
        mixed.push(state(&history.docs[0]));
        mixed.push(state(&history.docs[1]));
        Dice(seed).shuffle(&mut mixed);
        assert_eq!(shown(&applied(&[merged(&mixed)])), shown(&history.docs[0]), "seed {seed}");
    }
}

/// Peers that hear of each other only through merged updates, and write into the middle of what was
/// squashed. What they hear is a prefix: yrs 0.28 integrates past gaps, where yjs waits, and then
/// its documents differ from each other without any merge (see docs/upstream).
#[test]
fn edits_inside_squashed_runs_converge() {
    for seed in 0..SESSIONS {
        let mut dice = Dice(seed);
        let docs: Vec<Doc> = (1..=4).map(document).collect();
        let mut all: Vec<Vec<u8>> = Vec::new();
        for _ in 0..60 {
            let doc = &docs[dice.roll(4) as usize];
            if dice.roll(2) == 0 && !all.is_empty() {
                let until = 1 + dice.roll(all.len() as u32) as usize;
                apply(doc, &merged(&all[..until]));
            }
            all.push(type_somewhere(doc, &mut dice));
        }
        Dice(seed).shuffle(&mut all);
        let whole = merged(&all);
        for doc in &docs {
            apply(doc, &whole);
        }
        let reference = shown(&applied(&[whole]));
        for doc in &docs {
            assert_eq!(shown(doc), reference, "seed {seed}");
        }
        assert_eq!(shown(&one_by_one(&docs)), reference, "seed {seed}");
    }
}

fn apply(doc: &Doc, update: &[u8]) {
    doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
}

/// A document that got everything from the documents themselves, without the engine.
fn one_by_one(docs: &[Doc]) -> Doc {
    applied(&docs.iter().map(state).collect::<Vec<_>>())
}

/// Types or deletes at a random place of an ASCII text and returns the update.
fn type_somewhere(doc: &Doc, dice: &mut Dice) -> Vec<u8> {
    let main = doc.get_or_insert_text("main");
    let before = doc.transact().state_vector();
    let mut txn = doc.transact_mut();
    let length = main.get_string(&txn).len() as u32;
    if length > 4 && dice.roll(3) == 0 {
        main.remove_range(&mut txn, dice.roll(length - 3), 1 + dice.roll(3));
    } else {
        main.insert(&mut txn, dice.roll(length + 1), &"abcdefgh"[..=dice.roll(7) as usize]);
    }
    txn.encode_state_as_update_v1(&before)
}

#[test]
fn a_part_of_the_updates_shows_what_yrs_shows_of_its_own_merge() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 60);
        let mut part = shuffled(&history, seed);
        part.truncate(part.len() / 2);
        let ours = applied(&[merged(&part)]);
        let theirs = applied(&[yrs::merge_updates_v1(&part).unwrap()]);
        assert_eq!(shown(&ours), shown(&theirs), "seed {seed}");
        // What waited for the rest is still there.
        for update in &history.updates {
            apply(&ours, update);
        }
        assert_eq!(shown(&ours), shown(&history.docs[0]), "seed {seed}");
    }
}

#[test]
fn a_cut_through_a_surrogate_pair_reads_as_javascript_writes_it() {
    // "😀" typed by client 1; one update deletes its first half only.
    let typed = [1, 1, 1, 0, 4, 1, 1, b't', 4, 0xf0, 0x9f, 0x98, 0x80, 0];
    let half_deleted = [0, 1, 1, 1, 0, 1];
    let update = merge(&[&typed[..], &half_deleted[..]], Deleted::Drop).unwrap().update;
    let expected = [
        1, 2, 1, 0, // one client, two structs, client 1 from clock 0
        1, 1, 1, b't', 1, // a deleted unit in root "t"
        0x84, 1, 0, 3, 0xef, 0xbf, 0xbd, // U+FFFD behind it
        1, 1, 1, 0, 1,
    ];
    assert_eq!(update[..], expected);
}

#[test]
fn merging_mutants_of_honest_updates_never_panics() {
    let mut dice = Dice(3);
    for seed in 0..60 {
        let history = history(seed, 3, 30);
        for _ in 0..60 {
            let mut updates = history.updates.clone();
            for _ in 0..3 {
                let at = dice.roll(updates.len() as u32) as usize;
                let byte = dice.roll(updates[at].len() as u32) as usize;
                updates[at][byte] = dice.roll(256) as u8;
            }
            if let Ok(merged) = merge(&updates, Deleted::Drop) {
                collab_core::log::check(&merged.update, usize::MAX).unwrap();
            }
        }
    }
}
