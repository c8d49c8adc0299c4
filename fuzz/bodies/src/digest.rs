//! `ask` and `differ`: two sides that find out by hashes which deletions the other lacks.

use collab_core::log::{
    self, Answer, Deleted, Deletions, Differing, Digest, First, Known, Log, StateVector,
};
use collab_core::wire::Writer;

use crate::script::Script;
use crate::structs::entered;
use crate::structs::write::Writing;

const UPDATES_MAX: u32 = 6;
const RANGES_MAX: u32 = 12;

/// The claims: a question of any bytes is read or refused, and answered with what passes the check;
/// after an honest question and the push that follows, both sides hold what both held before.
pub fn run(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let mut writing = Writing::new(false, ["main", "list"]);
    let count = 1 + script.roll(UPDATES_MAX) as usize;
    let updates = entered(&mut script, &mut writing, count);
    let mut relay = held(&mut script, &updates);
    let client = held(&mut script, &updates);
    let folded = script.roll(relay.len() as u32 + 1) as usize;
    let log = open(&relay, folded);
    let push = exchange(log, &client, &mut relay, &mut script);
    relay.push(push);
    any_bytes(open(&relay, folded), &mut script);
}

/// Some of the first updates, and deletions of one's own.
fn held(script: &mut Script<'_>, updates: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let known = script.roll(updates.len() as u32 + 1) as usize;
    let mut held = updates[..known].to_vec();
    held.push([&[0], &delete_set(script)[..]].concat());
    held
}

fn delete_set(script: &mut Script<'_>) -> Vec<u8> {
    let mut writer = Writer::default();
    let clients = script.roll(4);
    writer.var_uint(u64::from(clients));
    for client in 1..=clients {
        writer.var_uint(u64::from(client));
        let ranges = 1 + script.roll(RANGES_MAX);
        writer.var_uint(u64::from(ranges));
        for _ in 0..ranges {
            writer.var_uint(u64::from(script.roll(300)));
            writer.var_uint(u64::from(1 + script.roll(6)));
        }
    }
    writer.into_vec()
}

fn merged(updates: &[Vec<u8>]) -> Vec<u8> {
    log::merge(updates, Deleted::Drop).expect("updates can be merged").update.to_vec()
}

fn open(updates: &[Vec<u8>], folded: usize) -> Log<Vec<u8>> {
    let snapshot = merged(&updates[..folded]);
    Log::open(Some(snapshot), updates[folded..].to_vec()).expect("well-formed updates")
}

/// The client asks and pushes. Returns what it pushes.
fn exchange(
    mut relay: Log<Vec<u8>>,
    client: &[Vec<u8>],
    held: &mut [Vec<u8>],
    script: &mut Script<'_>,
) -> Vec<u8> {
    let mut own = open(client, client.len());
    let deletions = Deletions::read(&deletions_of(&mut own)).expect("a delete set");
    let digest = deletions.digest([script.byte(); 16]);
    let digest = Digest::read(&digest.write()).expect("what was written can be read");
    let known = Known { structs: own.state_vector(), deletions: Some(digest.clone()) };
    let answer = relay.answer(&known).expect("a log answers");
    let differing = answer.differing.as_ref().expect("an answer to a digest").write();
    let differing = Differing::read(&differing).expect("what was written can be read");
    let both = merged(&[client, held].concat());
    let heard = [client, &parts(&answer)[..]].concat();
    assert_eq!(merged(&heard), both, "the answer leaves something out");
    let whole = Known { structs: relay.state_vector(), deletions: None };
    let diff = merged(&parts(&own.answer(&whole).expect("a log answers")));
    let shared = deletions.shared(&digest, &differing);
    let push = shared.removed_from(&diff).expect("a diff is an update");
    let told = [&*held, std::slice::from_ref(&push)].concat();
    assert_eq!(merged(&told), both, "the push leaves something out");
    push
}

/// All deletions of a log, as the delete set of an update.
fn deletions_of(log: &mut Log<Vec<u8>>) -> Vec<u8> {
    let structs = log.state_vector();
    // Who knows nothing at all gets the snapshot as it lies.
    let somebody_else = StateVector::read(&[1, 99, 1]).expect("a state vector");
    let structs = if structs.is_empty() { somebody_else } else { structs };
    let known = Known { structs, deletions: None };
    // It lacks no structs: what is left is a delete set behind a 0.
    let last = log.answer(&known).expect("a log answers").last;
    assert_eq!(last[0], 0, "structs that are known");
    last[1..].to_vec()
}

fn parts(answer: &Answer<Vec<u8>>) -> Vec<Vec<u8>> {
    let first = answer.first.as_ref().map(|first| match first {
        First::Snapshot(update) => update.clone(),
        First::Diff(update) => update.to_vec(),
    });
    first.into_iter().chain([answer.last.to_vec()]).collect()
}

/// A question, and what is said to differ, of any bytes.
fn any_bytes(mut relay: Log<Vec<u8>>, script: &mut Script<'_>) {
    let structs = StateVector::read(script.bytes(24)).unwrap_or_default();
    let differing = Differing::read(script.bytes(12)).unwrap_or_default();
    let bytes = script.bytes(120);
    let Ok(digest) = Digest::read(bytes) else { return };
    assert_eq!(Digest::read(&digest.write()).as_ref(), Ok(&digest), "another digest");
    let known = Known { structs, deletions: Some(digest.clone()) };
    let answer = relay.answer(&known).expect("a log answers");
    for part in parts(&answer) {
        log::check(&part, usize::MAX).expect("an answer that others accept");
    }
    let _any = Deletions::default().shared(&digest, &differing);
}
