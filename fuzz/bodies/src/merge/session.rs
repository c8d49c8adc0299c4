//! Honest clients that hear of each other now and then.

use std::sync::{Arc, Mutex, PoisonError};

use yrs::types::Attrs;
use yrs::{
    Any, Array, ArrayPrelim, Doc, GetString, Map, MapPrelim, MapRef, Text, TextPrelim, TextRef,
    Transact, TransactionMut, XmlElementPrelim, XmlFragment, XmlFragmentRef, XmlTextPrelim,
};

use crate::apply::{apply, document};
use crate::script::Script;

const CLIENTS: u64 = 3;
const WORDS: [&str; 8] = ["a", "fn ", "x = 1;\n", "žluť", "😀", "日本語", "é", "hello world "];

/// Documents and the updates that they made, in the order in which they were made.
pub(crate) struct Session {
    docs: Vec<Doc>,
    /// How many of the updates each document was given.
    heard: Vec<usize>,
    updates: Vec<Vec<u8>>,
    made: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Session {
    /// Client IDs may be small or of 32 bits.
    pub(crate) fn new(script: &mut Script<'_>) -> Self {
        let large = script.flip();
        let made: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let docs = (1..=CLIENTS).map(|client| {
            let doc = document(if large { client * 1_000_003 + (1 << 31) } else { client });
            let made = made.clone();
            doc.observe_update_v1("session", move |_, event| {
                made.lock().unwrap_or_else(PoisonError::into_inner).push(event.update.clone());
            })
            .expect("no transaction is open");
            doc
        });
        let docs: Vec<Doc> = docs.collect();
        Self { heard: vec![0; docs.len()], docs, updates: Vec::new(), made }
    }

    pub(crate) fn step(&mut self, script: &mut Script<'_>) {
        let at = script.roll(CLIENTS as u32) as usize;
        if script.roll(3) == 0 {
            self.catch_up(at);
        }
        edit(&self.docs[at], script);
        self.updates.extend(self.take_made());
    }

    pub(crate) fn into_updates(self) -> Vec<Vec<u8>> {
        self.updates
    }

    fn catch_up(&mut self, at: usize) {
        for update in &self.updates[self.heard[at]..] {
            assert!(apply(&self.docs[at], update), "an honest update is taken");
        }
        self.heard[at] = self.updates.len();
        // What was only passed on is no new update.
        self.take_made();
    }

    fn take_made(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn edit(doc: &Doc, script: &mut Script<'_>) {
    let (text, map) = (doc.get_or_insert_text("main"), doc.get_or_insert_map("files"));
    let (list, xml) = (doc.get_or_insert_array("list"), doc.get_or_insert_xml_fragment("xml"));
    let mut txn = doc.transact_mut();
    match script.roll(16) {
        0..=6 => {
            let (at, _) = place(script, &text.get_string(&txn));
            text.insert(&mut txn, at, script.pick(&WORDS));
        }
        7..=9 => {
            let (at, len) = place(script, &text.get_string(&txn));
            text.remove_range(&mut txn, at, len);
        }
        10 => {
            map.insert(&mut txn, script.pick(&["k", "l"]), i64::from(script.byte()));
        }
        11 => {
            map.remove(&mut txn, script.pick(&["k", "l", "nested"]));
        }
        12 => {
            map.insert(&mut txn, "nested", MapPrelim::from([("v", f64::from(script.byte()))]));
        }
        13 => {
            let at = script.roll(list.len(&txn) + 1);
            list.insert_range(&mut txn, at, [1, 2, 3]);
            list.push_back(&mut txn, ArrayPrelim::from(["x", "y"]));
        }
        14 => {
            let len = list.len(&txn);
            if len > 0 {
                list.remove(&mut txn, script.roll(len));
            }
        }
        _ => decorate(&mut txn, script, (&text, &map, &xml)),
    }
}

/// Rich text, XML and nested types.
fn decorate(
    txn: &mut TransactionMut<'_>,
    script: &mut Script<'_>,
    (text, map, xml): (&TextRef, &MapRef, &XmlFragmentRef),
) {
    match script.roll(4) {
        0 => {
            let (at, len) = place(script, &text.get_string(txn));
            let bold = Attrs::from([("b".into(), Any::Bool(script.flip()))]);
            text.format(txn, at, len, bold);
        }
        1 => {
            xml.push_back(txn, XmlElementPrelim::empty("p"));
            xml.push_back(txn, XmlTextPrelim::new("text"));
        }
        2 => {
            let len = xml.len(txn);
            xml.remove_range(txn, 0, len / 2);
        }
        _ => {
            map.insert(txn, "text", TextPrelim::new("nested"));
        }
    }
}

/// A position between characters, and a length up to another one, in UTF-16 units.
fn place(script: &mut Script<'_>, text: &str) -> (u32, u32) {
    let chars: Vec<u32> = text.chars().map(|c| c.len_utf16() as u32).collect();
    let at = script.roll(chars.len() as u32 + 1) as usize;
    let end = (at + script.roll(8) as usize).min(chars.len());
    (chars[..at].iter().sum(), chars[at..end].iter().sum())
}
