//! What every compared library does here: the same three tasks on the same history.

mod automerge;
mod collab;
mod diamond;
mod loro;
mod yrs;

use histories::Patch;

/// A library that edits text.
pub trait Library {
    /// Its name and version.
    fn name(&self) -> &'static str;
    /// One author types the history; returns what they send for each patch.
    fn write(&self, patches: &[Patch]) -> Vec<Vec<u8>>;
    /// Somebody else applies what was sent, one message at a time, and is told what changed in the
    /// text wherever the library offers that; returns the text.
    fn follow(&self, messages: &[Vec<u8>]) -> String;
    /// The messages that `follow` is given: fewer where more would take minutes.
    fn follows(&self) -> usize {
        usize::MAX
    }
    /// What the library stores of a document that has all messages.
    fn save(&self, messages: &[Vec<u8>]) -> Vec<u8>;
    /// Opens what was stored; returns the text.
    fn load(&self, stored: &[u8]) -> String;
}

/// All of them, this project's first.
pub fn all() -> [&'static dyn Library; 5] {
    [&collab::Collab, &yrs::Yrs, &loro::Loro, &automerge::Automerge, &diamond::Diamond]
}
