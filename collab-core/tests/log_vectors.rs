//! The log against updates that Yjs wrote: all of them pass the check, no part of one does.

mod vectors;

use bytes::Bytes;
use collab_core::log::{Deleted, Log, Refusal, StateVector, check, merge};
use proptest::prelude::*;
use serde::Deserialize;
use vectors::{Hex, load};

#[derive(Deserialize)]
struct File {
    updates: Vec<Update>,
    unportable: Vec<Update>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    name: String,
    hex: Hex,
    state_vector: Option<Hex>,
}

fn updates() -> Vec<Update> {
    load::<File>("updates.json").updates
}

#[test]
fn every_update_of_yjs_passes_the_check() {
    for update in updates() {
        assert!(check(&update.hex.0, usize::MAX).is_ok(), "{}", update.name);
    }
}

#[test]
fn what_some_reader_cannot_read_is_refused() {
    for update in load::<File>("updates.json").unportable {
        let verdict = check(&update.hex.0, usize::MAX);
        assert!(matches!(verdict, Err(Refusal::Unportable(_))), "{}: {verdict:?}", update.name);
    }
}

#[test]
fn no_truncated_update_passes_the_check() {
    for Update { name, hex: Hex(bytes), .. } in updates() {
        for end in 0..bytes.len() {
            assert!(check(&bytes[..end], usize::MAX).is_err(), "{name} at {end}");
        }
    }
}

#[test]
fn the_state_vector_is_that_of_yjs() {
    for update in updates() {
        let Some(Hex(expected)) = update.state_vector else { continue };
        let expected = StateVector::read(&expected).expect("Yjs wrote it");
        let log = Log::open(None, [Bytes::from(update.hex.0)]).expect("it passes the check");
        let found = log.state_vector();
        assert!(found.covers(&expected) && expected.covers(&found), "{}", update.name);
    }
}

#[test]
fn merging_an_update_with_itself_says_the_same() {
    for Update { name, hex: Hex(bytes), .. } in updates() {
        let merged = merge(&[&bytes, &bytes], Deleted::Drop)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let log = Log::open(None, [merged.update]).expect("a merged update passes the check");
        let checked = check(&bytes, usize::MAX).expect("it passes the check");
        assert!(log.has(&checked), "{name}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_checked_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _verdict = check(&bytes, usize::MAX);
    }

    #[test]
    fn flipped_bits_are_checked_without_a_panic(
        which in any::<prop::sample::Index>(),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), 0..8u8), 1..6),
    ) {
        let all = updates();
        let mut bytes = all[which.index(all.len())].hex.0.clone();
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        let _verdict = check(&bytes, usize::MAX);
    }
}
