//! A live snapshot: what was appended one by one is what a merge of everything gives.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

mod random_history;

use collab_core::log::{Deleted, Live, check, merge};
use random_history::{Dice, applied, history, shown};

const SESSIONS: u64 = 300;

fn append(live: &mut Live, update: &[u8]) -> bool {
    live.append(update, &check(update, usize::MAX).unwrap())
}

fn merged<B: AsRef<[u8]>>(updates: &[B]) -> Vec<u8> {
    merge(updates, Deleted::Drop).unwrap().update.to_vec()
}

#[test]
fn updates_in_order_become_what_a_merge_makes_of_them() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 80);
        let mut live = Live::default();
        assert!(history.updates.iter().all(|update| append(&mut live, update)));
        let update = live.to_update();
        assert_eq!(merged(&[&update]), merged(&history.updates), "seed {seed}");
        assert_eq!(shown(&applied(&[update])), shown(&history.docs[0]), "seed {seed}");
    }
}

#[test]
fn updates_are_appended_to_a_snapshot_and_to_nothing_but_their_predecessors() {
    for seed in 0..SESSIONS {
        let history = history(seed, 3, 80);
        let (old, new) = history.updates.split_at(history.updates.len() / 2);
        let (mut whole, mut tail) = (Live::default(), Live::default());
        let snapshot = merged(old);
        assert!(append(&mut whole, &snapshot));
        for update in new {
            assert!(append(&mut whole, update) && append(&mut tail, update));
        }
        let all = merged(&history.updates);
        assert_eq!(merged(&[whole.to_update()]), all, "seed {seed}");
        assert_eq!(merged(&[snapshot.into(), tail.to_update()]), all, "seed {seed}");
    }
}

#[test]
fn what_is_repeated_changes_nothing_and_what_leaves_a_gap_is_left_to_the_merge() {
    for seed in 0..SESSIONS {
        let mut updates = history(seed, 3, 60).updates;
        let mut dice = Dice(seed);
        for _ in 0..20 {
            let (from, to) = (dice.roll(updates.len() as u32), dice.roll(updates.len() as u32));
            let again = updates[from as usize].clone();
            updates.insert(to as usize, again);
        }
        let (mut live, mut rest) = (Live::default(), Vec::new());
        for update in &updates {
            let before = live.to_update();
            if !append(&mut live, update) {
                assert_eq!(live.to_update(), before, "seed {seed}");
                rest.push(&update[..]);
            }
        }
        let update = live.to_update();
        check(&update, usize::MAX).unwrap();
        rest.push(&update);
        assert_eq!(merged(&rest), merged(&updates), "seed {seed}");
    }
}

#[test]
fn appending_mutants_of_honest_updates_leaves_an_update() {
    let mut dice = Dice(9);
    for seed in 0..60 {
        let mut live = Live::default();
        for mut update in history(seed, 3, 60).updates {
            if dice.roll(3) == 0 {
                let byte = dice.roll(update.len() as u32) as usize;
                update[byte] = dice.roll(256) as u8;
            }
            if let Ok(checked) = check(&update, usize::MAX) {
                live.append(&update, &checked);
            }
        }
        check(&live.to_update(), usize::MAX).unwrap();
    }
}
