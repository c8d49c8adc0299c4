//! Panics that are no findings.
//!
//! libFuzzer's hook aborts at every panic before anybody could catch it, so it is put behind one
//! that knows what is tolerated.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static TOLERATING: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs `work`; `None` if it panicked.
pub(crate) fn tolerating<T>(work: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !TOLERATING.get() {
                before(panic);
            }
        }));
    });
    TOLERATING.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    TOLERATING.set(false);
    result.ok()
}
