//! Updates that are appended to a live snapshot, honest and lying ones, some left out, some twice.

use collab_core::log::{self, Deleted, Live};

use crate::merge::session::Session;
use crate::script::Script;
use crate::structs::write::Writing;

const UPDATES_MAX: usize = 48;

/// The claims: what the snapshot does not take changes nothing; with what it did not take it is
/// merged to the same bytes as all updates; what it took and repeats changes nothing.
pub fn run(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let updates = delivered(&mut script);
    let (mut live, mut left) = (Live::default(), Vec::new());
    for update in &updates {
        let checked = log::check(update, usize::MAX).expect("a well-formed update");
        let before = live.to_update();
        if !live.append(update, &checked) {
            assert_eq!(live.to_update(), before, "an update that was not taken left something");
            left.push(&update[..]);
        }
    }
    let update = live.to_update();
    let checked = log::check(&update, usize::MAX).expect("a snapshot that passes the check");
    assert!(live.append(&update, &checked), "it does not take what it holds");
    assert_eq!(live.to_update(), update, "what it holds changes it");
    left.push(&update);
    for deleted in [Deleted::Drop, Deleted::Keep] {
        let merged = log::merge(&left, deleted).expect("a snapshot and updates can be merged");
        let expected = log::merge(&updates, deleted).expect("updates can be merged");
        assert_eq!(merged.update, expected.update, "the snapshot holds something else");
    }
}

/// Updates in order, but for some that are left out or come again, alone or with others.
fn delivered(script: &mut Script<'_>) -> Vec<Vec<u8>> {
    let made = if script.flip() { honest(script) } else { lying(script) };
    let mut delivered = Vec::new();
    for at in 0..made.len() {
        match script.roll(8) {
            0 => {}
            1 => {
                let from = script.roll(at as u32 + 1) as usize;
                let merged = log::merge(&made[from..=at], Deleted::Keep);
                delivered.push(merged.expect("updates can be merged").update.to_vec());
            }
            2 => delivered.extend([made[at].clone(), made[at / 2].clone()]),
            _ => delivered.push(made[at].clone()),
        }
    }
    delivered
}

fn honest(script: &mut Script<'_>) -> Vec<Vec<u8>> {
    let mut session = Session::new(script);
    for _ in 0..UPDATES_MAX {
        if script.is_over() {
            break;
        }
        session.step(script);
    }
    session.into_updates()
}

fn lying(script: &mut Script<'_>) -> Vec<Vec<u8>> {
    let mut writing = Writing::new(false, ["main", "list"]);
    let mut updates = Vec::new();
    while !script.is_over() && updates.len() < UPDATES_MAX / 8 {
        updates.push(writing.update(script));
    }
    updates
}
