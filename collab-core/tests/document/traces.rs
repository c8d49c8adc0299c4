//! Real editing histories end as their authors saw them, and as plain Yrs has them.

use bytes::Bytes;
use collab_core::document::{Document, Event, FileId};
use collab_core::log::{Deleted, merge, v2};
use histories::{CONCURRENT, History, SEQUENTIAL};
use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, OffsetKind, Options, ReadTxn, StateVector, Text, Transact, Update};

use crate::support::{replay as carry_out, splice, updates};

/// Patches that are replayed of each history; a release build replays all.
const PATCHES_MAX: usize = if cfg!(debug_assertions) { 3_000 } else { usize::MAX };

/// One person of a history.
struct Author {
    document: Document,
    /// Which transactions they have seen.
    seen: Vec<bool>,
}

impl Author {
    /// Applies `txn` and all that its author had seen before it.
    fn see(&mut self, history: &History, made: &[Vec<Bytes>], wanted: Vec<usize>) {
        let missing = history.lacking(&mut self.seen, wanted);
        let updates = missing.iter().flat_map(|&number| &made[number]).map(|update| &update[..]);
        self.document.apply_all(updates).unwrap();
    }
}

/// Replays a history; returns the first authors' documents after having seen everything, and all
/// updates.
/// Positions that lie beyond the text, which git histories have, are moved to its end.
fn replay_documents(history: &History) -> (Vec<Document>, Vec<Bytes>) {
    let txns = &history.txns;
    let main = FileId::main();
    // Client IDs in the order of the agents: with others, concurrent insertions at one place end in
    // another order, which is as valid but not that of the trace.
    let new =
        |agent| Author { document: Document::new(agent as u64 + 1), seen: vec![false; txns.len()] };
    let mut authors: Vec<Author> = (0..history.num_agents).map(new).collect();
    let mut made: Vec<Vec<Bytes>> = Vec::new();
    for (number, txn) in txns.iter().enumerate() {
        let author = &mut authors[txn.agent];
        author.see(history, &made, history.parents(number));
        for (at, delete, insert) in &txn.patches {
            let len = author.document.len(&main);
            let (at, end) = ((*at).min(len), (at + delete).min(len));
            author.document.edit(&main, &[splice(at, end - at, insert)]).unwrap();
        }
        author.seen[number] = true;
        made.push(updates(&mut author.document));
    }
    let all = |mut author: Author| {
        author.see(history, &made, (0..txns.len()).collect());
        author.document
    };
    (authors.into_iter().take(3).map(all).collect(), made.concat())
}

/// Replays a history; returns the first authors' texts after having seen everything.
fn replay(history: &History) -> Vec<String> {
    let (documents, _) = replay_documents(history);
    documents.iter().map(|document| document.text(&FileId::main())).collect()
}

fn plain(client: u64) -> Doc {
    let mut options = Options::with_guid_and_client_id("plain".into(), ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16;
    Doc::with_options(options)
}

/// A plain document's state, with all joined that can be.
fn state(doc: &Doc) -> Bytes {
    let txn = doc.try_transact().unwrap();
    joined(&txn.encode_state_as_update_v1(&StateVector::default()))
}

fn joined(update: &[u8]) -> Bytes {
    merge(&[update], Deleted::Drop).unwrap().update
}

/// Yrs and the engine read what the other one writes in the second encoding.
fn assert_alike_in_v2(doc: &Doc, name: &str) {
    let first = state(doc);
    let second = v2::from_v1(&first).unwrap();
    assert_eq!(v2::to_v1(&second, usize::MAX).unwrap(), first, "{name}");
    let reader = plain(9_999_998);
    reader.try_transact_mut().unwrap().apply_update(Update::decode_v2(&second).unwrap()).unwrap();
    assert_eq!(state(&reader), first, "{name}");
    let txn = doc.try_transact().unwrap();
    let theirs = txn.encode_state_as_update_v2(&StateVector::default());
    assert_eq!(joined(&v2::to_v1(&theirs, usize::MAX).unwrap()), first, "{name}");
    println!("{name}: {} bytes, in v2 {}, yrs' own v2 {}", first.len(), second.len(), theirs.len());
}

/// Types a history in plain Yrs.
fn typed_in_yrs(history: &History) -> Doc {
    let doc = plain(1);
    let text = doc.get_or_insert_text("main");
    for (at, delete, insert) in history.txns.iter().flat_map(|txn| &txn.patches) {
        let mut txn = doc.try_transact_mut().unwrap();
        text.remove_range(&mut txn, *at, *delete);
        text.insert(&mut txn, *at, insert);
    }
    doc
}

#[test]
fn typing_leaves_the_very_state_that_yrs_has() {
    for name in SEQUENTIAL {
        let history = History::load(name, 1, PATCHES_MAX);
        let (documents, _) = replay_documents(&history);
        let doc = typed_in_yrs(&history);
        assert_eq!(joined(&documents[0].snapshot()), state(&doc), "{name}");
        assert_alike_in_v2(&doc, name);
    }
}

#[test]
fn all_authors_end_with_the_state_that_yrs_has_of_their_updates() {
    for name in CONCURRENT {
        let history = History::load(name, 3, PATCHES_MAX);
        let (documents, updates) = replay_documents(&history);
        let doc = plain(9_999_999);
        for update in &updates {
            let update = Update::decode_v1(update).unwrap();
            doc.try_transact_mut().unwrap().apply_update(update).unwrap();
        }
        for document in &documents {
            assert_eq!(joined(&document.snapshot()), state(&doc), "{name}");
        }
        assert_alike_in_v2(&doc, name);
    }
}

#[test]
fn deltas_of_a_history_lead_to_its_text() {
    for name in SEQUENTIAL.into_iter().chain(CONCURRENT).take(8) {
        let history = History::load(name, 3, PATCHES_MAX);
        let (documents, updates) = replay_documents(&history);
        let mut reader = Document::new(9_999_999);
        let mut shadow: Vec<u16> = reader.watch(&FileId::main()).encode_utf16().collect();
        for update in &updates {
            reader.apply(update).unwrap();
            while let Some(event) = reader.poll_event() {
                let Event::Text { delta, .. } = event else { panic!("{event:?}") };
                carry_out(&mut shadow, &delta);
            }
        }
        let text = documents[0].text(&FileId::main());
        assert_eq!(String::from_utf16(&shadow).unwrap(), text, "{name}");
        assert_eq!(reader.text(&FileId::main()), text, "{name}");
    }
}

#[test]
fn one_persons_history_ends_as_it_did() {
    // ASCII, so its positions in characters are UTF-16 offsets, too.
    let history = History::load("sequential_traces/sveltecomponent", 1, PATCHES_MAX);
    let texts = replay(&history);
    assert_eq!(texts, [history.replayed_plainly()]);
    assert_eq!(history.promised().unwrap_or(&texts[0]), texts[0]);
}

#[test]
fn two_peoples_history_ends_alike_for_both() {
    let history = History::load("concurrent_traces/friendsforever", 2, PATCHES_MAX);
    let texts = replay(&history);
    assert_eq!(texts[0], texts[1]);
    assert!(!texts[0].is_empty());
    assert_eq!(history.promised().unwrap_or(&texts[0]), texts[0]);
}
