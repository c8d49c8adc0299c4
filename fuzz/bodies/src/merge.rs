//! Editing sessions of several clients, merged: Yrs is the oracle.

pub(crate) mod session;

use collab_core::log::{self, Deleted, Log};

use self::session::Session;
use crate::apply::applied;
use crate::readers::shown;
use crate::script::Script;

const EDITS_MAX: usize = 48;

/// The claims, for the updates of an honest session: a log takes them. In any order and with any duplicates, merged
/// they show, hold and delete what a document shows that was given one after the other; the same
/// set gives the same bytes, also if it is merged in parts; no content that is kept is lost.
pub fn run(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let mut session = Session::new(&mut script);
    for _ in 0..EDITS_MAX {
        if script.is_over() {
            break;
        }
        session.step(&mut script);
    }
    let updates = session.into_updates();
    enter(&updates);
    let expected = shown(&applied(&updates));
    let mut shuffled = updates.clone();
    shuffled.extend_from_slice(&updates[..updates.len() / 3]);
    script.shuffle(&mut shuffled);
    for deleted in [Deleted::Drop, Deleted::Keep] {
        let merged = log::compact(&updates, deleted).expect("honest updates merge").update;
        assert_eq!(log::compact(&shuffled, deleted).map(|m| m.update).as_ref(), Ok(&merged));
        let middle = script.roll(shuffled.len() as u32 + 1) as usize;
        let halves = [&shuffled[..middle], &shuffled[middle..]]
            .map(|half| log::compact(half, deleted).expect("honest updates merge").update);
        assert_eq!(log::compact(&halves, deleted).map(|m| m.update).as_ref(), Ok(&merged));
        assert_eq!(shown(&applied(&[merged])), expected);
    }
}

/// A log takes them in the order in which they were made, and opens what it held.
fn enter(updates: &[Vec<u8>]) {
    let mut log = Log::new();
    for update in updates {
        let checked = log::check(update, usize::MAX).expect("an honest update");
        log.append(update, checked).expect("an honest update enters");
    }
    let merged = log::merge(updates, Deleted::Drop).expect("honest updates merge").update;
    Log::open(Some(merged), []).expect("what entered is opened again");
}
