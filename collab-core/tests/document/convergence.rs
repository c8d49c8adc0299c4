//! Replicas that have the same updates show the same, whatever the order and however often.

use std::collections::BTreeMap;

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::document::{Document, DocumentError, Event, FileId};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use crate::support::{replay, splice};

/// What one person does.
#[derive(Clone, Debug)]
enum Action {
    /// Two splices, at places that are made to fit.
    Edit {
        file: Index,
        at: Index,
        delete: u32,
        insert: String,
        again: Index,
    },
    Create,
    Rename {
        file: Index,
        name: String,
    },
    Delete {
        file: Index,
    },
    Restore {
        file: Index,
    },
    Setting {
        value: u8,
    },
    Undo {
        file: Index,
    },
    Redo {
        file: Index,
    },
    Pause,
    /// Any update made so far arrives, perhaps not for the first time.
    Receive {
        update: Index,
    },
    /// Several arrive at once.
    ReceiveMany {
        from: Index,
        count: usize,
    },
}

/// A replica with its owner's view of it.
struct Replica {
    document: Document,
    /// Letter that only this person types.
    letter: char,
    now_ms: u64,
    /// Each file's text, as the deltas tell it.
    shadows: BTreeMap<FileId, Vec<u16>>,
}

#[derive(Default)]
struct World {
    updates: Vec<Bytes>,
    files: Vec<FileId>,
}

fn action() -> impl Strategy<Value = Action> {
    let index = any::<Index>;
    prop_oneof![
        10 => (index(), index(), 0u32..6, "[x😀é\r\n]{0,3}", index()).prop_map(
            |(file, at, delete, insert, again)| Action::Edit { file, at, delete, insert, again }
        ),
        1 => Just(Action::Create),
        1 => (index(), "[a-z]{1,4}").prop_map(|(file, name)| Action::Rename { file, name }),
        1 => index().prop_map(|file| Action::Delete { file }),
        1 => index().prop_map(|file| Action::Restore { file }),
        1 => any::<u8>().prop_map(|value| Action::Setting { value }),
        3 => index().prop_map(|file| Action::Undo { file }),
        2 => index().prop_map(|file| Action::Redo { file }),
        2 => Just(Action::Pause),
        8 => index().prop_map(|update| Action::Receive { update }),
        2 => (index(), 0usize..8).prop_map(|(from, count)| Action::ReceiveMany { from, count }),
    ]
}

impl Replica {
    fn new(number: usize) -> Self {
        let letter = ['A', 'B', 'C', 'D'][number];
        let document = Document::new(100 - number as u64);
        let mut replica = Self { document, letter, now_ms: 0, shadows: BTreeMap::new() };
        replica.watch(&FileId::main());
        replica
    }

    fn watch(&mut self, file: &FileId) {
        if !self.shadows.contains_key(file) {
            let text = self.document.watch(file);
            self.shadows.insert(file.clone(), text.encode_utf16().collect());
        }
    }

    fn act(&mut self, action: &Action, world: &mut World) {
        let pick = |index: &Index| index.get(&world.files).clone();
        match action {
            Action::Edit { file, at, delete, insert, again } => {
                self.edit(&pick(file), *at, *delete, insert, *again);
            }
            Action::Create => self.create(world),
            Action::Rename { file, name } => drop(self.document.rename_file(&pick(file), name)),
            Action::Delete { file } => drop(self.document.delete_file(&pick(file))),
            Action::Restore { file } => drop(self.document.restore_file(&pick(file))),
            Action::Setting { value } => self.document.set_setting("s", &json!(value)).unwrap(),
            Action::Undo { file } => self.undo(&pick(file)),
            Action::Redo { file } => drop(self.document.redo(&pick(file))),
            Action::Pause => self.now_ms += 1_000,
            Action::Receive { update } if !world.updates.is_empty() => {
                let update: &Bytes = update.get(&world.updates);
                self.document.apply(update).unwrap();
            }
            Action::ReceiveMany { from, count } if !world.updates.is_empty() => {
                let some = world.updates.iter().skip(from.index(world.updates.len())).take(*count);
                self.document.apply_all(some.map(|update| &update[..])).unwrap();
            }
            Action::Receive { .. } | Action::ReceiveMany { .. } => {}
        }
        self.read_events(world);
    }

    fn edit(&mut self, file: &FileId, at: Index, delete: u32, insert: &str, again: Index) {
        self.watch(file);
        self.now_ms += 100;
        self.document.set_now(Timestamp::from_millis(self.now_ms));
        let len = self.document.len(file);
        let at = at.index(len as usize + 1) as u32;
        let first = splice(at, delete.min(len - at), insert);
        let rest = len - at - first.delete;
        let letter = self.letter.to_string();
        let second = splice(len - again.index(rest as usize + 1) as u32, 0, &letter);
        self.document.edit(file, &[first, second]).unwrap();
    }

    fn create(&mut self, world: &mut World) {
        let id = FileId::from_random(world.files.len() as u128 + (u128::from(u64::MAX) << 64));
        self.document.create_file(&id, "new", "plaintext").unwrap();
        self.watch(&id);
        world.files.push(id);
    }

    /// Undoes, and finds that nobody else's letters vanished.
    fn undo(&mut self, file: &FileId) {
        let before = self.letters_of_others(file);
        self.document.undo(file);
        let after = self.letters_of_others(file);
        assert!(after >= before, "an undo took away letters of others");
    }

    fn letters_of_others(&self, file: &FileId) -> usize {
        let text = self.document.text(file);
        text.chars().filter(|c| ('A'..='D').contains(c) && *c != self.letter).count()
    }

    /// Publishes updates, and finds that the deltas led to the text that is there.
    fn read_events(&mut self, world: &mut World) {
        while let Some(event) = self.document.poll_event() {
            match event {
                Event::LocalUpdate(update) => world.updates.push(update),
                Event::Text { file, delta, .. } => {
                    replay(self.shadows.get_mut(&file).expect("a watched file"), &delta);
                }
                _ => {}
            }
        }
        for (file, shadow) in &self.shadows {
            let text = self.document.text(file);
            assert_eq!(String::from_utf16(shadow).unwrap(), text, "deltas of {file}");
            assert_eq!(self.document.len(file) as usize, shadow.len());
            assert!(!text.contains(['\r', '\u{FFFD}']));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn replicas_with_the_same_updates_show_the_same(
        people in 2usize..5,
        actions in prop::collection::vec((any::<Index>(), action()), 1..120),
        order in prop::collection::vec(any::<Index>(), 200),
    ) {
        let mut world = World { files: vec![FileId::main()], ..World::default() };
        let mut replicas: Vec<_> = (0..people).map(Replica::new).collect();
        for (who, action) in &actions {
            let number = who.index(people);
            replicas[number].act(action, &mut world);
        }
        for (number, replica) in replicas.iter_mut().enumerate() {
            deliver_all(replica, &mut world, &order[number..]);
        }
        let first = &replicas[0].document;
        for other in &replicas[1..] {
            let other = &other.document;
            prop_assert_eq!(first.files(), other.files());
            prop_assert_eq!(first.deleted_files(), other.deleted_files());
            prop_assert_eq!(first.settings(), other.settings());
            for file in &world.files {
                prop_assert_eq!(first.text(file), other.text(file));
            }
        }
        let mut newcomer = Document::new(7);
        newcomer.apply(&first.snapshot()).unwrap();
        for file in &world.files {
            prop_assert_eq!(first.text(file), newcomer.text(file));
        }
    }
}

/// Every update arrives, in an order of its own, and some of them twice.
fn deliver_all(replica: &mut Replica, world: &mut World, order: &[Index]) {
    let mut updates = world.updates.clone();
    for (place, index) in order.iter().enumerate().take(updates.len()) {
        updates.swap(place, index.index(world.updates.len()));
    }
    updates.extend(world.updates.iter().step_by(3).cloned());
    for update in updates {
        replica.document.apply(&update).unwrap();
        replica.read_events(world);
    }
}

#[test]
fn a_diff_brings_what_is_missing_deletions_included() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    alice.edit(&main, &[splice(0, 0, "hello world")]).unwrap();
    bob.apply(&alice.snapshot()).unwrap();
    alice.edit(&main, &[splice(0, 6, "")]).unwrap();
    assert_eq!(alice.state_vector(), bob.state_vector());
    bob.apply(&alice.diff(&bob.state_vector()).unwrap()).unwrap();
    assert_eq!(bob.text(&main), "world");
    for bad in [&[][..], &[0xff, 0xff], &[0xff, 0xff, 0xff, 0xff, 0x0f], &[1, 1], &[0, 0]] {
        assert!(matches!(alice.diff(bad), Err(DocumentError::StateVector(_))), "{bad:?}");
    }
}

#[test]
fn hundreds_of_updates_apply_at_once() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let main = FileId::main();
    let mut updates = Vec::new();
    for _ in 0..350 {
        alice.edit(&main, &[splice(alice.len(&main) / 2, 0, "ab")]).unwrap();
        let Some(Event::LocalUpdate(update)) = alice.poll_event() else { panic!("no update") };
        updates.push(update);
    }
    let mut shadow: Vec<u16> = bob.watch(&main).encode_utf16().collect();
    bob.apply_all(updates.iter().map(|update| &update[..])).unwrap();
    let mut deltas = 0;
    while let Some(Event::Text { delta, .. }) = bob.poll_event() {
        replay(&mut shadow, &delta);
        deltas += 1;
    }
    assert_eq!(bob.text(&main), alice.text(&main));
    assert_eq!(String::from_utf16(&shadow).unwrap(), alice.text(&main));
    assert_eq!(deltas, 4, "one delta per hundred updates");
}
