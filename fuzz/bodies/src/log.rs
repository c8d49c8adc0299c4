//! Stored bytes that were damaged: a log opens or says that it cannot; what it opens, it can serve.

use bytes::Bytes;
use collab_core::log::{Deleted, Known, Log, Snapshot, StateVector, check, compact, merge};

use crate::script::Script;
use crate::structs::write::Writing;

const UPDATES_MAX: usize = 8;

/// The claims: opening returns; a log that opens answers everybody with updates that pass the
/// check, compacts, and holds the same afterwards.
pub fn run(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let mut writing = Writing::new(false, ["main", "list"]);
    let mut tail = Vec::new();
    while !script.is_over() && tail.len() < UPDATES_MAX {
        tail.push(writing.update(&mut script));
        damage(&mut script, &mut tail);
    }
    let folded = script.roll(tail.len() as u32 + 1) as usize;
    let snapshot = merge(&tail[..folded], Deleted::Drop).map(|merged| merged.update);
    let tail = tail.split_off(folded).into_iter().map(Bytes::from);
    let Ok(mut log) = Log::open(snapshot.ok(), tail) else { return };
    let before = log.state_vector();
    answers(&mut log, &mut script);
    let (updates, tail) = (log.compactable(usize::MAX), log.tail_len().0);
    if let Ok(merged) = compact(&updates, Deleted::Drop) {
        log.compact(Snapshot::new(merged.update).expect("a merged update"), tail);
        assert_eq!(log.state_vector(), before, "compaction lost something");
        answers(&mut log, &mut script);
    }
}

/// Changes a byte, most of the time.
fn damage(script: &mut Script<'_>, tail: &mut [Vec<u8>]) {
    let Some(last) = tail.last_mut().filter(|_| script.roll(4) > 0) else { return };
    let at = script.roll(last.len() as u32) as usize;
    last[at] = script.byte();
}

fn answers(log: &mut Log, script: &mut Script<'_>) {
    let known = [1, script.byte() & 3, script.byte() & 0x7f];
    let held = log.state_vector().write();
    for known in [&[0][..], &known, &held] {
        let structs = StateVector::read(known).expect("a state vector");
        let answer =
            log.answer(&Known { structs, deletions: None }).expect("what opened can be served");
        check(&answer.last, usize::MAX).expect("an answer that others accept");
    }
}
