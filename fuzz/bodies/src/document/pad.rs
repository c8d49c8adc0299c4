//! A document with somebody in front of it.

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::document::{Assoc, Delta, Document, Event, FileId, Splice};

use crate::script::Script;

const WORDS: [&str; 6] = ["a", "fn x() {}\n", "é", "😀", "\r\n", "日本語😀"];

pub(super) struct Pad {
    document: Document,
    /// What an editor shows that followed the deltas of `main`, in UTF-16 units.
    shown: Vec<u16>,
    outbox: Vec<Bytes>,
    now_ms: u64,
}

impl Pad {
    pub(super) fn new(client: u64) -> Self {
        let mut document = Document::new(client);
        let shown = document.watch(&FileId::main()).encode_utf16().collect();
        Self { document, shown, outbox: Vec::new(), now_ms: 1_000 }
    }

    pub(super) fn from_snapshot(client: u64, snapshot: &[u8]) -> Self {
        let mut pad = Self::new(client);
        pad.hear(snapshot);
        pad
    }

    /// Types, deletes, or both, in one or two places of a file.
    pub(super) fn edit(&mut self, script: &mut Script<'_>) {
        let file = if script.roll(8) == 0 { FileId::from_random(7) } else { FileId::main() };
        let len = self.document.len(&file);
        let at = script.roll(len + 1);
        let delete = script.roll(8).min(len - at);
        let first = Splice { at, delete, insert: script.pick(&WORDS) };
        let second = Splice { at: at + delete, delete: 0, insert: script.pick(&WORDS) };
        let splices = if script.flip() { vec![first] } else { vec![first, second] };
        let sticky = self.document.sticky(&file, at, Assoc::After);
        // A file that holds something else than text refuses.
        let _either = self.document.edit(&file, &splices);
        let _moved = sticky.and_then(|position| self.document.offset(&position));
        self.follow();
    }

    pub(super) fn travel(&mut self, script: &mut Script<'_>) {
        self.now_ms += u64::from(script.byte()) * 10;
        self.document.set_now(Timestamp::from_millis(self.now_ms));
        let main = FileId::main();
        let _done =
            if script.flip() { self.document.undo(&main) } else { self.document.redo(&main) };
        self.follow();
    }

    /// Files and settings.
    pub(super) fn set(&mut self, script: &mut Script<'_>) {
        let file = FileId::from_random(u128::from(script.roll(3)));
        let _either = match script.roll(5) {
            0 => self.document.create_file(&file, "lib.rs", "rust"),
            1 => self.document.rename_file(&file, "main.rs"),
            2 => self.document.delete_file(&file),
            3 => self.document.restore_file(&file),
            _ => self.document.set_setting("k", &serde_json::json!(script.byte())),
        };
        let _shown = (self.document.files(), self.document.deleted_files());
        let _shown = self.document.settings();
        self.follow();
    }

    /// Whether the update was taken.
    pub(super) fn hear(&mut self, update: &[u8]) -> bool {
        let taken = self.document.apply(update).is_ok();
        self.follow();
        taken
    }

    /// The page is loaded again: the same replica from its own snapshot.
    pub(super) fn reopen(&mut self) {
        let known = self.document.state_vector();
        self.document.diff(&known).expect("an own state vector");
        let (snapshot, outbox) = (self.document.snapshot(), std::mem::take(&mut self.outbox));
        let client = self.document.client();
        *self = Self { outbox, now_ms: self.now_ms, ..Self::from_snapshot(client, &snapshot) };
    }

    pub(super) fn snapshot(&self) -> Vec<u8> {
        self.document.snapshot()
    }

    pub(super) fn text(&self, file: &FileId) -> String {
        self.document.text(file)
    }

    pub(super) fn take_updates(&mut self) -> Vec<Bytes> {
        std::mem::take(&mut self.outbox)
    }

    pub(super) fn watched_text_is_shown(&self) {
        let text: Vec<u16> = self.document.text(&FileId::main()).encode_utf16().collect();
        assert_eq!(self.shown, text, "the deltas lead elsewhere");
    }

    fn follow(&mut self) {
        while let Some(event) = self.document.poll_event() {
            match event {
                Event::LocalUpdate(update) => self.outbox.push(update),
                Event::Text { file, delta, .. } if file.is_main() => {
                    replay(&mut self.shown, &delta);
                }
                _ => {}
            }
        }
    }
}

fn replay(shown: &mut Vec<u16>, delta: &[Delta]) {
    let mut at = 0;
    for op in delta {
        match op {
            Delta::Retain(len) => at += *len as usize,
            Delta::Insert(text) => {
                let units: Vec<u16> = text.encode_utf16().collect();
                shown.splice(at..at, units.iter().copied());
                at += units.len();
            }
            Delta::Delete(len) => drop(shown.drain(at..at + *len as usize)),
        }
    }
}
