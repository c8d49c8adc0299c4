//! A digest of deletions: two sides that do not share all find what the other lacks, and little more.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

mod random_history;

use collab_core::log::{Deletions, Differing, Digest, Known, Log, StateVector};
use random_history::{Dice, applied, document, edit, history, shown};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Doc, ReadTxn, Transact, Update};

const SESSIONS: u64 = 200;
const KEY: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Client 5 deleted 0..4, 9..10 and 20..22.
const DELETE_SET: [u8; 9] = [1, 5, 3, 0, 4, 9, 1, 20, 2];

/// The digest of the golden vectors: the same deletions in buckets of 16 and 8 clocks, hashed by the
/// code of the SipHash paper.
const VECTOR: &str = "000102030405060708090a0b0c0d0e0f0105021098dbdfcc9c669d1808f95bdcd44310569b";

fn unhex(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn deletions(doc: &Doc) -> Deletions {
    Deletions::read(&doc.transact().snapshot().delete_set.encode_v1()).unwrap()
}

fn known(doc: &Doc) -> (Known, Deletions) {
    let deletions = deletions(doc);
    let structs = StateVector::read(&doc.transact().state_vector().encode_v1()).unwrap();
    (Known { structs, deletions: Some(deletions.digest(KEY)) }, deletions)
}

fn apply(doc: &Doc, update: &[u8]) {
    doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
}

fn log_of(update: &[u8]) -> Log<Vec<u8>> {
    Log::open(Some(update.to_vec()), []).unwrap()
}

fn state(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_state_as_update_v1(&yrs::StateVector::default())
}

/// An update that only deletes.
fn only(delete_set: &[u8]) -> Vec<u8> {
    [&[0], delete_set].concat()
}

#[test]
fn a_digest_is_that_of_the_specification() {
    let digest = Digest::read(&unhex(VECTOR)).unwrap();
    assert_eq!(digest.write(), unhex(VECTOR));
    let mut log = log_of(&only(&DELETE_SET));
    let structs = StateVector::read(&[1, 9, 1]).unwrap();
    let known = Known { structs, deletions: Some(digest) };
    let answer = log.answer(&known).unwrap();
    assert_eq!(answer.differing.unwrap().write()[..], [0]);
    assert_eq!(answer.last[..], [0, 0]);
    // 9..11 instead of 9..10 differs in the first bucket only; 30..31 lies beyond both.
    let mut log = log_of(&only(&[1, 5, 4, 0, 4, 9, 2, 20, 2, 30, 1]));
    let answer = log.answer(&known).unwrap();
    assert_eq!(answer.differing.unwrap().write()[..], [1, 0]);
    assert_eq!(answer.last[..], [0, 1, 5, 3, 0, 4, 9, 2, 30, 1]);
}

#[test]
fn equal_sides_send_no_deletions() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 80);
        let client = applied(&history.updates);
        let (known, own) = known(&client);
        let answer = log_of(&state(&client)).answer(&known).unwrap();
        assert_eq!(answer.last[..], [0, 0], "seed {seed}");
        let shared = own.shared(&known.deletions.unwrap(), &answer.differing.unwrap());
        let pushed = shared.removed_from(&only(&delete_set(&client))).unwrap();
        assert_eq!(pushed, [0, 0], "seed {seed}");
    }
}

fn delete_set(doc: &Doc) -> Vec<u8> {
    doc.transact().snapshot().delete_set.encode_v1()
}

#[test]
fn both_sides_have_everything_after_one_question() {
    for seed in 0..SESSIONS {
        let mut dice = Dice(seed);
        let common = history(seed, 3, 80).updates;
        // Both go on from there without each other: the client offline, others at the relay.
        let (client, other) = (applied(&common), applied(&common));
        let (client, other) = (as_client(&client, 100), as_client(&other, 101));
        for _ in 0..dice.roll(40) {
            edit(&client, &mut dice);
            edit(&other, &mut dice);
        }
        let mut log = log_of(&state(&other));
        let relay_has = yrs::StateVector::decode_v1(&log.state_vector().write()).unwrap();
        let (known, own) = known(&client);

        let answer = log.answer(&known).unwrap();
        let shared = own.shared(&known.deletions.unwrap(), &answer.differing.unwrap());
        // Deleted while the answer is on its way, in any bucket.
        edit(&client, &mut dice);
        let diff = client.transact().encode_state_as_update_v1(&relay_has);
        let pushed = shared.removed_from(&diff).unwrap();
        assert!(pushed.len() <= diff.len());

        collab_core::log::check(&pushed, usize::MAX).unwrap();
        apply(&other, &pushed);
        for update in answer.first.iter().map(AsRef::as_ref).chain([&answer.last[..]]) {
            apply(&client, update);
        }
        assert_eq!(shown(&client), shown(&other), "seed {seed}");
        assert_eq!(deletions(&client), deletions(&other), "seed {seed}");
    }
}

/// The same content, edited on by another client.
fn as_client(doc: &Doc, client: u64) -> Doc {
    let copy = document(client);
    apply(&copy, &state(doc));
    copy
}

#[test]
fn whatever_a_digest_says_its_answer_is_an_update() {
    let history = history(5, 3, 100);
    let log = Log::open(None, history.updates.clone()).unwrap();
    let digest = known(&history.docs[0]).0.deletions.unwrap().write().to_vec();
    let mut dice = Dice(1);
    for _ in 0..20_000 {
        let mut bytes = digest.clone();
        for _ in 0..=dice.roll(3) {
            let at = dice.roll(bytes.len() as u32) as usize;
            bytes[at] = dice.roll(256) as u8;
        }
        bytes.truncate(bytes.len() - dice.roll(bytes.len() as u32 / 8) as usize);
        let Ok(digest) = Digest::read(&bytes) else { continue };
        let structs = log.state_vector();
        let answer = log.clone().answer(&Known { structs, deletions: Some(digest) }).unwrap();
        collab_core::log::check(&answer.last, usize::MAX).unwrap();
        let differing = answer.differing.unwrap();
        assert_eq!(Differing::read(&differing.write()), Ok(differing));
    }
}

#[test]
fn any_bytes_are_a_list_of_buckets_or_an_error() {
    let mut dice = Dice(2);
    let own = Deletions::read(&DELETE_SET).unwrap();
    let digest = own.digest(KEY);
    for _ in 0..20_000 {
        let bytes: Vec<u8> = (0..dice.roll(12)).map(|_| dice.roll(256) as u8).collect();
        if let Ok(differing) = Differing::read(&bytes) {
            let _any = own.shared(&digest, &differing);
        }
    }
}
