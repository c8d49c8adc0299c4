//! Plain Yrs, with the observers that an editor needs: updates when writing, deltas when following.

use std::sync::{Arc, Mutex};

use histories::Patch;
use yrs::types::text::TextEvent;
use yrs::updates::decoder::Decode;
use yrs::{
    ClientID, Doc, GetString, Observable, OffsetKind, Options, ReadTxn, StateVector, Text, TextRef,
    Transact, TransactionMut, Update,
};

use super::Library;

pub struct Yrs;

impl Library for Yrs {
    fn name(&self) -> &'static str {
        "yrs 0.28"
    }

    fn write(&self, patches: &[Patch]) -> Vec<Vec<u8>> {
        let (doc, text) = document(1);
        let outbox = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let outgoing = outbox.clone();
        let observed = doc.observe_update_v1("outbox", move |_, event| {
            outgoing.lock().expect("nobody panicked").push(event.update.clone());
        });
        observed.expect("no transaction is open");
        for (at, delete, insert) in patches {
            let mut txn = doc.transact_mut();
            if *delete > 0 {
                text.remove_range(&mut txn, *at, *delete);
            }
            if !insert.is_empty() {
                text.insert(&mut txn, *at, insert);
            }
        }
        std::mem::take(&mut outbox.lock().expect("nobody panicked"))
    }

    fn follow(&self, messages: &[Vec<u8>]) -> String {
        let (doc, text) = document(2);
        text.observe("deltas", |txn: &TransactionMut<'_>, event: &TextEvent| {
            std::hint::black_box(event.delta(txn).len());
        });
        for message in messages {
            apply(&doc, message);
        }
        text.get_string(&doc.transact())
    }

    fn save(&self, messages: &[Vec<u8>]) -> Vec<u8> {
        let (doc, _) = document(2);
        messages.iter().for_each(|message| apply(&doc, message));
        doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    fn load(&self, stored: &[u8]) -> String {
        let (doc, text) = document(2);
        apply(&doc, stored);
        text.get_string(&doc.transact())
    }
}

fn document(client: u64) -> (Doc, TextRef) {
    let mut options = Options::with_client_id(ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16;
    let doc = Doc::with_options(options);
    let text = doc.get_or_insert_text("main");
    (doc, text)
}

fn apply(doc: &Doc, update: &[u8]) {
    let update = Update::decode_v1(update).expect("an update");
    doc.transact_mut().apply_update(update).expect("an update of its own kind");
}
