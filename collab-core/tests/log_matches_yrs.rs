//! The log's answers, applied to a Yrs document, give what Yrs itself would have given.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

mod random_history;

use collab_core::log::{self, Deleted, Log, StateVector, diff_structs};
use random_history::{Dice, applied, history, shown};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, Transact, Update};

const SESSIONS: u64 = 150;

fn check(update: &[u8]) -> log::Checked {
    log::check(update, usize::MAX).unwrap()
}

#[test]
fn every_update_that_yrs_makes_is_accepted() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 60);
        history.updates.iter().for_each(|update| drop(check(update)));
        for doc in &history.docs {
            let state = doc.transact().encode_state_as_update_v1(&yrs::StateVector::default());
            check(&state);
        }
    }
}

#[test]
fn state_vector_equals_that_of_a_document() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 60);
        let log = Log::open(None, history.updates).unwrap();
        let expected = history.docs[0].transact().state_vector().encode_v1();
        assert_eq!(log.state_vector(), StateVector::read(&expected).unwrap(), "seed {seed}");
    }
}

#[test]
fn merged_updates_show_the_same_in_any_order() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 80);
        let mut shuffled = history.updates.clone();
        shuffled.extend_from_slice(&history.updates[..history.updates.len() / 3]);
        Dice(seed).shuffle(&mut shuffled);
        let merged = log::compact(&shuffled, Deleted::Drop).unwrap();
        assert_eq!(shown(&applied(&[merged.update])), shown(&history.docs[0]), "seed {seed}");
    }
}

#[test]
fn a_returning_client_gets_all_that_it_lacks_deletions_included() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 80);
        let mut dice = Dice(seed);
        let total = history.updates.len();
        // The client knows a prefix; the relay has a snapshot of another prefix, and a tail.
        let known = dice.roll(total as u32) as usize;
        let folded = dice.roll(total as u32) as usize;
        let client = applied(&history.updates[..known]);
        let snapshot = log::compact(&history.updates[..folded], Deleted::Drop).unwrap().update;
        let log =
            Log::open(Some(snapshot), history.updates[folded..].iter().cloned().map(Into::into));
        answer_to(&log.unwrap(), &client);
        assert_eq!(shown(&client), shown(&history.docs[0]), "seed {seed}");
    }
}

fn answer_to(log: &Log, client: &yrs::Doc) {
    let known = client.transact().state_vector().encode_v1();
    let known = StateVector::read(&known).unwrap();
    let answer = log.answer(&known);
    let diff = answer.needs_snapshot_diff.then(|| {
        let diff = diff_structs(log.snapshot().unwrap(), &known).unwrap();
        check(&diff);
        diff
    });
    for update in diff.into_iter().chain(answer.updates).chain([answer.last]) {
        let update = Update::decode_v1(&update).unwrap();
        client.transact_mut().apply_update(update).unwrap();
    }
}

#[test]
fn a_newcomer_gets_snapshot_and_tail_as_they_lie() {
    let history = history(7, 2, 40);
    let snapshot = log::compact(&history.updates[..20], Deleted::Drop).unwrap().update;
    let tail: Vec<bytes::Bytes> =
        history.updates[20..].iter().map(|u| bytes::Bytes::copy_from_slice(u)).collect();
    let log = Log::open(Some(snapshot.clone()), tail.clone()).unwrap();
    let answer = log.answer(&StateVector::default());
    assert!(!answer.needs_snapshot_diff);
    assert_eq!(answer.last, log::EMPTY_UPDATE);
    assert_eq!(answer.updates[0].as_ptr(), snapshot.as_ptr(), "no copy");
    assert_eq!(answer.updates[1..], tail);
}

#[test]
fn an_update_that_adds_nothing_is_recognised() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 60);
        let half = history.updates.len() / 2;
        let mut log = Log::open(None, history.updates[..half].to_vec()).unwrap();
        for update in &history.updates[..half] {
            assert!(log.has(&check(update)));
        }
        let merged = log::compact(&history.updates[..half], Deleted::Drop).unwrap().update;
        assert!(log.has(&check(&merged)));
        for update in &history.updates[half..] {
            let (before, adds) = (log.state_vector(), !log.has(&check(update)));
            log.append(update.clone(), check(update));
            assert!(adds || log.state_vector() == before, "seed {seed}");
            assert!(log.has(&check(update)));
        }
    }
}

#[test]
fn a_log_with_gaps_keeps_what_waits() {
    let history = history(11, 1, 50);
    let mut gapped = history.updates.clone();
    let missing = gapped.remove(10);
    let merged = log::compact(&gapped, Deleted::Drop).unwrap().update;
    let log = Log::open(Some(merged), [missing.into()]).unwrap();
    let merged = log::compact(&log.compactable(1), Deleted::Drop).unwrap().update;
    assert_eq!(shown(&applied(&[merged])), shown(&history.docs[0]));
}
