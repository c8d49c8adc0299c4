//! One case of fixed work, for `cargo xtask bench --instructions` to count under valgrind.
//!
//! `instructions CASE` does what the case says to a history that is the same on every machine;
//! `instructions` lists the cases. Only what runs inside [`measured`] counts.

use std::hint::black_box;

use anyhow::{Result, bail};
use benches::replay;
use collab_core::document::{Document, FileId, Splice};
use collab_core::log::{Deleted, check, merge};
use histories::History;

const CASES: [(&str, Case); 4] =
    [("check", checks), ("merge", merges), ("apply", applies), ("local-edit", edits)];

type Case = fn() -> Result<()>;

fn main() -> Result<()> {
    let Some(wanted) = std::env::args().nth(1) else {
        println!("{}", CASES.map(|(name, _)| name).join("\n"));
        return Ok(());
    };
    let Some((_, case)) = CASES.iter().find(|(name, _)| *name == wanted) else {
        bail!("no case {wanted:?}");
    };
    case()
}

/// The counter runs while this function does; xtask knows its name.
#[inline(never)]
fn measured<T>(work: impl FnOnce() -> T) -> T {
    work()
}

fn updates() -> Result<Vec<Vec<u8>>> {
    Ok(replay(&History::seeded(2))?.updates)
}

fn checks() -> Result<()> {
    let updates = updates()?;
    measured(|| {
        for update in &updates {
            black_box(check(black_box(update), usize::MAX))?;
        }
        Ok(())
    })
}

fn merges() -> Result<()> {
    let updates = updates()?;
    measured(|| black_box(merge(black_box(&updates), Deleted::Drop)))?;
    Ok(())
}

fn applies() -> Result<()> {
    let (updates, mut document) = (updates()?, Document::new(9));
    measured(|| updates.iter().try_for_each(|update| document.apply(black_box(update))))?;
    Ok(())
}

/// One call for each edit, and its update taken.
fn edits() -> Result<()> {
    let (history, mut document, main) = (History::seeded(1), Document::new(9), FileId::main());
    measured(|| {
        for (at, delete, insert) in history.txns.iter().flat_map(|txn| &txn.patches) {
            document.edit(&main, &[Splice { at: *at, delete: *delete, insert }])?;
            while let Some(event) = document.poll_event() {
                black_box(event);
            }
        }
        Ok(())
    })
}
