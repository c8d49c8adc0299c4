//! Whatever is admitted stays readable and stays its author's, merged or compacted, in any order.

use proptest::prelude::*;

use super::claims::Claims;
use super::inspect::{Author, inspect};
use super::{ChatLimits, claims};
use crate::Timestamp;
use crate::chat::{Unit, UnitId};
use crate::log::{Checked, Deleted, Log, Snapshot, StateVector, check, merge};
use crate::wire::Grant;

#[path = "../../../tests/chat_kit/mod.rs"]
mod chat_kit;

const USERS: [&str; 3] = ["ada", "bob", "eve"];
const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// One push: client ID, how many units it repeats and adds, what it deletes.
#[derive(Clone, Debug)]
struct Step {
    client: u64,
    repeats: u32,
    adds: u32,
    deletes: Option<(u32, u32)>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..6u64, 0..3u32, 0..4u32, proptest::option::of((1..12u32, 1..4u32)));
    let step = step.prop_map(|(client, repeats, adds, deletes)| Step {
        client: client * 1_000_003 + 1,
        repeats,
        adds,
        deletes,
    });
    proptest::collection::vec(step, 1..40)
}

fn author_of(client: u64) -> &'static str {
    USERS[(client % 3) as usize]
}

fn unit(client: u64, clock: u32) -> Vec<u8> {
    let (at, text) = (u64::from(clock), format!("{client} says {clock}"));
    match clock {
        0 => Unit::Iam { user: author_of(client), name: "somebody" }.write(),
        _ if clock.is_multiple_of(5) => {
            Unit::Edit { at, of: UnitId { client, clock: 1 }, text: &text }.write()
        }
        _ => Unit::Message { at, text: &text, re: None }.write(),
    }
}

fn update_of(step: &Step, end: u32) -> Vec<u8> {
    let start = end.saturating_sub(step.repeats);
    let units: Vec<Vec<u8>> =
        (start..end + step.adds).map(|clock| unit(step.client, clock)).collect();
    let section = (step.client, start, vec![chat_kit::run(step.client, start, &units)]);
    let sections = if units.is_empty() { vec![] } else { vec![section] };
    let end = end + step.adds;
    let deletes = step.deletes.filter(|(from, len)| from + len <= end);
    let deletes: Vec<_> = deletes.map(|(from, len)| (step.client, from, len)).into_iter().collect();
    chat_kit::update(&sections, &deletes)
}

/// Admits an update as the room does; `None` if it adds nothing.
fn admit(
    claims: &mut Claims,
    log: &mut Log,
    user: &str,
    update: &[u8],
) -> Option<(Vec<u8>, claims::Ends)> {
    let checked = check(update, usize::MAX).expect("an update");
    if log.has(&checked) {
        return None;
    }
    let grant = Grant { user: user.into(), ..Grant::open() };
    let limits = ChatLimits::default();
    let author = Author { grant: &grant, now: NOW, limits: &limits, seals: None };
    let admitted = inspect(claims, author, update, |c, s, e| log.deletes(c, s, e));
    let admitted = admitted.expect("may enter");
    let (update, checked): (_, Checked) = match admitted.update {
        None => (update.to_vec(), checked),
        Some(cut) => (cut.to_vec(), check(&cut, usize::MAX).expect("an update")),
    };
    claims.add(user, &admitted.ends);
    log.append(update.clone().into(), checked).expect("nothing is missing");
    Some((update, admitted.ends))
}

proptest! {
    #[test]
    fn what_was_admitted_stays_readable_and_its_authors(steps in steps(), cut in 0..40usize) {
        let (mut claims, mut log, mut kept) = (Claims::default(), Log::new(), Vec::new());
        for step in &steps {
            let update = update_of(step, claims.end(step.client));
            kept.extend(admit(&mut claims, &mut log, author_of(step.client), &update));
        }
        let updates: Vec<&[u8]> = kept.iter().map(|(update, _)| &update[..]).collect();
        prop_assert_eq!(Claims::read(updates.iter().copied()), Ok(claims.clone()));
        for deleted in [Deleted::Keep, Deleted::Drop] {
            let (first, last) = updates.split_at(cut.min(updates.len()));
            let parts = [first, last].map(|part| merge(part, deleted).expect("updates").update);
            let whole = merge(&parts, deleted).expect("updates").update;
            prop_assert_eq!(Claims::read(parts.iter().map(|p| &p[..])), Ok(claims.clone()));
            prop_assert_eq!(Claims::read([&whole[..]].into_iter()), Ok(claims.clone()));
            readmit(&whole, &claims);
        }
    }
}

/// Each author's part of a merged update may enter an empty segment, as after a relay lost its disk.
fn readmit(whole: &[u8], claims: &Claims) {
    let snapshot = Snapshot::new(whole).expect("an update");
    let (mut again, mut log) = (Claims::default(), Log::new());
    for user in USERS {
        let others = clients().filter(|client| author_of(*client) != user);
        let known: Vec<Vec<u8>> =
            others.map(|client| chat_kit::id(client, claims.end(client))).collect();
        let known = [chat_kit::uint(known.len() as u64), known.concat()].concat();
        let known = StateVector::read(&known).expect("a state vector");
        admit(&mut again, &mut log, user, &snapshot.diff_structs(&known).expect("a diff"));
    }
    for client in clients() {
        assert_eq!(again.end(client), claims.end(client));
        let is_claimed = claims.is_of(client, author_of(client));
        assert_eq!(again.is_of(client, author_of(client)), is_claimed);
    }
}

fn clients() -> impl Iterator<Item = u64> {
    (0..6).map(|client| client * 1_000_003 + 1)
}
