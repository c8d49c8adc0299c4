//! Yrs documents that are given updates.

use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, OffsetKind, Options, Transact, Update};

/// A client that no update comes from.
const READER: u64 = 9_999_999;

pub(crate) fn document(client: u64) -> Doc {
    Doc::with_options(Options {
        offset_kind: OffsetKind::Utf16,
        ..Options::with_guid_and_client_id("fuzz".into(), ClientID::new(client))
    })
}

/// A fresh document that was given these updates one by one, which must have entered a log: Yrs
/// gives up on none.
pub(crate) fn applied<B: AsRef<[u8]>>(updates: &[B]) -> Doc {
    let doc = document(READER);
    for update in updates {
        assert!(apply(&doc, update.as_ref()), "Yrs gives up on what entered a log");
    }
    doc
}

/// Whether Yrs took the update.
pub(crate) fn apply(doc: &Doc, update: &[u8]) -> bool {
    let update = Update::decode_v1(update).expect("what the check accepts, Yrs reads");
    doc.transact_mut().apply_update(update).is_ok()
}
