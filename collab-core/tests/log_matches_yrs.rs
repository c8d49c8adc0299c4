//! The log's answers, applied to a Yrs document, give what Yrs itself would have given.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

mod random_history;

use collab_core::log::{self, Deleted, First, Known, Log, Snapshot, StateVector};
use random_history::{Dice, applied, history, shown};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, Text, Transact, Update};

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
        answer_to(&mut log.unwrap(), &client);
        assert_eq!(shown(&client), shown(&history.docs[0]), "seed {seed}");
    }
}

fn answer_to(log: &mut Log, client: &yrs::Doc) {
    let known = client.transact().state_vector().encode_v1();
    let structs = StateVector::read(&known).unwrap();
    let answer = log.answer(&Known { structs, deletions: None }).unwrap();
    for update in answer.first.iter().map(AsRef::as_ref).chain([&answer.last[..]]) {
        check(update);
        let update = Update::decode_v1(update).unwrap();
        client.transact_mut().apply_update(update).unwrap();
    }
}

#[test]
fn a_newcomer_gets_the_snapshot_as_it_lies_and_the_tail_as_one_update() {
    let history = history(7, 2, 40);
    let snapshot = log::compact(&history.updates[..20], Deleted::Drop).unwrap().update;
    let tail = history.updates[20..].iter().map(|u| bytes::Bytes::copy_from_slice(u));
    let mut log = Log::open(Some(snapshot.clone()), tail).unwrap();
    let answer = log.answer(&Known::default()).unwrap();
    let Some(First::Snapshot(first)) = answer.first else { panic!("no snapshot") };
    assert_eq!(first.as_ptr(), snapshot.as_ptr(), "no copy");
    assert_eq!(shown(&applied(&[first, answer.last.clone()])), shown(&history.docs[0]));
    let again = log.answer(&Known::default()).unwrap().last;
    assert_eq!(again.as_ptr(), answer.last.as_ptr(), "merged once");
}

#[test]
fn a_diff_by_index_holds_the_units_of_a_documents_diff() {
    for seed in 0..SESSIONS {
        let history = history(seed, 4, 60);
        let merged = log::compact(&history.updates, Deleted::Drop).unwrap().update;
        let snapshot = Snapshot::new(&merged).unwrap();
        let mut dice = Dice(seed);
        for _ in 0..10 {
            let part = &history.updates[..dice.roll(history.updates.len() as u32) as usize];
            let state_vector = applied(part).transact().state_vector();
            let known = StateVector::read(&state_vector.encode_v1()).unwrap();
            let diff = snapshot.diff_structs(&known).unwrap();
            let theirs = history.docs[0].transact().encode_diff_v1(&state_vector);
            assert_eq!(units(&diff), units(&theirs), "seed {seed}");
        }
    }
}

/// The structs' units.
fn units(update: &[u8]) -> yrs::IdSet {
    Update::decode_v1(update).unwrap().insertions(true)
}

/// A cut at every unit of a document with long runs and many marks.
#[test]
fn a_diff_from_any_clock_is_what_comes_after_it() {
    let doc = random_history::document(5);
    let text = doc.get_or_insert_text("main");
    for number in 0..300u32 {
        let length = text.len(&doc.transact());
        let long = "a run \u{1f600} that is cut".repeat(if number % 7 == 0 { 5 } else { 0 });
        text.insert(&mut doc.transact_mut(), (number * 7919) % (length + 1), &format!("x{long}"));
    }
    let state = doc.transact().encode_state_as_update_v1(&yrs::StateVector::default());
    let (snapshot, client) = (Snapshot::new(&state).unwrap(), yrs::ClientID::new(5));
    let end = doc.transact().state_vector().get(&client);
    for clock in 1..=end {
        let known = yrs::StateVector::from_iter([(client, clock)]);
        let known = StateVector::read(&known.encode_v1()).unwrap();
        let diff = snapshot.diff_structs(&known).unwrap();
        check(&diff);
        let mut expected = yrs::IdSet::new();
        if clock < end {
            expected.insert(yrs::ID::new(client, clock), end - clock);
        }
        assert_eq!(units(&diff), expected);
    }
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
            log.append(update.clone(), check(update)).unwrap();
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
