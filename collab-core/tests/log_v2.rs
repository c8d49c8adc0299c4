//! The second encoding of Yjs, into the first one and back: what yjs and yrs write is read, and they
//! read what is written.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

mod random_history;
mod vectors;

use collab_core::log::{Deleted, Refusal, check, merge, v2};
use proptest::prelude::*;
use random_history::{document, history, shown};
use serde::Deserialize;
use vectors::{Hex, load};
use yrs::updates::decoder::Decode;
use yrs::{Doc, ReadTxn, StateVector, Transact, Update};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    both: Vec<Pair>,
    read_only: Vec<Pair>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    v1: Hex,
    v2: Hex,
}

#[derive(Deserialize)]
struct Refused {
    name: String,
    v2: Hex,
}

fn file() -> File {
    load("v2.json")
}

fn to_v1(update: &[u8]) -> Result<Vec<u8>, Refusal> {
    v2::to_v1(update, 1 << 20)
}

#[test]
fn what_yjs_writes_in_one_encoding_gives_what_it_writes_in_the_other() {
    for Pair { name, v1: Hex(first), v2: Hex(second) } in file().both {
        assert_eq!(v2::from_v1(&first).as_ref(), Ok(&second), "{name}, from v1");
        assert_eq!(to_v1(&second).as_ref(), Ok(&first), "{name}, to v1");
    }
}

#[test]
fn what_v1_cannot_say_is_read_as_yjs_reads_it() {
    for Pair { name, v1: Hex(first), v2: Hex(second) } in file().read_only {
        assert_eq!(to_v1(&second).as_ref(), Ok(&first), "{name}");
    }
}

#[test]
fn values_of_marks_and_embeds_that_json_does_not_know_are_refused() {
    for Refused { name, v2: Hex(second) } in file().refused {
        assert_eq!(to_v1(&second), Err(Refusal::Json), "{name}");
    }
}

#[test]
fn no_truncated_and_no_longer_update_is_read() {
    for Pair { name, v2: Hex(second), .. } in file().both {
        for end in 0..second.len() {
            assert!(to_v1(&second[..end]).is_err(), "{name} at {end}");
        }
        let longer = [&second[..], &[0]].concat();
        assert_eq!(to_v1(&longer), Err(Refusal::Trailing), "{name}");
    }
}

/// An update of one section with columns of one's own: lengths and infos by runs.
fn hostile(structs: &[u8], infos: &[u8], lengths: &[u8]) -> Vec<u8> {
    let columns: [&[u8]; 9] = [&[], &[1], &[], &[], infos, &[0], &[], &[], lengths];
    let mut update = vec![0];
    for column in columns {
        update.push(column.len() as u8);
        update.extend_from_slice(column);
    }
    update.push(1);
    update.extend_from_slice(structs);
    update.extend_from_slice(&[0, 0]);
    update
}

#[test]
fn a_few_bytes_that_stand_for_a_billion_structs_end_at_the_limit() {
    let billion = [0x80, 0x94, 0xeb, 0xdc, 3];
    // GC structs of one unit: the info byte for ever, -1 and how often.
    let lengths = [&[0x41][..], &[0xfe, 0x93, 0xeb, 0xdc, 3]].concat();
    assert_eq!(to_v1(&hostile(&billion, &[0], &lengths)), Err(Refusal::TooLarge));
    // Two of them are an update; a run that is longer than what it is for is none.
    assert_eq!(to_v1(&hostile(&[2], &[0], &[0x41, 0])), Ok(vec![1, 2, 1, 0, 0, 1, 0, 1, 0]));
    assert_eq!(to_v1(&hostile(&[2], &[0], &[0x41, 1])), Err(Refusal::Trailing));
    assert_eq!(to_v1(&hostile(&[2], &[0, 2], &[0x41, 0])), Err(Refusal::Trailing));
    assert_eq!(to_v1(&hostile(&[3], &[0], &[0x41, 0])), Err(Refusal::Truncated));
    assert_eq!(v2::to_v1(&hostile(&[2], &[0], &[0x41, 0]), 8), Err(Refusal::TooLarge));
}

#[test]
fn every_update_of_random_sessions_is_read_alike_by_yrs_in_both_encodings() {
    for seed in 0..100 {
        let history = history(seed, 3, 60);
        let (ours, theirs) = (document(900), document(901));
        for update in &history.updates {
            let second = v2::from_v1(update).unwrap();
            apply(&ours, Update::decode_v2(&second).unwrap());
            let back = to_v1(&second).unwrap();
            apply(&theirs, Update::decode_v1(&back).unwrap());
            assert_eq!(canonical(&back), canonical(update), "seed {seed}");
        }
        assert_eq!(shown(&ours), shown(&history.docs[0]), "seed {seed}");
        assert_eq!(shown(&theirs), shown(&history.docs[0]), "seed {seed}");
    }
}

#[test]
fn the_state_that_yrs_writes_is_the_same_in_both_encodings() {
    for seed in 0..100 {
        let history = history(seed, 3, 60);
        let txn = history.docs[0].transact();
        let first = txn.encode_state_as_update_v1(&StateVector::default());
        let second = txn.encode_state_as_update_v2(&StateVector::default());
        assert_eq!(canonical(&to_v1(&second).unwrap()), canonical(&first), "seed {seed}");
    }
}

fn apply(doc: &Doc, update: Update) {
    doc.transact_mut().apply_update(update).unwrap();
}

/// The same for updates that say the same.
fn canonical(update: &[u8]) -> Vec<u8> {
    merge(&[update], Deleted::Keep).unwrap().update.into()
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _verdict = to_v1(&bytes);
        let _verdict = v2::from_v1(&bytes);
    }

    #[test]
    fn what_is_read_of_flipped_bits_passes_the_check_and_goes_both_ways(
        which in any::<prop::sample::Index>(),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), 0..8u8), 1..4),
    ) {
        let all = file().both;
        let mut bytes = all[which.index(all.len())].v2.0.clone();
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        if let Ok(first) = to_v1(&bytes) {
            prop_assert!(check(&first, usize::MAX).is_ok());
            if let Ok(second) = v2::from_v1(&first) {
                let again = to_v1(&second).unwrap();
                prop_assert_eq!(canonical(&again), canonical(&first));
            }
        }
    }
}
