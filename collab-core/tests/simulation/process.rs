//! What the world knows of a client process, whichever protocol it speaks.

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::chat::Client;
use collab_core::document::{Document, FileId, Splice};
use collab_core::presence::{Presence, State, User};
use collab_core::sync::Status;
use collab_core::wire::Dialect;

use super::random::Random;
use super::sayings::Deed;

/// One client process.
pub(crate) trait Process {
    fn dialect(&self) -> Dialect;
    fn start(&mut self, now: Timestamp) -> Vec<Effect>;
    fn deadline(&self) -> Option<Timestamp>;
    fn tick(&mut self, now: Timestamp) -> Vec<Effect>;
    fn hear(&mut self, now: Timestamp, news: News<'_>) -> Vec<Effect>;
    fn edit(&mut self, now: Timestamp, random: &mut Random) -> Vec<Effect>;
    /// Asks for all that is older than what is loaded by itself.
    fn read_back(&mut self, now: Timestamp) -> Vec<Effect>;
    fn shows(&self) -> Shows<'_>;
    /// What it shows, if it knows what is saved.
    fn status(&self) -> Option<&Status>;
    /// What a crash leaves.
    fn into_storage(self: Box<Self>) -> Option<Storage>;
}

/// What a person could see.
pub(crate) enum Shows<'a> {
    Document(&'a Document, &'a Presence),
    Chat(&'a Client),
}

/// What a process is told.
#[derive(Debug)]
pub(crate) enum News<'a> {
    Connected,
    Frame(&'a [u8]),
    Disconnected(u16),
    NetworkBack,
    Token,
    Stop,
    Start,
}

/// What a process wants of the world.
#[derive(Debug)]
pub(crate) enum Effect {
    Connect,
    Send(Bytes),
    Disconnect,
    Edited(Bytes),
    Did(Deed),
    Durable,
    StatusChanged,
    TokenExpiring,
}

/// A client's disk.
#[derive(Debug, Default)]
pub(crate) struct Storage {
    pub(crate) snapshot: Option<Vec<u8>>,
    pub(crate) unsaved: u64,
}

/// Presence of somebody who is there from the start.
pub(crate) fn new_presence(now: Timestamp, id: u64) -> Presence {
    let mut presence = Presence::new(id);
    let user = User { name: format!("client {id}"), ..User::default() };
    presence.set_local(now, Some(State { user, ..State::default() })).expect("small");
    presence
}

/// Makes a random change; the document's events tell which.
pub(crate) fn change(document: &mut Document, random: &mut Random) {
    let files = document.files();
    let file = files[random.index(files.len())].id.clone();
    match random.range(0, 20) {
        0 => drop(document.undo(&file)),
        1 => drop(document.redo(&file)),
        2 => {
            let id = FileId::from_random(u128::from(random.next()));
            document.create_file(&id, "file", "rust").expect("a new file");
        }
        3 => document.rename_file(&file, "renamed").expect("a name"),
        4..=7 => delete(document, &file, random),
        _ => insert(document, &file, random),
    }
}

fn insert(document: &mut Document, file: &FileId, random: &mut Random) {
    const WORDS: [&str; 5] = ["a", "word ", "\n", "😀", "let x = 1;\n"];
    let at = random.range(0, u64::from(document.len(file)) + 1) as u32;
    let insert = WORDS[random.index(WORDS.len())];
    document.edit(file, &[Splice { at, delete: 0, insert }]).expect("within the text");
}

fn delete(document: &mut Document, file: &FileId, random: &mut Random) {
    let len = u64::from(document.len(file));
    let at = random.range(0, len + 1);
    let delete = random.range(0, (len - at).min(8) + 1) as u32;
    let splice = Splice { at: at as u32, delete, insert: "" };
    document.edit(file, &[splice]).expect("within the text");
}
