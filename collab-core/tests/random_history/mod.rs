//! Random editing sessions of several Yrs documents, as the updates that they emit.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

use std::sync::{Arc, Mutex};

use yrs::types::Attrs;
use yrs::updates::decoder::Decode;
use yrs::{
    Any, Array, ArrayPrelim, ClientID, Doc, GetString, Map, MapPrelim, OffsetKind, Options,
    ReadTxn, Text, TextPrelim, Transact, Update, XmlElementPrelim, XmlFragment, XmlTextPrelim,
};

/// A small deterministic generator (SplitMix64).
pub(crate) struct Dice(pub u64);

impl Dice {
    pub(crate) fn roll(&mut self, below: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % u64::from(below.max(1))) as u32
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.roll(i as u32 + 1) as usize);
        }
    }
}

/// What a session left behind.
pub(crate) struct History {
    /// Every update in the order in which it was made.
    pub(crate) updates: Vec<Vec<u8>>,
    /// All documents, each with all updates.
    pub(crate) docs: Vec<Doc>,
}

pub(crate) fn document(client: u64) -> Doc {
    let mut options = Options::with_client_id(ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16;
    Doc::with_options(options)
}

/// `steps` edits by `clients` documents that hear of each other now and then.
pub(crate) fn history(seed: u64, clients: u64, steps: u32) -> History {
    let mut dice = Dice(seed);
    let updates = Arc::new(Mutex::new(Vec::new()));
    let big = dice.roll(2) == 0;
    let docs: Vec<Doc> =
        (1..=clients).map(|c| document(if big { c * 1_000_003 + (1 << 31) } else { c })).collect();
    for doc in &docs {
        let updates = updates.clone();
        doc.observe_update_v1("history", move |txn, event| {
            if txn.origin().is_none() {
                updates.lock().unwrap().push(event.update.clone());
            }
        })
        .unwrap();
    }
    let mut heard = vec![0; docs.len()];
    for _ in 0..steps {
        let at = dice.roll(docs.len() as u32) as usize;
        if dice.roll(3) == 0 {
            heard[at] = catch_up(&docs[at], &updates.lock().unwrap().clone(), heard[at]);
        }
        edit(&docs[at], &mut dice);
    }
    let updates = updates.lock().unwrap().clone();
    for doc in &docs {
        catch_up(doc, &updates, 0);
    }
    History { updates, docs }
}

fn catch_up(doc: &Doc, updates: &[Vec<u8>], from: usize) -> usize {
    let mut txn = doc.transact_mut_with("remote");
    for update in &updates[from..] {
        txn.apply_update(Update::decode_v1(update).unwrap()).unwrap();
    }
    updates.len()
}

const WORDS: [&str; 8] = ["a", "fn ", "x = 1;\n", "žluť", "😀", "日本語", "é", "hello world "];

pub(crate) fn edit(doc: &Doc, dice: &mut Dice) {
    let (text, map) = (doc.get_or_insert_text("main"), doc.get_or_insert_map("files"));
    let (list, xml) = (doc.get_or_insert_array("list"), doc.get_or_insert_xml_fragment("xml"));
    let note = doc.get_or_insert_text("note");
    let mut txn = doc.transact_mut();
    let length = text.len(&txn);
    let items = list.len(&txn);
    let content: Vec<char> = text.get_string(&txn).chars().collect();
    let word = WORDS[dice.roll(8) as usize];
    match dice.roll(16) {
        0..=6 => {
            let at = dice.roll(content.len() as u32 + 1) as usize;
            text.insert(&mut txn, utf16(&content[..at]), word);
        }
        7..=9 if !content.is_empty() => {
            let at = dice.roll(content.len() as u32) as usize;
            let end = (at + 1 + dice.roll(6) as usize).min(content.len());
            text.remove_range(&mut txn, utf16(&content[..at]), utf16(&content[at..end]));
        }
        10 if length > 1 => {
            let bold = Attrs::from([("b".into(), Any::Bool(dice.roll(2) == 0))]);
            text.format(&mut txn, 0, length, bold);
        }
        11 => {
            note.insert_embed(&mut txn, 0, Any::from("embedded"));
        }
        12 => {
            map.insert(&mut txn, format!("k{}", dice.roll(4)), i64::from(dice.roll(100)));
            map.insert(&mut txn, "nested", MapPrelim::from([("v", f64::from(dice.roll(9)))]));
        }
        13 => {
            let at = dice.roll(items + 1);
            list.insert_range(&mut txn, at, [1, 2, 3]);
            list.push_back(&mut txn, ArrayPrelim::from(["x", "y"]));
        }
        14 if items > 0 => list.remove(&mut txn, dice.roll(items)),
        _ => {
            xml.push_back(&mut txn, XmlElementPrelim::empty("p"));
            xml.push_back(&mut txn, XmlTextPrelim::new("text"));
            map.insert(&mut txn, "text", TextPrelim::new("nested"));
        }
    }
}

/// Length in UTF-16 units.
fn utf16(text: &[char]) -> u32 {
    text.iter().map(|c| c.len_utf16() as u32).sum()
}

/// The full state of a document and what it shows.
pub(crate) fn shown(doc: &Doc) -> (String, String) {
    let text = doc.get_or_insert_text("main");
    // A root has no type, and shows nothing, until somebody asks for it.
    doc.get_or_insert_text("note");
    doc.get_or_insert_map("files");
    doc.get_or_insert_array("list");
    doc.get_or_insert_xml_fragment("xml");
    let txn = doc.transact();
    (text.get_string(&txn), format!("{:?} {:?}", txn.state_vector(), txn.to_json_sorted()))
}

trait SortedJson {
    fn to_json_sorted(&self) -> String;
}

impl<T: ReadTxn> SortedJson for T {
    fn to_json_sorted(&self) -> String {
        use yrs::types::ToJson;
        let mut roots: Vec<String> = self
            .root_refs()
            .map(|(name, value)| format!("{name}={}", sorted(&value.to_json(self))))
            .collect();
        roots.sort();
        roots.join(";")
    }
}

fn sorted(value: &Any) -> String {
    match value {
        Any::Map(map) => {
            let mut entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{key}:{}", sorted(value))).collect();
            entries.sort();
            format!("{{{}}}", entries.join(","))
        }
        Any::Array(items) => {
            format!("[{}]", items.iter().map(sorted).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// A fresh document that got these updates one by one.
pub(crate) fn applied<B: AsRef<[u8]>>(updates: &[B]) -> Doc {
    let doc = document(9_999_999);
    for update in updates {
        let update = Update::decode_v1(update.as_ref()).unwrap();
        doc.transact_mut().apply_update(update).unwrap();
    }
    doc
}
