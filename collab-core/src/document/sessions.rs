//! Random sessions of documents and plain Yrs replicas: whatever happens, all end alike, and each
//! index is the one that Yrs gives of the same state.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::struct_excessive_bools,
    reason = "test code"
)]

use yrs::types::Attrs;
use yrs::types::text::YChange;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    Any, ClientID, Doc, GetString, IndexedSequence, Map, OffsetKind, Options, Out, ReadTxn,
    StateVector, Text as _, TextRef, Transact, Transaction, Update,
};

use super::index::{self, EMBED, Index};
use super::{Assoc, Delta, Document, Event, FileId, ItemId, Origin, Splice, StickyPosition};
use crate::Timestamp;
use crate::log::{self, Deleted};

/// What may happen in a session.
#[derive(Clone, Copy)]
struct Kind {
    /// Updates arrive in any order, not only in that in which they were made.
    is_unordered: bool,
    has_formats: bool,
    has_undo: bool,
    /// There is a text already when it begins.
    is_loaded: bool,
}

/// A small deterministic generator (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % u64::from(below.max(1))) as u32
    }
}

enum Peer {
    Ours { document: Box<Document>, shadow: Vec<u16>, now_ms: u64 },
    Plain(Doc),
}

struct World {
    kind: Kind,
    dice: Dice,
    updates: Vec<Vec<u8>>,
    peers: Vec<Peer>,
    /// Per peer, how many updates it has received in order.
    heard: Vec<usize>,
}

const WORDS: [&str; 8] = ["a", "fn ", "x = 1;\n", "žluť", "😀", "b😀😀c", "é", "hello world "];

fn plain(client: u64) -> Doc {
    let doc = Doc::with_options(Options {
        offset_kind: OffsetKind::Utf16,
        cleanup_formatting: false,
        ..Options::with_client_id(ClientID::new(client))
    });
    doc.get_or_insert_text("main");
    doc.get_or_insert_map("files");
    doc
}

fn ours(client: u64) -> Peer {
    let mut document = Box::new(Document::new(client));
    document.watch(&FileId::main());
    Peer::Ours { document, shadow: Vec::new(), now_ms: 0 }
}

impl World {
    fn new(seed: u64, kind: Kind) -> Self {
        let mut dice = Dice(seed);
        let count = 2 + dice.roll(3);
        let base = if dice.roll(2) == 0 { 1 } else { 1 << 31 };
        let peers: Vec<Peer> = (0..count)
            .map(|number| {
                // Neither in the order of their making nor far apart.
                let client = base + u64::from((number * 7 + 3) % 11);
                if number == 0 || dice.roll(3) > 0 {
                    ours(client)
                } else {
                    Peer::Plain(plain(client))
                }
            })
            .collect();
        let heard = vec![0; peers.len()];
        let mut world = Self { kind, dice, updates: Vec::new(), peers, heard };
        if kind.is_loaded {
            world.load();
        }
        world
    }

    /// All begin with what two others wrote before.
    fn load(&mut self) {
        let written = written(&mut self.dice);
        let judge = plain(998);
        judge.transact_mut().apply_update(Update::decode_v1(&written).unwrap()).unwrap();
        let text = judge.get_or_insert_text("main").get_string(&judge.transact());
        for peer in &mut self.peers {
            if let Peer::Ours { document, shadow, .. } = peer
                && self.dice.roll(2) == 0
            {
                **document = Document::new(document.client());
                document.apply(&written).unwrap();
                for _ in 0..self.dice.roll(3) {
                    assert_eq!(document.text(&FileId::main()), text);
                }
                *shadow = document.watch(&FileId::main()).encode_utf16().collect();
            } else {
                peer.receive(std::slice::from_ref(&written));
            }
            assert_eq!(peer.text(), text);
        }
        self.updates.push(written);
        self.heard.fill(1);
    }

    fn run(&mut self, steps: u32) {
        for _ in 0..steps {
            let who = self.dice.roll(self.peers.len() as u32) as usize;
            if self.dice.roll(3) == 0 {
                self.deliver(who);
            } else {
                self.act(who);
            }
            if self.dice.roll(16) == 0 {
                self.peers[who].check();
            }
        }
        self.deliver_all();
        self.compare();
    }

    fn act(&mut self, who: usize) {
        let (kind, dice) = (self.kind, &mut self.dice);
        let made = match &mut self.peers[who] {
            Peer::Plain(doc) => edit_plain(doc, dice, kind),
            Peer::Ours { document, shadow, now_ms } => {
                *now_ms += u64::from(dice.roll(4)) * 200;
                document.set_now(Timestamp::from_millis(*now_ms));
                edit_ours(document, dice, kind);
                follow(document, shadow)
            }
        };
        self.updates.extend(made);
    }

    /// Lets a peer have some of what it lacks: as it was made, merged, twice, or in any order.
    fn deliver(&mut self, who: usize) {
        if self.kind.is_unordered && self.dice.roll(2) == 0 && !self.updates.is_empty() {
            let some = self.dice.roll(self.updates.len() as u32) as usize;
            let update = self.updates[some].clone();
            self.peers[who].receive(&[update]);
            return;
        }
        let from = self.heard[who].saturating_sub(self.dice.roll(3) as usize);
        let to = self.updates.len().min(self.heard[who] + self.dice.roll(40) as usize);
        if from >= to {
            return;
        }
        self.heard[who] = self.heard[who].max(to);
        let some = self.updates[from..to].to_vec();
        if self.dice.roll(3) == 0 {
            let merged = log::merge(&some, Deleted::Keep).unwrap().update.to_vec();
            self.peers[who].receive(&[merged]);
        } else {
            self.peers[who].receive(&some);
        }
    }

    fn deliver_all(&mut self) {
        for who in 0..self.peers.len() {
            let mut updates = self.updates.clone();
            if self.kind.is_unordered {
                for place in (1..updates.len()).rev() {
                    updates.swap(place, self.dice.roll(place as u32 + 1) as usize);
                }
            }
            let batch = 1 + self.dice.roll(200) as usize;
            updates.chunks(batch).for_each(|batch| self.peers[who].receive(batch));
            self.peers[who].check();
        }
    }

    fn compare(&self) {
        let judge = plain(999);
        let mut txn = judge.transact_mut();
        for update in &self.updates {
            txn.apply_update(Update::decode_v1(update).unwrap()).unwrap();
        }
        drop(txn);
        let judge = Peer::Plain(judge);
        for peer in &self.peers {
            // Yrs 0.28.1 may keep updates waiting though all that they need is there.
            if matches!(peer, Peer::Plain(doc) if doc.transact().has_missing_updates()) {
                continue;
            }
            assert_eq!(peer.text(), judge.text());
            if !self.kind.has_formats {
                // With formats each replica tidies up on its own.
                assert_eq!(peer.state(), judge.state());
            }
        }
    }
}

impl Peer {
    fn receive(&mut self, updates: &[Vec<u8>]) {
        match self {
            Self::Plain(doc) => {
                for update in updates {
                    let update = Update::decode_v1(update).unwrap();
                    doc.transact_mut_with("remote").apply_update(update).unwrap();
                }
            }
            Self::Ours { document, shadow, .. } => {
                document.apply_all(updates.iter().map(|update| &update[..])).unwrap();
                assert!(follow(document, shadow).is_empty());
            }
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Plain(doc) => doc.get_or_insert_text("main").get_string(&doc.transact()),
            Self::Ours { document, .. } => document.text(&FileId::main()).replace('\u{fffc}', ""),
        }
    }

    /// The encoded state, with everything joined that can be.
    fn state(&self) -> Vec<u8> {
        let state = match self {
            Self::Plain(doc) => doc.transact().encode_state_as_update_v1(&StateVector::default()),
            Self::Ours { document, .. } => document.snapshot(),
        };
        log::merge(&[state], Deleted::Drop).unwrap().update.to_vec()
    }

    /// The deltas led to the text, and the index is the one that Yrs gives of the same state.
    fn check(&mut self) {
        let Self::Ours { document, shadow, .. } = self else { return };
        let text = document.text(&FileId::main());
        assert_eq!(String::from_utf16(shadow).unwrap(), text);
        assert_eq!(document.len(&FileId::main()) as usize, shadow.len());
        // Yrs goes on past gaps.
        if document.held_back.is_some() {
            return;
        }
        let judge = plain(998);
        let state = document.snapshot();
        judge.transact_mut().apply_update(Update::decode_v1(&state).unwrap()).unwrap();
        assert_eq!(
            document.state_vector().len(),
            judge.transact().state_vector().encode_v1().len()
        );
        let state = judge.transact().encode_diff_v1(&StateVector::default());
        let new = || (Index::new("main".into()), document.known.emptied());
        let (mut rebuilt, mut known) = new();
        index::absorb(&state, &mut known, &mut [&mut rebuilt], None);
        let (mut loaded, mut known) = new();
        loaded.load(&state, &mut known);
        let grown = document.opened(&FileId::main()).unwrap().index.units();
        for other in [rebuilt.units(), loaded.units()] {
            assert_eq!(grown.iter().zip(&other).find(|(grown, other)| grown != other), None);
            assert_eq!(grown.len(), other.len());
        }
        check_positions(document, &judge, shadow.len() as u32);
    }
}

/// Positions are those that Yrs takes, and lie where Yrs finds them.
fn check_positions(document: &Document, judge: &Doc, len: u32) {
    let main = FileId::main();
    let root = judge.get_or_insert_text("main");
    for offset in [0, 1, len / 3, len / 2, len].into_iter().filter(|&offset| offset <= len) {
        for assoc in [Assoc::After, Assoc::Before] {
            let position = document.sticky(&main, offset, assoc).unwrap();
            assert_eq!(document.offset(&position).unwrap(), (main.clone(), offset));
            let taken = taken_by_yrs(&root, &judge.transact(), offset, assoc);
            assert_eq!(position, StickyPosition { item: taken, ..position.clone() });
        }
    }
}

/// The unit that a position of Yrs names.
fn taken_by_yrs(root: &TextRef, txn: &Transaction<'_>, at: u32, assoc: Assoc) -> Option<ItemId> {
    let assoc = match assoc {
        Assoc::After => yrs::Assoc::After,
        Assoc::Before => yrs::Assoc::Before,
    };
    // Yrs has no index after the last character.
    let id = *root.sticky_index(txn, at, assoc)?.id()?;
    Some(ItemId { client: id.client.get(), clock: id.clock })
}

/// A text with embeds as we show them.
fn text_of(root: &TextRef, txn: &impl ReadTxn) -> String {
    let mut text = String::new();
    for piece in root.diff(txn, YChange::identity) {
        match piece.insert {
            Out::Any(Any::String(piece)) => text.push_str(&piece),
            _ => text.push(EMBED),
        }
    }
    text
}

/// Carries out what the document reports, and returns the updates that it emitted.
fn follow(document: &mut Document, shadow: &mut Vec<u16>) -> Vec<Vec<u8>> {
    let mut updates = Vec::new();
    while let Some(event) = document.poll_event() {
        match event {
            Event::LocalUpdate(update) => updates.push(update.to_vec()),
            Event::Text { delta, origin, file } if file.is_main() => {
                carry_out(shadow, &delta, origin);
            }
            _ => {}
        }
    }
    updates
}

fn carry_out(shadow: &mut Vec<u16>, delta: &[Delta], origin: Origin) {
    assert!(delta.iter().any(|op| !matches!(op, Delta::Retain(_))), "{origin:?}");
    let mut at = 0;
    for op in delta {
        match op {
            Delta::Retain(units) => at += *units as usize,
            Delta::Delete(units) => drop(shadow.drain(at..at + *units as usize)),
            Delta::Insert(text) => {
                let units: Vec<u16> = text.encode_utf16().collect();
                let len = units.len();
                shadow.splice(at..at, units);
                at += len;
            }
        }
    }
}

fn edit_ours(document: &mut Document, dice: &mut Dice, kind: Kind) {
    let main = FileId::main();
    let note = FileId::from_random(1);
    match dice.roll(24) {
        0 if kind.has_undo => drop(document.undo(&main)),
        1 if kind.has_undo => drop(document.redo(&main)),
        2 => document.stop_capturing(&main),
        3 => document.rename_file(&main, WORDS[dice.roll(4) as usize].trim()).unwrap(),
        4 => splice_randomly(document, &note, dice),
        _ => splice_randomly(document, &main, dice),
    }
}

/// What two documents wrote together, as one update.
fn written(dice: &mut Dice) -> Vec<u8> {
    let (main, note) = (FileId::main(), FileId::from_random(1));
    let mut authors = [Document::new(700), Document::new(600 + u64::from(dice.roll(200)))];
    let (mut updates, mut heard) = (Vec::new(), [0, 0]);
    for _ in 0..150 {
        let who = dice.roll(2) as usize;
        splice_randomly(&mut authors[who], if dice.roll(9) == 0 { &note } else { &main }, dice);
        updates.extend(follow(&mut authors[who], &mut Vec::new()));
        if dice.roll(3) > 0 {
            let lacking: &[Vec<u8>] = &updates[heard[1 - who]..];
            authors[1 - who].apply_all(lacking.iter().map(Vec::as_slice)).unwrap();
            heard[1 - who] = updates.len();
        }
    }
    let deleted = if dice.roll(2) == 0 { Deleted::Drop } else { Deleted::Keep };
    log::merge(&updates, deleted).unwrap().update.to_vec()
}

fn splice_randomly(document: &mut Document, file: &FileId, dice: &mut Dice) {
    let len = document.len(file);
    // Often near one place, where several meet.
    let at = if dice.roll(3) == 0 { len.min(5) } else { dice.roll(len + 1) };
    let delete = if dice.roll(3) == 0 { dice.roll(8).min(len - at) } else { 0 };
    let insert = if dice.roll(4) == 0 { "" } else { WORDS[dice.roll(8) as usize] };
    let end = at + delete;
    let second = end + dice.roll(len - end + 1);
    let splices = [
        Splice { at, delete, insert },
        Splice { at: second, delete: dice.roll(3).min(len - second), insert: "!" },
    ];
    let count = 1 + usize::from(dice.roll(5) == 0);
    document.edit(file, &splices[..count]).unwrap();
}

fn edit_plain(doc: &Doc, dice: &mut Dice, kind: Kind) -> Vec<Vec<u8>> {
    let (text, map) = (doc.get_or_insert_text("main"), doc.get_or_insert_map("files"));
    let note = doc.get_or_insert_text(FileId::from_random(1).shared());
    let mut txn = doc.transact_mut();
    let len = text.len(&txn);
    // An embed is one unit; between halves of a pair nobody types.
    let content: Vec<u16> = text_of(&text, &txn).encode_utf16().collect();
    let whole = |at: u32| {
        let is_low = content.get(at as usize).is_some_and(|unit| (0xdc00..0xe000).contains(unit));
        at - u32::from(is_low)
    };
    match dice.roll(16) {
        0 if kind.has_formats && len > 1 => {
            let from = whole(dice.roll(len));
            let to = whole((from + 4).min(len)).max(from);
            let bold = Attrs::from([("b".into(), Any::Bool(dice.roll(2) == 0))]);
            text.format(&mut txn, from, to - from, bold);
        }
        1 if kind.has_formats => {
            text.insert_embed(&mut txn, whole(dice.roll(len + 1)), Any::from(7));
        }
        2 => drop(map.insert(&mut txn, "main.language", i64::from(dice.roll(9)))),
        3 => note.insert(&mut txn, 0, "note"),
        4..=8 if len > 0 => {
            let from = whole(dice.roll(len));
            let to = whole((from + 1 + dice.roll(6)).min(len)).max(from);
            text.remove_range(&mut txn, from, to - from);
        }
        _ => {
            let at = if dice.roll(3) == 0 { len.min(5) } else { dice.roll(len + 1) };
            text.insert(&mut txn, whole(at), WORDS[dice.roll(8) as usize]);
        }
    }
    let update = txn.encode_update_v1();
    vec![update].into_iter().filter(|update| update != log::EMPTY_UPDATE).collect()
}

fn sessions(kind: Kind, seeds: u64) {
    let factor = std::env::var("COLLAB_SESSIONS").map_or(1, |n| n.parse().unwrap());
    let first: u64 = std::env::var("COLLAB_SEED").map_or(0, |n| n.parse().unwrap());
    for seed in first..first + seeds * factor {
        println!("seed {seed}");
        World::new(seed, kind).run(120);
    }
}

const ORDERED: Kind =
    Kind { is_unordered: false, has_formats: false, has_undo: false, is_loaded: false };

#[test]
fn sessions_in_order_end_alike() {
    sessions(ORDERED, 60);
}

#[test]
fn sessions_with_undo_end_alike() {
    sessions(Kind { has_undo: true, ..ORDERED }, 60);
}

#[test]
fn sessions_on_a_text_that_was_loaded_end_alike() {
    sessions(Kind { has_undo: true, is_loaded: true, ..ORDERED }, 40);
    sessions(Kind { is_unordered: true, has_formats: true, is_loaded: true, ..ORDERED }, 20);
}

#[test]
fn a_document_tells_the_state_vector_and_deletions_that_yrs_tells() {
    let (main, written) = (FileId::main(), written(&mut Dice(5)));
    let mut document = Document::new(1);
    document.apply(&written).unwrap();
    let text = document.watch(&main);
    let (state_vector, delete_set) =
        (document.state_vector(), crate::sync::Replica::delete_set(&document));
    assert!(document.files().len() == 1 && !document.can_undo(&main));
    document.edit(&main, &[Splice { at: 0, delete: 1, insert: "first" }]).unwrap();
    assert!(document.undo(&main));
    assert_eq!(document.text(&main), text);
    let plain = plain(999);
    plain.transact_mut().apply_update(Update::decode_v1(&written).unwrap()).unwrap();
    let of_yrs = plain.transact().snapshot();
    let read = |bytes: &[u8]| log::StateVector::read(bytes).unwrap();
    assert_eq!(read(&state_vector), read(&of_yrs.state_map.encode_v1()));
    let deletions = |bytes: &[u8]| log::Deletions::read(bytes).unwrap();
    assert_eq!(deletions(&delete_set.unwrap()), deletions(&of_yrs.delete_set.encode_v1()));
}

#[test]
fn sessions_with_updates_in_any_order_end_alike() {
    sessions(Kind { is_unordered: true, has_undo: true, ..ORDERED }, 60);
}

#[test]
fn sessions_with_formats_and_embeds_end_alike() {
    sessions(Kind { has_formats: true, has_undo: true, ..ORDERED }, 60);
}
