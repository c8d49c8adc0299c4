//! The shapes of dmonad/crdt-benchmarks (B1, B2, B3) as the updates that Yrs documents emit.
//! B4 is the history `automerge-paper`.

use std::sync::{Arc, Mutex};

use yrs::updates::decoder::Decode;
use yrs::{
    Any, Array, ArrayRef, ClientID, Doc, Map, OffsetKind, Options, ReadTxn, StateVector, Text,
    TextRef, Transact, TransactionMut, Update,
};

/// Edits of one client in B1 and B2.
pub const EDITS: u32 = 6_000;
/// Clients in B3: twenty times the square root of [`EDITS`].
pub const CLIENTS: u64 = 1_549;

/// A shape by its number and what happens in it.
#[derive(Debug)]
pub struct Shape {
    /// For example `B1.4 random characters`.
    pub name: &'static str,
    /// What was sent, each after what it builds on.
    pub updates: Vec<Vec<u8>>,
}

/// All shapes, made afresh: takes some seconds.
pub fn shapes() -> Vec<Shape> {
    let alone = [
        ("B1.1 append characters", append_characters as fn(&mut Writer)),
        ("B1.2 insert one string", insert_string),
        ("B1.3 prepend characters", prepend_characters),
        ("B1.4 random characters", random_characters),
        ("B1.5 random words", random_words),
        ("B1.6 insert, then delete", insert_and_delete),
        ("B1.7 random insertions and deletions", random_edits),
        ("B1.8 append numbers", append_numbers),
        ("B1.9 insert one array", insert_array),
        ("B1.10 prepend numbers", prepend_numbers),
        ("B1.11 random numbers", random_numbers),
    ];
    let together = [
        ("B2.2 two write at random places", random_characters as fn(&mut Writer)),
        ("B2.3 two write words at random places", random_words),
        ("B2.4 two insert and delete at random", random_edits),
    ];
    let many = [
        ("B3.1 many set a number", set_number as fn(&mut Writer)),
        ("B3.4 many push to an array", append_number),
        ("B3.5 many write at one place", append_character),
    ];
    let alone = alone.map(|(name, write)| Shape { name, updates: Writer::run(1, write) });
    let together = together.map(|(name, write)| Shape { name, updates: concurrently(2, write) });
    let many = many.map(|(name, write)| Shape { name, updates: concurrently(CLIENTS, write) });
    alone.into_iter().chain(together).chain(many).collect()
}

/// Each of `clients` writes without seeing the others; their updates alternate.
fn concurrently(clients: u64, write: fn(&mut Writer)) -> Vec<Vec<u8>> {
    let mut lanes: Vec<_> = (1..=clients).map(|id| Writer::run(id, write).into_iter()).collect();
    let mut updates = Vec::new();
    while !lanes.is_empty() {
        lanes.retain_mut(|lane| lane.next().map(|update| updates.push(update)).is_some());
    }
    updates
}

struct Writer {
    doc: Doc,
    text: TextRef,
    array: ArrayRef,
    outbox: Arc<Mutex<Vec<Vec<u8>>>>,
    random: u64,
}

impl Writer {
    fn run(client: u64, write: fn(&mut Self)) -> Vec<Vec<u8>> {
        let mut options = Options::with_client_id(ClientID::new(client));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        let outbox = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let outgoing = outbox.clone();
        let observed = doc.observe_update_v1("outbox", move |_, event| {
            outgoing.lock().expect("nobody panicked").push(event.update.clone());
        });
        observed.expect("no transaction is open");
        let (text, array) = (doc.get_or_insert_text("main"), doc.get_or_insert_array("array"));
        let mut writer = Self { doc, text, array, outbox, random: client };
        write(&mut writer);
        std::mem::take(&mut writer.outbox.lock().expect("nobody panicked"))
    }

    fn edit(&self, edit: impl FnOnce(&TextRef, &ArrayRef, &mut TransactionMut<'_>)) {
        let mut txn = self.doc.try_transact_mut().expect("no transaction is open");
        edit(&self.text, &self.array, &mut txn);
    }

    /// A number below `bound` (SplitMix64).
    fn below(&mut self, bound: u32) -> u32 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed >> 33) % u64::from(bound.max(1))) as u32
    }

    fn len(&self) -> u32 {
        let txn = self.doc.try_transact().expect("no transaction is open");
        self.text.len(&txn)
    }
}

fn append_characters(writer: &mut Writer) {
    for at in 0..EDITS {
        writer.edit(|text, _, txn| text.insert(txn, at, "a"));
    }
}

fn append_character(writer: &mut Writer) {
    writer.edit(|text, _, txn| text.insert(txn, 0, "a"));
}

fn insert_string(writer: &mut Writer) {
    writer.edit(|text, _, txn| text.insert(txn, 0, &"a".repeat(EDITS as usize)));
}

fn prepend_characters(writer: &mut Writer) {
    for _ in 0..EDITS {
        writer.edit(|text, _, txn| text.insert(txn, 0, "a"));
    }
}

fn random_characters(writer: &mut Writer) {
    for length in 0..EDITS {
        let at = writer.below(length + 1);
        writer.edit(|text, _, txn| text.insert(txn, at, "a"));
    }
}

fn random_words(writer: &mut Writer) {
    for _ in 0..EDITS {
        random_word(writer);
    }
}

fn random_word(writer: &mut Writer) {
    let (length, letters) = (writer.len(), writer.below(8) + 2);
    let at = writer.below(length + 1);
    writer.edit(|text, _, txn| text.insert(txn, at, &"word of ten"[..letters as usize]));
}

fn insert_and_delete(writer: &mut Writer) {
    insert_string(writer);
    writer.edit(|text, _, txn| text.remove_range(txn, 0, EDITS));
}

fn random_edits(writer: &mut Writer) {
    for _ in 0..EDITS {
        let length = writer.len();
        if length == 0 || writer.below(2) == 0 {
            random_word(writer);
        } else {
            let at = writer.below(length);
            let count = (writer.below(9) + 1).min(length - at);
            writer.edit(|text, _, txn| text.remove_range(txn, at, count));
        }
    }
}

fn append_numbers(writer: &mut Writer) {
    for number in 0..EDITS {
        writer.edit(|_, array, txn| {
            array.push_back(txn, f64::from(number));
        });
    }
}

fn append_number(writer: &mut Writer) {
    writer.edit(|_, array, txn| {
        array.push_back(txn, 1.0);
    });
}

fn insert_array(writer: &mut Writer) {
    let numbers = (0..EDITS).map(|number| Any::from(f64::from(number)));
    writer.edit(|_, array, txn| array.insert_range(txn, 0, numbers));
}

fn prepend_numbers(writer: &mut Writer) {
    for number in 0..EDITS {
        writer.edit(|_, array, txn| {
            array.push_front(txn, f64::from(number));
        });
    }
}

fn random_numbers(writer: &mut Writer) {
    for length in 0..EDITS {
        let at = writer.below(length + 1);
        writer.edit(|_, array, txn| {
            array.insert(txn, at, f64::from(length));
        });
    }
}

fn set_number(writer: &mut Writer) {
    let map = writer.doc.get_or_insert_map("map");
    writer.edit(|_, _, txn| {
        map.insert(txn, "number", 1.0);
    });
}

/// The state of a Yrs document after `updates`, `batch` of them in each transaction.
///
/// # Panics
///
/// If an update is none.
pub fn applied(updates: &[Vec<u8>], batch: usize) -> Vec<u8> {
    let mut options = Options::with_client_id(ClientID::new(u64::from(u32::MAX)));
    options.offset_kind = OffsetKind::Utf16;
    let doc = Doc::with_options(options);
    for batch in updates.chunks(batch) {
        let mut txn = doc.try_transact_mut().expect("no transaction is open");
        for update in batch {
            let update = Update::decode_v1(update).expect("an update");
            txn.apply_update(update).expect("an update that yrs applies");
        }
    }
    let txn = doc.try_transact().expect("no transaction is open");
    txn.encode_state_as_update_v1(&StateVector::default())
}
