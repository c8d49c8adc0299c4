//! What all benches share: real editing histories as the updates that their authors' documents sent.
//! Where a history is missing, its bench is left out and says so.

mod cache;
pub mod document;
pub mod editing;
mod hall;
mod replay;
pub mod shapes;

pub use hall::{Hall, Typing};
pub use replay::{Replayed, replay, replayed};

/// Reads every byte of every update, one after the other: less than this no reader can do.
pub fn touch(updates: &[Vec<u8>]) -> u64 {
    let step = |sum: u64, &byte: &u8| sum.wrapping_mul(31).wrapping_add(u64::from(byte));
    updates.iter().flatten().fold(0, step)
}

/// A permutation that is the same in every run (SplitMix64).
pub fn shuffled(updates: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut shuffled = updates.to_vec();
    let mut state = 1u64;
    for i in (1..shuffled.len()).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        shuffled.swap(i, (mixed >> 33) as usize % (i + 1));
    }
    shuffled
}
