//! Where units lie: what tells two places of one, or puts there what some reader does not survive,
//! enters no log, however it is told. Yrs 0.28 reads freed memory, never returns or gives up.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

use collab_core::log::{Deleted, Log, Refusal, check, merge, salvage};

mod random_history;

use random_history::{History, history};

/// Client 1: "ab" in root `t` (clocks 0, 1), a value in root `l` (2), an array behind it (3), an entry
/// of it below `k` in root `m` (4), a map behind the array (5), "x" in root `u` (6).
const HONEST: [u8; 40] = [
    1, 6, 1, 0, //
    0x04, 1, 1, b't', 2, b'a', b'b', //
    0x08, 1, 1, b'l', 1, 126, //
    0x87, 1, 2, 0, //
    0x28, 1, 1, b'm', 1, b'k', 1, 126, //
    0x87, 1, 3, 1, //
    0x04, 1, 1, b'u', 1, b'x', //
    0,
];

/// One struct of client 2, from clock 0 on.
fn by_another(raw: &[u8]) -> Vec<u8> {
    [&[1, 1, 2, 0], raw, &[0]].concat()
}

/// Two structs of client 2.
fn by_two(first: &[u8], second: &[u8]) -> Vec<u8> {
    [&[1, 2, 2, 0], first, second, &[0]].concat()
}

fn log() -> Log<Vec<u8>> {
    let mut log = Log::new();
    append(&mut log, HONEST.to_vec()).unwrap();
    log
}

fn append(log: &mut Log<Vec<u8>>, update: Vec<u8>) -> Result<(), Refusal> {
    let checked = check(&update, usize::MAX).unwrap();
    log.append(update, checked)
}

/// What becomes of one struct of client 2 behind the honest update: in the same log, in one that was
/// opened, in one update with it, and in a log that was one text until then.
fn verdict(raw: &[u8]) -> Result<(), Refusal> {
    let update = by_another(raw);
    let verdict = append(&mut log(), update.clone());
    let mut opened = Log::open(Some(HONEST.to_vec()), []).unwrap();
    assert_eq!(append(&mut opened, update.clone()), verdict, "opened");
    let together = merge(&[&HONEST[..], &update], Deleted::Keep).unwrap().update.to_vec();
    assert_eq!(append(&mut Log::new(), together.clone()), verdict, "together");
    assert_eq!(Log::open(Some(together), []).map(drop), verdict, "stored together");
    verdict
}

#[test]
fn neighbours_in_two_places_are_refused() {
    let behind = |left: u8, right: u8| [0xc4, 1, left, 1, right, 1, b'x'];
    assert_eq!(verdict(&behind(0, 1)), Ok(()));
    assert_eq!(verdict(&behind(1, 6)), Err(Refusal::Misplaced), "two roots");
    assert_eq!(verdict(&behind(2, 4)), Err(Refusal::Misplaced), "a list and an entry");
    assert_eq!(verdict(&behind(3, 5)), Ok(()), "two types side by side");
}

#[test]
fn several_units_below_one_key_are_refused_where_only_a_neighbour_tells_the_key() {
    assert_eq!(
        verdict(&[0x88, 1, 4, 1, 126]),
        Ok(()),
        "merges of yrs leave out the bit of the key"
    );
    assert_eq!(verdict(&[0x88, 1, 4, 2, 126, 126]), Err(Refusal::LongEntry));
    assert_eq!(verdict(&[0x84, 1, 4, 2, b'x', b'y']), Err(Refusal::LongEntry));
    assert_eq!(verdict(&[0x88, 1, 2, 2, 126, 126]), Ok(()), "in a list");
}

#[test]
fn children_of_what_is_no_type_are_refused() {
    let child_of = |unit: u8| [0x04, 0, 1, unit, 1, b'x'];
    assert_eq!(verdict(&child_of(3)), Ok(()));
    for no_type in [0, 2, 4, 6] {
        assert_eq!(verdict(&child_of(no_type)), Err(Refusal::Misplaced), "unit {no_type}");
    }
}

#[test]
fn what_lost_its_content_may_have_been_a_type_and_is_none_later() {
    let deleted = [1, 1, 1, 0, 0x01, 1, 1, b't', 1, 0];
    let told_as_text = [1, 1, 1, 0, 0x04, 1, 1, b't', 1, b'x', 0];
    let told_as_type = [1, 1, 1, 0, 0x07, 1, 1, b't', 1, 0];
    let mut log = Log::new();
    append(&mut log, deleted.to_vec()).unwrap();
    append(&mut log, by_another(&[0x04, 0, 1, 0, 1, b'x'])).unwrap();
    assert_eq!(append(&mut log, told_as_text.to_vec()), Err(Refusal::Misplaced));
    append(&mut log, told_as_type.to_vec()).unwrap();
}

#[test]
fn text_whose_characters_have_two_units_does_not_enter_arrays() {
    let behind =
        |unit: u8, text: &str| [&[0x84, 1, unit, text.len() as u8], text.as_bytes()].concat();
    let within =
        |unit: u8, text: &str| [&[0x04, 0, 1, unit, text.len() as u8], text.as_bytes()].concat();
    assert_eq!(verdict(&behind(1, "😀")), Ok(()), "in a text");
    assert_eq!(verdict(&within(3, "é")), Ok(()), "of one unit");
    let unreadable = Err(Refusal::Unportable(4));
    assert_eq!(verdict(&within(3, "😀")), unreadable, "in an array");
    assert_eq!(verdict(&within(5, "😀")), Ok(()), "in a map");
}

#[test]
fn a_refused_update_leaves_nothing_behind() {
    let mut log = log();
    // A map in root `l`, and a struct in two places. Then the same unit is text, and holds nothing.
    let refused = by_two(&[0x07, 1, 1, b'l', 1], &[0xc4, 1, 1, 1, 6, 1, b'x']);
    assert_eq!(append(&mut log, refused), Err(Refusal::Misplaced));
    append(&mut log, by_another(&[0x04, 1, 1, b't', 1, b'x'])).unwrap();
    let child = [1, 1, 2, 1, 0x04, 0, 2, 0, 1, b'x', 0];
    assert_eq!(append(&mut log, child.to_vec()), Err(Refusal::Misplaced));
}

#[test]
fn stored_hostile_structs_are_not_opened_and_salvaged_without_them() {
    let hostile = by_another(&[0xc4, 1, 1, 1, 6, 1, b'x']);
    let stored = [HONEST.to_vec(), hostile];
    assert_eq!(Log::open(None, stored.clone()).map(drop), Err(Refusal::Misplaced));
    let rebuilt = salvage(&stored, Deleted::Keep).update.to_vec();
    assert_eq!(Log::open(Some(rebuilt), []).unwrap().state_vector().get(1), 7);
}

/// Texts, maps, arrays, XML, formats, types in types, by several authors, some of it deleted.
#[test]
fn honest_histories_enter_and_are_opened_again() {
    for seed in 0..40 {
        let History { updates, .. } = history(seed, 3, 60);
        let mut log = Log::new();
        for update in &updates {
            append(&mut log, update.clone()).unwrap();
        }
        for deleted in [Deleted::Keep, Deleted::Drop] {
            let merged = merge(&updates, deleted).unwrap().update.to_vec();
            let (older, newer) = updates.split_at(updates.len() / 2);
            let older = merge(older, deleted).unwrap().update.to_vec();
            assert!(Log::open(Some(merged.clone()), []).is_ok());
            assert!(Log::open(Some(merged), updates.clone()).is_ok(), "told twice");
            let mut log = Log::open(Some(older), []).unwrap();
            for update in newer.iter().chain(&updates) {
                append(&mut log, update.clone()).unwrap();
            }
        }
    }
}

/// Merging updates, yjs and yrs forget the bit of the key where an origin tells the key.
#[test]
fn entries_whose_key_only_their_neighbour_tells_stay_apart() {
    use yrs::{Map, ReadTxn, Transact};
    let doc = random_history::document(1);
    let map = doc.get_or_insert_map("m");
    let mut updates = Vec::new();
    for value in 0..5 {
        let before = doc.transact().state_vector();
        map.insert(&mut doc.transact_mut(), "k", value);
        let update = doc.transact().encode_state_as_update_v1(&before);
        updates.push(yrs::merge_updates_v1([update]).unwrap());
    }
    let mut log = Log::new();
    for update in &updates {
        append(&mut log, update.clone()).unwrap();
    }
    for deleted in [Deleted::Keep, Deleted::Drop] {
        let merged = merge(&updates, deleted).unwrap().update.to_vec();
        assert!(Log::open(Some(merged), []).is_ok(), "{deleted:?}");
    }
}
