//! Everything that a client may do to a document, done to one that was given hostile updates.

use yrs::types::ToJson;
use yrs::types::text::YChange;
use yrs::{
    Any, Array, Doc, GetString, Map, ReadTxn, Snapshot, StateVector, Text, Transact,
    TransactionMut, WriteTxn, XmlFragment,
};

use crate::apply::{applied, apply, document};
use crate::tolerance::tolerating;

/// Roots of one document that are tried.
const ROOTS_MAX: usize = 8;

/// How a client sees a root. The first one to ask decides, whatever the updates say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View {
    Text,
    Array,
    Map,
    Xml,
}

pub(crate) const VIEWS: [View; 4] = [View::Text, View::Array, View::Map, View::Xml];
pub(crate) const VIEWS_BUT_ARRAY: [View; 3] = [View::Text, View::Map, View::Xml];

/// Applies `updates` to a document whose roots are seen as `view`, reads all of it and hands its
/// state on to another one. Then it edits what is there, which may panic inside Yrs (its callers
/// must know the shape of what they edit, see `Document`), but must return.
pub(crate) fn survive<B: AsRef<[u8]>>(updates: &[B], view: View) {
    let doc = applied(updates);
    let names: Vec<String> = doc.transact().root_refs().map(|(name, _)| name.to_owned()).collect();
    for name in names.iter().take(ROOTS_MAX) {
        match view {
            View::Text => read_text(&doc, name),
            View::Array => read_array(&doc, name),
            View::Map => read_map(&doc, name),
            View::Xml => read_xml(&doc, name),
        }
    }
    read_all(&doc.transact());
    hand_on(&doc);
    for name in names.iter().take(ROOTS_MAX) {
        // Dropped outside: a transaction that is dropped while a panic unwinds commits, and may
        // panic again.
        let mut txn = doc.transact_mut();
        let edited = tolerating(|| match view {
            View::Text => edit_text(&mut txn, name),
            View::Array => edit_array(&mut txn, name),
            View::Map => edit_map(&mut txn, name),
            View::Xml => edit_xml(&mut txn, name),
        });
        let committed = tolerating(|| drop(txn));
        if edited.and(committed).is_none() {
            return;
        }
    }
    let _either = tolerating(|| hand_on(&doc));
}

fn read_text(doc: &Doc, name: &str) {
    let text = doc.get_or_insert_text(name);
    let txn = doc.transact();
    let _shown = (text.get_string(&txn), text.diff(&txn, YChange::identity), text.len(&txn));
}

fn read_array(doc: &Doc, name: &str) {
    let array = doc.get_or_insert_array(name);
    let txn = doc.transact();
    let _shown = (array.to_json(&txn), array.iter(&txn).count(), array.get(&txn, array.len(&txn)));
}

fn read_map(doc: &Doc, name: &str) {
    let map = doc.get_or_insert_map(name);
    let txn = doc.transact();
    let _shown = (map.to_json(&txn), map.keys(&txn).count(), map.len(&txn));
}

fn read_xml(doc: &Doc, name: &str) {
    let fragment = doc.get_or_insert_xml_fragment(name);
    let txn = doc.transact();
    let _shown = (fragment.get_string(&txn), fragment.successors(&txn).count());
}

fn edit_text(txn: &mut TransactionMut<'_>, name: &str) {
    let text = txn.get_or_insert_text(name);
    let len = text.len(txn);
    text.insert(txn, len, "x");
    text.insert(txn, 0, "y");
    text.insert(txn, len / 2, "z");
    text.remove_range(txn, len / 2, 1);
    text.remove_range(txn, 0, 1);
    let len = text.len(txn);
    text.format(txn, 0, len, [("b".into(), Any::Bool(true))].into());
    text.remove_range(txn, 0, len);
}

fn edit_array(txn: &mut TransactionMut<'_>, name: &str) {
    let array = txn.get_or_insert_array(name);
    let len = array.len(txn);
    array.insert(txn, len / 2, 1);
    array.push_back(txn, "x");
    array.remove_range(txn, len / 2, 1);
    let len = array.len(txn);
    array.remove_range(txn, 0, len);
}

fn edit_map(txn: &mut TransactionMut<'_>, name: &str) {
    let map = txn.get_or_insert_map(name);
    let keys: Vec<String> = map.keys(txn).map(str::to_owned).collect();
    for (at, key) in keys.iter().enumerate() {
        if at % 2 == 0 {
            map.insert(txn, key.as_str(), 1);
        } else {
            map.remove(txn, key);
        }
    }
    map.clear(txn);
}

fn edit_xml(txn: &mut TransactionMut<'_>, name: &str) {
    let fragment = txn.get_or_insert_xml_fragment(name);
    let len = fragment.len(txn);
    fragment.remove_range(txn, 0, len);
}

fn read_all(txn: &impl ReadTxn) {
    for (_, root) in txn.root_refs() {
        let _shown = root.to_json(txn);
    }
}

/// The document's state must be readable, and to have the same state again.
fn hand_on(doc: &Doc) {
    let state = state(doc);
    collab_core::log::check(&state, usize::MAX).expect("what Yrs makes of it passes the check");
    let other = document(1_000_001);
    apply(&other, &state);
    let known = other.transact().state_vector();
    let _diff = doc.transact().encode_diff_v1(&known);
    let _state = self::state(&other);
}

pub(crate) fn state(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_state_as_update_v1(&StateVector::default())
}

/// All roots as the clients of `merge` know them, in one order, with what is there and deleted.
pub(crate) fn shown(doc: &Doc) -> (String, Snapshot) {
    doc.get_or_insert_text("main");
    doc.get_or_insert_map("files");
    doc.get_or_insert_array("list");
    doc.get_or_insert_xml_fragment("xml");
    let txn = doc.transact();
    let mut roots: Vec<String> = txn
        .root_refs()
        .map(|(name, value)| format!("{name}={}", sorted(&value.to_json(&txn))))
        .collect();
    roots.sort();
    let text = txn.get_text("main").map(|text| text.get_string(&txn));
    (format!("{text:?} {}", roots.join(";")), txn.snapshot())
}

fn sorted(value: &Any) -> String {
    match value {
        Any::Map(map) => {
            let mut entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{key}:{}", sorted(value))).collect();
            entries.sort();
            format!("{{{}}}", entries.join(","))
        }
        Any::Array(items) => items.iter().map(sorted).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
