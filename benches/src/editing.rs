//! Typing into a document, and following somebody who types: with a `Document`, and with plain Yrs
//! and its observers.

use std::sync::{Arc, Mutex};

use collab_core::document::{Document, Event, FileId, Splice};
use histories::{History, Patch};
use yrs::updates::decoder::Decode;
use yrs::{
    ClientID, Doc, GetString, Observable, OffsetKind, Options, Text, TextRef, Transact, Update,
};

use crate::document::drain;

/// Types a history, takes each update, and reads the text at the end.
///
/// # Panics
///
/// If a patch does not fit the text.
pub fn local(history: &History) -> String {
    let mut document = Document::new(1);
    for patch in patches(history) {
        edit(&mut document, patch);
        drain(&mut document);
    }
    document.text(&FileId::main())
}

/// The updates that typing a history emits.
///
/// # Panics
///
/// If a patch does not fit the text.
pub fn typed(history: &History) -> Vec<Vec<u8>> {
    let mut document = Document::new(1);
    patches(history).flat_map(|patch| type_patch(&mut document, patch)).collect()
}

fn type_patch(document: &mut Document, patch: &Patch) -> Vec<Vec<u8>> {
    edit(document, patch);
    let events = std::iter::from_fn(|| document.poll_event());
    let updates = events.filter_map(|event| match event {
        Event::LocalUpdate(update) => Some(update.to_vec()),
        _ => None,
    });
    updates.collect()
}

/// Receives updates one by one, takes each delta, and reads the text at the end.
pub fn remote(updates: &[Vec<u8>]) -> String {
    crate::document::follow(updates).text(&FileId::main())
}

fn patches(history: &History) -> impl Iterator<Item = &Patch> {
    history.txns.iter().flat_map(|txn| &txn.patches)
}

fn edit(document: &mut Document, (at, delete, insert): &Patch) {
    let splice = Splice { at: *at, delete: *delete, insert };
    document.edit(&FileId::main(), &[splice]).expect("a patch that fits");
}

/// [`local`] in plain Yrs: its observer emits each update.
///
/// # Panics
///
/// If a patch does not fit the text.
pub fn local_yrs(history: &History) -> String {
    let plain = Plain::new(1);
    plain.emit();
    for patch in patches(history) {
        plain.edit(patch);
    }
    plain.text()
}

/// [`remote`] in plain Yrs: its observer makes each delta.
///
/// # Panics
///
/// If an update is refused.
pub fn remote_yrs(updates: &[Vec<u8>]) -> String {
    let plain = Plain::new(2);
    plain.tell_deltas();
    for update in updates {
        plain.apply(update);
    }
    plain.text()
}

/// The stream of a person who types while others do: their own edits and the updates of others, in
/// the order in which both came.
#[derive(Debug)]
pub struct Mixed {
    client: u64,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Local(Patch),
    Remote(Vec<u8>),
}

/// Plain Yrs, as a program without a `Document` would use it.
struct Plain {
    doc: Doc,
    text: TextRef,
    seen: Arc<Mutex<usize>>,
}

impl Plain {
    fn new(client: u64) -> Self {
        let mut options = Options::with_client_id(ClientID::new(client));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text("main");
        Self { doc, text, seen: Arc::default() }
    }

    fn emit(&self) {
        let seen = self.seen.clone();
        let observed = self.doc.observe_update_v1("emit", move |txn, event| {
            if txn.origin().is_none()
                && let Ok(mut seen) = seen.lock()
            {
                *seen += event.update.len();
            }
        });
        observed.expect("no transaction is open");
    }

    fn tell_deltas(&self) {
        let seen = self.seen.clone();
        self.text.observe("tell", move |txn, event| {
            if let Ok(mut seen) = seen.lock() {
                *seen += event.delta(txn).len();
            }
        });
    }

    fn edit(&self, (at, delete, insert): &Patch) {
        let mut txn = self.doc.try_transact_mut().expect("no transaction is open");
        if *delete > 0 {
            self.text.remove_range(&mut txn, *at, *delete);
        }
        if !insert.is_empty() {
            self.text.insert(&mut txn, *at, insert);
        }
    }

    fn apply(&self, update: &[u8]) {
        let update = Update::decode_v1(update).expect("an update");
        let mut txn = self.doc.try_transact_mut_with("remote").expect("no transaction is open");
        txn.apply_update(update).expect("an update of its own kind");
    }

    fn text(&self) -> String {
        let txn = self.doc.try_transact().expect("no transaction is open");
        self.text.get_string(&txn)
    }
}

impl Mixed {
    /// The stream of a history's author 0.
    ///
    /// # Panics
    ///
    /// If a patch does not fit its author's text.
    pub fn new(history: &History) -> Self {
        let count = history.txns.len();
        let mut authors: Vec<(Document, Vec<bool>)> = (1..=history.num_agents as u64)
            .map(|client| (Document::new(client), vec![false; count]))
            .collect();
        let mut made: Vec<Vec<Vec<u8>>> = Vec::with_capacity(count);
        let mut steps = Vec::new();
        for (number, txn) in history.txns.iter().enumerate() {
            let (document, seen) = &mut authors[txn.agent];
            for update in history.lacking(seen, history.parents(number)) {
                for update in &made[update] {
                    document.apply(update).expect("an update of its own kind");
                    steps.extend((txn.agent == 0).then(|| Step::Remote(update.clone())));
                }
            }
            seen[number] = true;
            made.push(txn.patches.iter().flat_map(|patch| type_patch(document, patch)).collect());
            if txn.agent == 0 {
                steps.extend(txn.patches.iter().cloned().map(Step::Local));
            }
        }
        Self { client: 1, steps }
    }

    /// Carries it out with a `Document`.
    ///
    /// # Panics
    ///
    /// If a step is refused.
    pub fn ours(&self) -> String {
        let mut document = Document::new(self.client);
        document.watch(&FileId::main());
        for step in &self.steps {
            match step {
                Step::Local(patch) => edit(&mut document, patch),
                Step::Remote(update) => document.apply(update).expect("an update"),
            }
            drain(&mut document);
        }
        document.text(&FileId::main())
    }

    /// Carries it out with plain Yrs.
    ///
    /// # Panics
    ///
    /// If a step is refused.
    pub fn yrs(&self) -> String {
        let plain = Plain::new(self.client);
        plain.emit();
        plain.tell_deltas();
        for step in &self.steps {
            match step {
                Step::Local(patch) => plain.edit(patch),
                Step::Remote(update) => plain.apply(update),
            }
        }
        plain.text()
    }
}
