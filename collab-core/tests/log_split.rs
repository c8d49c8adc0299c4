//! One update as several: each within the bound, each complete with those before it, nothing lost.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

mod random_history;

use collab_core::log::{Deleted, check, merge, split};
use random_history::{Dice, document, history, shown};
use yrs::updates::decoder::Decode;
use yrs::{Any, Array, Doc, GetString, ReadTxn, StateVector, Text, Transact, Update};

fn state(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_state_as_update_v1(&StateVector::default())
}

fn apply(doc: &Doc, update: &[u8]) {
    doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
}

fn merged<B: AsRef<[u8]>>(updates: &[B]) -> Vec<u8> {
    merge(updates, Deleted::Drop).unwrap().update.to_vec()
}

/// Applies piece by piece; none of them may leave anything waiting.
fn applied_without_gaps(pieces: &[Vec<u8>]) -> Doc {
    let doc = document(99);
    for piece in pieces {
        apply(&doc, piece);
        assert!(!doc.transact().has_missing_updates(), "a piece builds on a later one");
    }
    doc
}

#[test]
fn pieces_of_a_session_apply_one_after_the_other_and_are_the_whole() {
    for seed in 0..150 {
        let history = history(seed, 4, 120);
        for whole in [merged(&history.updates), state(&history.docs[0])] {
            let max = 300 + Dice(seed).roll(2000) as usize;
            let pieces = split(&whole, max).unwrap();
            for piece in &pieces {
                check(piece, max).unwrap();
            }
            assert_eq!(
                shown(&applied_without_gaps(&pieces)),
                shown(&history.docs[0]),
                "seed {seed}"
            );
            assert_eq!(merged(&pieces), merged(&[&whole]), "seed {seed}");
        }
    }
}

#[test]
fn a_huge_paste_is_cut_between_characters() {
    let doc = document(7);
    let text = doc.get_or_insert_text("main");
    let pasted = "plain, \u{e9}\u{65e5}\u{672c}, \u{1f600}\u{1f680} ".repeat(20_000);
    text.insert(&mut doc.transact_mut(), 0, "before after");
    text.insert(&mut doc.transact_mut(), 7, &pasted);
    text.remove_range(&mut doc.transact_mut(), 3, 9);
    let whole = state(&doc);
    for max in [256, 1000, 4099, 65_536] {
        let pieces = split(&whole, max).unwrap();
        assert!(pieces.len() >= whole.len() / max);
        assert!(pieces.iter().all(|piece| piece.len() <= max));
        let copy = applied_without_gaps(&pieces);
        let main = copy.get_or_insert_text("main");
        assert_eq!(main.get_string(&copy.transact()), text.get_string(&doc.transact()));
        assert_eq!(merged(&pieces), merged(&[&whole]));
    }
}

#[test]
fn a_long_list_is_cut_between_values() {
    let doc = document(7);
    let list = doc.get_or_insert_array("list");
    let values = (0..5_000).map(|number| Any::from(format!("value {number}")));
    list.insert_range(&mut doc.transact_mut(), 0, values);
    let pieces = split(&state(&doc), 1024).unwrap();
    assert!(pieces.len() > 50 && pieces.iter().all(|piece| piece.len() <= 1024));
    let copy = applied_without_gaps(&pieces);
    let copied = copy.get_or_insert_array("list");
    assert_eq!(copied.len(&copy.transact()), 5_000);
    assert_eq!(merged(&pieces), merged(&[state(&doc)]));
}

#[test]
fn many_deletions_are_cut_too() {
    let far = {
        let mut writer = collab_core::wire::Writer::default();
        writer.bytes(&[0, 1, 5]);
        writer.var_uint(500);
        for at in 0..500 {
            writer.var_uint(at * 3);
            writer.var_uint(1);
        }
        writer.into_vec()
    };
    let pieces = split(&far, 1024).unwrap();
    assert!(pieces.len() > 1 && pieces.iter().all(|piece| piece.len() <= 1024));
    assert_eq!(merged(&pieces), merged(&[far]));
}

#[test]
fn what_fits_stays_one() {
    let whole = merged(&history(3, 2, 40).updates);
    assert_eq!(split(&whole, 1 << 20).unwrap().len(), 1);
    assert!(split(&[0, 0], 256).unwrap().is_empty(), "nothing to say");
}

#[test]
fn whatever_passes_the_check_is_split_without_loss() {
    let mut dice = Dice(4);
    let mut mutants = 0;
    for seed in 0..200 {
        let whole = merged(&history(seed, 4, 60).updates);
        for _ in 0..40 {
            let mut mutant = whole.clone();
            for _ in 0..=dice.roll(2) {
                let at = dice.roll(mutant.len() as u32) as usize;
                mutant[at] = dice.roll(256) as u8;
            }
            if check(&mutant, usize::MAX).is_ok() {
                let pieces = split(&mutant, 300).unwrap();
                for piece in &pieces {
                    check(piece, usize::MAX).unwrap();
                }
                assert_eq!(merged(&pieces), merged(&[&mutant]), "seed {seed}");
                mutants += 1;
            }
        }
    }
    assert!(mutants > 500, "{mutants}");
}

#[test]
fn structs_that_name_each_other_in_a_circle_come_all_the_same() {
    // Client 1 names client 2 as its origin and the other way round.
    let circle = [2, 1, 2, 0, 0x84, 1, 0, 1, b'b', 1, 1, 0, 0x84, 2, 0, 1, b'a', 0];
    check(&circle, usize::MAX).unwrap();
    assert_eq!(merged(&split(&circle, 256).unwrap()), merged(&[circle]));
}
