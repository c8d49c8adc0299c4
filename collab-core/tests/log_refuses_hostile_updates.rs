//! What a check must refuse, because some reader could not survive it.

use collab_core::log::{self, Refusal};
use collab_core::wire::{ErrorCode, Writer};
use proptest::prelude::*;

mod random_history;

fn check(update: &[u8]) -> Result<(), Refusal> {
    log::check(update, 1 << 20).map(drop)
}

/// One struct of client 1 at clock 0, in a root named `t`, and no deletions.
fn one_struct(info: u8, content: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut w = Writer::default();
    w.bytes(&[1, 1, 1, 0, info, 1]);
    w.var_string("t");
    content(&mut w);
    w.bytes(&[0]);
    w.into_vec()
}

#[test]
fn values_nested_ten_thousand_deep_are_refused() {
    let arrays = one_struct(8, |w| {
        w.var_uint(1);
        (0..10_000).for_each(|_| w.bytes(&[117, 1]));
        w.bytes(&[126]);
    });
    assert_eq!(check(&arrays), Err(Refusal::Nesting));
    let objects = one_struct(8, |w| {
        w.var_uint(1);
        (0..10_000).for_each(|_| w.bytes(&[118, 1, 1, b'k']));
        w.bytes(&[126]);
    });
    assert_eq!(check(&objects), Err(Refusal::Nesting));
    let json = one_struct(5, |w| w.var_string(&("[".repeat(5_000) + &"]".repeat(5_000))));
    assert_eq!(check(&json), Err(Refusal::Nesting));
    assert_eq!(Refusal::Nesting.code(), ErrorCode::UpdateUnsafe);
}

#[test]
fn values_nested_a_few_levels_pass() {
    let nested = one_struct(8, |w| {
        w.var_uint(1);
        (0..60).for_each(|_| w.bytes(&[117, 2, 126]));
        w.bytes(&[126]);
    });
    assert_eq!(check(&nested), Ok(()));
}

#[test]
fn json_that_one_reader_rejects_is_refused() {
    for text in ["", "{", "1e999", "\"\\ud800\"", "undefined", "NaN", "[1,]"] {
        let embed = one_struct(5, |w| w.var_string(text));
        assert_eq!(check(&embed), Err(Refusal::Json), "{text}");
        let format = one_struct(6, |w| {
            w.var_string("bold");
            w.var_string(text);
        });
        assert_eq!(check(&format), Err(Refusal::Json), "{text}");
    }
}

#[test]
fn content_that_readers_disagree_about_is_refused() {
    let content_json = one_struct(2, |w| {
        w.var_uint(1);
        w.var_string("1");
    });
    assert_eq!(check(&content_json), Err(Refusal::Unportable(2)));
    for type_ref in [5, 7, 15] {
        let shared = one_struct(7, |w| w.var_uint(type_ref));
        assert_eq!(check(&shared), Err(Refusal::Unportable(type_ref as u8)));
    }
    assert_eq!(check(&one_struct(11, |_| {})), Err(Refusal::UnknownTag(11)));
}

/// A split of one leaves memory behind that yrs 0.28 uses after it was freed.
#[test]
fn map_entries_of_several_units_are_refused() {
    // Below key "k" of the root "t", and behind the entry (2, 0), whose key it shares.
    let below_key = [1, 1, 1, 0, 0x24, 1, 1, b't', 1, b'k', 2, b'x', b'y', 0];
    assert_eq!(check(&below_key), Err(Refusal::LongEntry));
    let behind_entry = [1, 1, 1, 0, 0xa8, 2, 0, 2, 126, 126, 0];
    assert_eq!(check(&behind_entry), Err(Refusal::LongEntry));
    let deleted = [1, 1, 1, 0, 0x21, 1, 1, b't', 1, b'k', 2, 0];
    assert_eq!(check(&deleted), Ok(()), "what was overwritten is written as one struct");
}

#[test]
fn structs_that_depend_on_themselves_are_refused() {
    // client 1, clock 5, origin (1, 5)
    let cycle = [1, 1, 1, 5, 0x84, 1, 5, 1, b'x', 0];
    assert_eq!(check(&cycle), Err(Refusal::SelfReference));
    let parent = [1, 1, 1, 5, 0x04, 0, 1, 9, 1, b'x', 0];
    assert_eq!(check(&parent), Err(Refusal::SelfReference));
}

#[test]
fn impossible_clocks_and_lengths_are_refused() {
    let mut far = Writer::default();
    far.bytes(&[1, 1, 1]);
    far.var_uint((1 << 31) - 1);
    far.bytes(&[4, 1, 1, b't', 2, b'x', b'y', 0]);
    assert_eq!(check(&far.into_vec()), Err(Refusal::Integer));
    assert_eq!(check(&one_struct(4, |w| w.var_string(""))), Err(Refusal::Empty));
    assert_eq!(check(&[1, 0, 1, 0, 0]), Err(Refusal::Empty));
    assert_eq!(check(&[0x80, 0x00, 0x00]), Err(Refusal::Integer), "overlong varUint");
    assert_eq!(check(&[0, 0, 0]), Err(Refusal::Trailing));
    assert_eq!(check(&[2, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0]), Err(Refusal::DuplicateClient));
}

#[test]
fn counts_beyond_the_bytes_allocate_nothing() {
    let array = one_struct(8, |w| {
        w.var_uint(1);
        w.bytes(&[117]);
        w.var_uint(1 << 40);
    });
    assert_eq!(check(&array), Err(Refusal::Truncated));
    assert_eq!(check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]), Err(Refusal::Truncated));
}

#[test]
fn oversized_updates_are_refused_before_they_are_read() {
    let refusal = log::check(&[0xff; 100], 99).unwrap_err();
    assert_eq!(refusal, Refusal::TooLarge);
    assert_eq!(refusal.code(), ErrorCode::UpdateTooLarge);
}

#[test]
fn every_truncated_update_is_refused() {
    for seed in 0..20 {
        let merged = log::merge(&random_history::history(seed, 3, 40).updates, log::Deleted::Drop)
            .unwrap()
            .update;
        for end in 0..merged.len() {
            assert!(check(&merged[..end]).is_err());
        }
    }
}

#[test]
fn accepted_mutants_are_read_by_yrs() {
    use yrs::updates::decoder::Decode;
    let mut dice = random_history::Dice(1);
    for seed in 0..40 {
        let history = random_history::history(seed, 2, 30);
        for update in &history.updates {
            for _ in 0..40 {
                let mut mutant = update.clone();
                let at = dice.roll(mutant.len() as u32) as usize;
                mutant[at] ^= 1 << dice.roll(8);
                if check(&mutant).is_ok() {
                    yrs::Update::decode_v1(&mutant).expect("what is accepted, readers can read");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _either = check(&bytes);
        let _either = log::Snapshot::new(&bytes).map(|s| s.diff_structs(&log::StateVector::default()));
        let _either = log::StateVector::read(&bytes);
    }
}
