//! The maps of a document: the list of files, and settings.
//!
//! Below each key stand all values that were ever set there, in the order that the rule of Yjs gives
//! them; the last one counts, if it was not deleted. Values stay encoded until somebody asks.

use std::collections::BTreeMap;

use serde_json::Value;

use super::any;
use super::index::{
    DELETED, Deletion, Draft, Ids, Known, LocalUpdate, Parent, Part, Span, Tree, Unit,
};
use crate::log::decode::content;

/// The maps that a document knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Root {
    Files,
    Settings,
}

/// All registers of all maps.
#[derive(Debug, Default)]
pub(super) struct Registers {
    all: Vec<Register>,
    by_name: BTreeMap<(Root, String), u32>,
    /// Which register a unit belongs to.
    ids: Ids,
    /// Those that changed since somebody last asked.
    touched: Vec<u32>,
}

/// One key of a map.
#[derive(Debug)]
struct Register {
    root: Root,
    key: String,
    /// What was ever set, each one unit long.
    entries: Tree,
    /// The value that counts, encoded.
    value: Option<Vec<u8>>,
    /// What it was when it was last told.
    told: Option<Vec<u8>>,
}

impl Root {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Settings => "settings",
        }
    }
}

impl Registers {
    /// Keys of a map and their values, ascending; without those that JSON cannot say.
    pub(super) fn values(&self, root: Root) -> impl Iterator<Item = (&str, Value)> {
        let of_root = self.by_name.iter().filter(move |((r, _), _)| *r == root);
        of_root.filter_map(|((_, key), &number)| Some((&key[..], self.read(number)?)))
    }

    /// The value below a key.
    pub(super) fn get(&self, root: Root, key: &str) -> Option<Value> {
        self.read(*self.by_name.get(&(root, key.to_owned()))?)
    }

    fn read(&self, number: u32) -> Option<Value> {
        any::read(self.all[number as usize].value.as_deref()?)
    }

    /// The register of a root and key, made if it is new. `None` if the root is no map of ours.
    pub(super) fn open(&mut self, root: &str, key: &str) -> Option<usize> {
        let root = [Root::Files, Root::Settings].into_iter().find(|r| r.name() == root)?;
        Some(self.open_key(root, key) as usize)
    }

    fn open_key(&mut self, root: Root, key: &str) -> u32 {
        let all = &mut self.all;
        *self.by_name.entry((root, key.to_owned())).or_insert_with(|| {
            let (key, entries) = (key.to_owned(), Tree::new());
            all.push(Register { root, key, entries, value: None, told: None });
            all.len() as u32 - 1
        })
    }

    /// The register that a unit belongs to.
    pub(super) fn find(&self, unit: Unit) -> Option<usize> {
        let number = self.ids.leaf(unit)? as usize;
        self.all[number].entries.locate(unit).map(|_| number)
    }

    /// Puts an entry that was made elsewhere into its place. Returns what loses its place by that.
    pub(super) fn integrate(
        &mut self,
        number: usize,
        span: Span,
        part: &Part<'_>,
        known: &Known,
    ) -> Option<Deletion> {
        let value = (part.kind() == content::ANY).then(|| part.payload.to_vec());
        let entries = &mut self.all[number].entries;
        let (left, right) = (entries.locate(span.origin), entries.locate(span.right_origin));
        let before = entries.last_unit();
        entries.integrate(span, left, right, known);
        self.ids.set(span.id, number as u32);
        let is_last = self.all[number].entries.last_unit() == Some(span.id);
        if is_last {
            self.set_value(number as u32, value);
        }
        let loser = if is_last { before? } else { span.id };
        let is_new = self.all[number].entries.delete_unit(loser);
        is_new.then(|| (known.client(loser.client), loser.clock, loser.clock + 1))
    }

    /// Marks those of a client's units as deleted that are entries.
    pub(super) fn delete(&mut self, client: u32, start: u32, end: u32) {
        let mut unit = Unit { client, clock: start };
        while unit.clock < end {
            if let Some(number) = self.find(unit) {
                let register = &mut self.all[number];
                if register.entries.delete_unit(unit) && register.entries.last_unit() == Some(unit)
                {
                    self.set_value(number as u32, None);
                }
            }
            let Some(next) = self.ids.next_start(unit) else { return };
            unit.clock = next;
        }
    }

    fn set_value(&mut self, number: u32, value: Option<Vec<u8>>) {
        self.all[number as usize].value = value;
        self.touched.push(number);
    }

    /// Sets keys of a map that do not say so already. `None` if all do.
    pub(super) fn set(
        &mut self,
        root: Root,
        values: &[(String, Value)],
        known: &Known,
        client: u32,
    ) -> Option<LocalUpdate> {
        let mut draft = Draft::new(known, client);
        for (key, value) in values {
            let number = self.open_key(root, key);
            let value = any::write(value);
            let register = &mut self.all[number as usize];
            if register.value.as_ref() != Some(&value) {
                register.append(&value, &mut draft, &mut self.ids, number);
                self.set_value(number, Some(value));
            }
        }
        let update = draft.finish();
        (update.inserted.1 > 0).then_some(update)
    }

    /// The keys whose values changed since the last call, each once, in order.
    pub(super) fn take_changed(&mut self) -> Vec<(Root, String)> {
        let mut changed: Vec<(Root, String)> = Vec::new();
        for number in std::mem::take(&mut self.touched) {
            let register = &mut self.all[number as usize];
            if register.told != register.value {
                register.told.clone_from(&register.value);
                changed.push((register.root, register.key.clone()));
            }
        }
        crate::sorting::sort_unstable(&mut changed);
        changed
    }
}

impl Register {
    /// Sets a value behind all others, and deletes the one that counted.
    fn append(&mut self, value: &[u8], draft: &mut Draft<'_>, ids: &mut Ids, number: u32) {
        let id = draft.next();
        let before = self.entries.last_unit();
        let origin = before.unwrap_or(Unit::NONE);
        let parent = Parent { root: self.root.name(), key: Some(&self.key) };
        draft.set(parent, origin, value);
        if let Some(before) = before.filter(|&before| self.entries.delete_unit(before)) {
            draft.delete(before, 1);
        }
        let last = self.entries.last();
        let span = Span { id, len: 1, flags: 0, origin, right_origin: Unit::NONE };
        self.entries.put_behind(last, span);
        ids.set(id, number);
    }
}

impl Tree {
    /// The unit behind all others.
    fn last_unit(&self) -> Option<Unit> {
        self.last().map(|slot| self.span(slot).last())
    }

    /// Marks a unit as deleted; whether it was not.
    fn delete_unit(&mut self, unit: Unit) -> bool {
        let Some(slot) = self.isolate(unit) else { return false };
        let is_new = !self.span(slot).is(DELETED);
        self.change(slot, |span| span.flags |= DELETED);
        is_new
    }
}
