//! Updates that are well formed, complete and come in order, but say what no honest client says:
//! right origins that lie left, several types below one key, children of what is deleted, types in
//! types, deletions of parts; and, less often, what a log must not take, since Yrs 0.28.1 does not
//! survive it: neighbours in two places, several units below a key, children of what is no type, and
//! text in arrays.

pub(crate) mod write;

use collab_core::log::{self, Log};

use crate::readers::{VIEWS, VIEWS_BUT_ARRAY, View, survive};
use crate::script::Script;
use crate::update::merges;
use write::Writing;

const UPDATES_MAX: usize = 4;

/// The claims of [`crate::update`], for several updates that a log took, applied one after the other.
pub fn run(bytes: &[u8]) {
    let (updates, view) = sequence(bytes);
    merges(&updates);
    survive(&updates, view);
}

/// The updates that an input stands for.
pub fn updates(bytes: &[u8]) -> Vec<Vec<u8>> {
    sequence(bytes).0
}

fn sequence(bytes: &[u8]) -> (Vec<Vec<u8>>, View) {
    let mut script = Script::new(bytes);
    let arrays = script.flip();
    let view = if arrays { script.pick(&VIEWS) } else { script.pick(&VIEWS_BUT_ARRAY) };
    let mut writing = Writing::new(arrays, ["main", "list"]);
    (entered(&mut script, &mut writing, UPDATES_MAX), view)
}

/// At most so many updates, of which a log took each one.
pub(crate) fn entered(
    script: &mut Script<'_>,
    writing: &mut Writing,
    updates_max: usize,
) -> Vec<Vec<u8>> {
    let (mut log, mut updates) = (Log::<Vec<u8>>::new(), Vec::new());
    while !script.is_over() && updates.len() < updates_max {
        let before = writing.clone();
        let update = writing.update(script);
        let checked = log::check(&update, usize::MAX).expect("a well-formed update");
        if log.append(update.clone(), checked).is_ok() {
            updates.push(update);
        } else {
            *writing = before;
        }
    }
    updates
}
