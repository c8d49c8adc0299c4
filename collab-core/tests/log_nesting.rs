//! Types in types: however they are told, none enters a log deeper than readers survive.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

use collab_core::log::{Deleted, Log, Refusal, check, merge, salvage};
use yrs::types::ToJson;
use yrs::updates::decoder::Decode;
use yrs::{Array, ArrayPrelim, Doc, Map, MapPrelim, ReadTxn, Transact, Update};

mod chains;

use chains::{Kind, Place, chain, update};

const MAX: u32 = 64;

fn append(log: &mut Log<Vec<u8>>, update: Vec<u8>) -> Result<(), Refusal> {
    let checked = check(&update, usize::MAX).unwrap();
    log.append(update, checked)
}

fn log_of(updates: impl IntoIterator<Item = Vec<u8>>) -> Log<Vec<u8>> {
    let mut log = Log::new();
    updates.into_iter().for_each(|update| append(&mut log, update).unwrap());
    log
}

#[test]
fn a_chain_in_one_update_is_refused_beyond_the_limit() {
    assert_eq!(append(&mut Log::new(), chain(1, 0, MAX + 1, Place::Root)), Ok(()));
    for len in [MAX + 2, 10_000] {
        let deep = chain(1, 0, len, Place::Root);
        assert_eq!(append(&mut Log::new(), deep.clone()), Err(Refusal::Nesting));
        assert_eq!(Log::open(None, [deep]).map(drop), Err(Refusal::Nesting));
    }
}

#[test]
fn a_chain_that_grows_by_one_with_each_update_and_author_is_refused_beyond_the_limit() {
    let mut log = log_of([chain(1, 0, 1, Place::Root)]);
    for level in 1..=u64::from(MAX) {
        append(&mut log, chain(level + 1, 0, 1, Place::In((level, 0)))).unwrap();
    }
    let deeper = chain(99, 0, 1, Place::In((u64::from(MAX) + 1, 0)));
    assert_eq!(append(&mut log, deeper), Err(Refusal::Nesting));
    let beside = chain(99, 0, 1, Place::Behind((u64::from(MAX) + 1, 0)));
    assert_eq!(append(&mut log, beside), Ok(()), "a neighbour lies as deep as it");
}

#[test]
fn a_chain_whose_links_name_only_neighbours_is_refused_beyond_the_limit() {
    // A value in each type, and behind it the next type, which tells no parent.
    let mut log = log_of([chain(1, 0, 1, Place::Root)]);
    let mut refused = None;
    for level in 0..1_000 {
        let (client, outer) = (level + 2, level + 1);
        let type_in_outer = if level == 0 { (1, 0) } else { (outer, 1) };
        let link = update(
            client,
            0,
            &[(Kind::Value, Place::In(type_in_outer)), (Kind::Map, Place::Behind((client, 0)))],
        );
        if let Err(refusal) = append(&mut log, link) {
            refused = Some((level, refusal));
            break;
        }
    }
    assert_eq!(refused, Some((u64::from(MAX), Refusal::Nesting)));
}

#[test]
fn children_that_arrive_before_their_parents_are_refused() {
    let mut log = Log::new();
    let child = chain(2, 0, 1, Place::In((1, 0)));
    assert_eq!(append(&mut log, child.clone()), Err(Refusal::Early));
    let text = update(2, 0, &[(Kind::Value, Place::Behind((1, 0)))]);
    assert_eq!(append(&mut log, text), Err(Refusal::Early));
    append(&mut log, chain(1, 0, 1, Place::Root)).unwrap();
    assert_eq!(append(&mut log, child), Ok(()));
}

#[test]
fn who_tells_another_place_of_what_is_known_is_refused() {
    let deep = chain(1, 0, 60, Place::Root);
    let head = |place| update(2, 0, &[(Kind::Map, place), (Kind::Value, Place::Root)]);
    let mut log = log_of([deep.clone(), chain(2, 0, 1, Place::Root)]);
    assert_eq!(append(&mut log, head(Place::In((1, 59)))), Err(Refusal::Misplaced));
    assert_eq!(append(&mut log, head(Place::Behind((1, 59)))), Err(Refusal::Misplaced));
    assert_eq!(append(&mut log, head(Place::Root)), Ok(()));
    let mut log = log_of([deep.clone(), update(2, 0, &[(Kind::Gone, Place::Root)])]);
    for place in [Place::In((1, 59)), Place::Behind((1, 59)), Place::Root] {
        assert_eq!(append(&mut log, head(place)), Err(Refusal::Misplaced), "it is gone");
    }
    let mut log = log_of([deep, chain(2, 0, 1, Place::In((1, 59)))]);
    assert_eq!(append(&mut log, head(Place::Root)), Err(Refusal::Misplaced));
    assert_eq!(append(&mut log, head(Place::In((1, 59)))), Ok(()));
}

#[test]
fn depths_are_the_same_after_a_log_was_opened_again() {
    let updates = [chain(1, 0, 40, Place::Root), chain(2, 0, 25, Place::In((1, 39)))];
    let merged = merge(&updates, Deleted::Drop).unwrap().update.to_vec();
    let [first, second] = updates;
    for mut log in [
        log_of([first.clone(), second.clone()]),
        Log::open(None, [second.clone(), first.clone()]).unwrap(),
        Log::open(Some(merged), []).unwrap(),
        Log::open(Some(first), [second]).unwrap(),
    ] {
        let deeper = chain(3, 0, 1, Place::In((2, 24)));
        assert_eq!(append(&mut log, deeper), Err(Refusal::Nesting));
        assert_eq!(append(&mut log, chain(3, 0, 1, Place::In((2, 23)))), Ok(()));
    }
}

#[test]
fn stored_types_in_what_is_missing_are_not_opened_and_salvaged_without_them() {
    let waiting = chain(2, 0, 10_000, Place::In((1, 0)));
    assert_eq!(Log::open(None, [waiting.clone()]).map(drop), Err(Refusal::Nesting));
    let deep = chain(3, 0, 10_000, Place::Root);
    let rebuilt = salvage(&[waiting, deep], Deleted::Drop).update.to_vec();
    let log = Log::open(Some(rebuilt), []).unwrap();
    assert_eq!((log.state_vector().get(2), log.state_vector().get(3)), (0, 10_000));
}

/// Two authors with lists in maps in lists, of which one is deleted while the other writes to it.
#[test]
fn honest_nesting_enters_whole_or_in_parts_and_is_served() {
    let (alice, bob) = (Doc::with_client_id(1), Doc::with_client_id(2));
    let mut updates = Vec::new();
    for turn in 0..30_u32 {
        let (author, other) = if turn % 2 == 0 { (&alice, &bob) } else { (&bob, &alice) };
        let list = author.get_or_insert_array("list");
        let before = author.transact().state_vector();
        {
            let mut txn = author.transact_mut();
            let map = list.insert(&mut txn, turn / 2, MapPrelim::from([("k", i64::from(turn))]));
            let inner = map.insert(&mut txn, "inner", ArrayPrelim::from([1, 2, 3]));
            inner.insert(&mut txn, 1, MapPrelim::from([("deep", true)]));
            if turn % 5 == 4 {
                list.remove(&mut txn, turn / 3);
            }
        }
        let update = author.transact().encode_state_as_update_v1(&before);
        other.transact_mut().apply_update(Update::decode_v1(&update).unwrap()).unwrap();
        updates.push(update);
    }
    let log = log_of(updates);
    let known = collab_core::log::Known { structs: log.state_vector(), deletions: None };
    assert!(log.clone().answer(&known).is_ok());
    let merged = merge(&log.compactable(usize::MAX), Deleted::Drop).unwrap();
    let reader = Doc::new();
    reader.transact_mut().apply_update(Update::decode_v1(&merged.update).unwrap()).unwrap();
    let shown = |doc: &Doc| doc.get_or_insert_array("list").to_json(&doc.transact());
    assert_eq!(shown(&reader), shown(&alice));
    assert!(Log::open(Some(merged.update.to_vec()), []).is_ok());
}
