//! Updates that are well formed, complete and come in order, but say what no honest client says:
//! right origins that lie left, several types below one key, children of what is deleted, types in
//! types, deletions of parts.
//!
//! What they do not say is kept from Yrs 0.28.1 elsewhere, because it does not survive it
//! (docs/fuzzing.md, "What Yrs must not be shown").

pub(crate) mod write;

use collab_core::log;

use crate::readers::{VIEWS, VIEWS_BUT_ARRAY, View, survive};
use crate::script::Script;
use crate::update::merges;
use write::Writing;

const UPDATES_MAX: usize = 4;

/// The claims of [`crate::update`], for several updates that are applied one after the other.
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
    let mut updates = Vec::new();
    while !script.is_over() && updates.len() < UPDATES_MAX {
        let update = writing.update(&mut script);
        log::check(&update, usize::MAX).expect("a well-formed update");
        updates.push(update);
    }
    (updates, view)
}
