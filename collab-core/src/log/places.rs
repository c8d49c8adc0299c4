//! Where each unit lies: in which root or type, below which key, how deep in types.
//!
//! Few structs say it; of the others their neighbours tell, which may have come in other updates. So
//! no update alone shows that it puts a struct between units of two types, several units below one key, a
//! child into what is no type, text into an array, or types into each other without end. Readers believe
//! each of it, and yrs 0.28 then reads freed memory, never returns, gives up, or overflows its stack
//! (docs/fuzzing.md). Whoever holds the updates knows better, and refuses.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::Refusal;
use super::decode::{Id, Struct, content, info};
use super::ids::{IdSet, Span};
use super::part::in_order;
use super::stretches::{Stretch, Stretches};
use super::value::NESTING_MAX;
use crate::wire::Writer;

/// What tells places apart: the beginning of the SHA-256 of parent and key as they lie. Nobody finds
/// two that are alike; names of roots and keys of maps would take more memory than what they name.
type Name = [u8; 16];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    name: Name,
    /// 0 in a root, 1 in a type that lies in a root, and so on.
    depth: u8,
    /// Below a key.
    is_entry: bool,
}

/// The places of all units. Exact, since nothing enters before what it names.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// The first place that was told: there lies what is in no stretch.
    first: Option<Place>,
    units: Stretches<Place>,
    /// Units that are types, and deleted ones that somebody takes for types.
    types: IdSet,
    taken_for_types: BTreeSet<Id>,
    /// Units that came without content: nobody can tell whether they were types.
    blanks: IdSet,
    /// Arrays, as their children name them. What a root is, only its readers decide.
    arrays: BTreeSet<Name>,
}

/// What an update adds.
#[derive(Debug, Default)]
pub(super) struct Placed {
    new: Places,
    /// Structs that somebody does not survive, by what they begin with.
    faults: Vec<(Id, Refusal)>,
}

impl Places {
    /// Finds the places of an update's units. `known` is per client the next clock expected; `None` if
    /// the update builds on something that is neither below it nor in the update.
    pub(super) fn place(
        &self,
        update: &[u8],
        known: impl Fn(u64) -> u32,
    ) -> Result<Option<Placed>, Refusal> {
        let mut placing = Placing { before: self, known: &known, placed: Placed::default() };
        let is_whole = in_order(update, &known, |block| placing.block(block))?;
        Ok(is_whole.then_some(placing.placed))
    }

    /// Adds what was placed.
    pub(super) fn add(&mut self, placed: Placed) {
        let new = placed.new;
        self.first = self.first.or(new.first);
        self.units.append(new.units);
        self.types.extend(new.types.spans().into_iter());
        self.blanks.extend(new.blanks.spans().into_iter());
        self.taken_for_types.extend(new.taken_for_types);
        self.arrays.extend(new.arrays);
    }

    /// The place of a unit that is here.
    fn get(&self, id: Id) -> Option<Place> {
        self.units.get(id.client, id.clock).or(self.first)
    }

    fn is_type(&self, id: Id) -> bool {
        self.types.contains(id.into()) || self.taken_for_types.contains(&id)
    }

    fn has_types(&self, span: Span) -> bool {
        let [start, end] = [span.start, span.end].map(|clock| Id { client: span.client, clock });
        self.types.touches(span) || self.taken_for_types.range(start..end).next().is_some()
    }
}

impl Placed {
    /// Refuses the first struct that somebody does not survive.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        self.faults.first().map_or(Ok(()), |&(_, refusal)| Err(refusal))
    }

    /// The structs that somebody does not survive, by what they begin with, in order.
    pub(super) fn faults(&self) -> BTreeSet<Id> {
        self.faults.iter().map(|&(id, _)| id).collect()
    }
}

impl Place {
    /// Of what is gone: whatever is put there is gone at once.
    const GONE: Self = Self { name: [0; 16], depth: 0, is_entry: false };

    /// The place that a parent is, with its key, as they lie.
    fn of(parent: &[u8], depth: u8, is_entry: bool) -> Self {
        Self { name: name(parent), depth, is_entry }
    }
}

fn name(parent: &[u8]) -> Name {
    let hash: [u8; 32] = Sha256::digest(parent).into();
    std::array::from_fn(|at| hash[at])
}

/// An update's structs, one after the other, each after those that it names.
struct Placing<'p, K> {
    before: &'p Places,
    known: K,
    placed: Placed,
}

impl<K: Fn(u64) -> u32> Placing<'_, K> {
    fn block(&mut self, block: &Struct<'_>) {
        let place = match block.kind() {
            content::SKIP => return,
            content::GC => return self.record(block, Place::GONE),
            _ => self.place_of(block).and_then(|place| self.admit(block, place).map(|()| place)),
        };
        match place {
            Ok(place) => {
                self.record(block, place);
                self.note_content(block);
            }
            Err(refusal) => {
                self.placed.faults.push((block.id, refusal));
                self.record(block, Place::GONE);
            }
        }
    }

    fn place_of(&mut self, block: &Struct<'_>) -> Result<Place, Refusal> {
        if block.parent.is_empty() { self.beside(block) } else { self.inside(block) }
    }

    /// The place of its neighbours. If one is gone, yrs takes that of the other one.
    fn beside(&self, block: &Struct<'_>) -> Result<Place, Refusal> {
        let place = |neighbour: Option<Id>| neighbour.map_or(Place::GONE, |id| self.of(id));
        match (place(block.origin), place(block.right_origin)) {
            (left, right) if left == right || right == Place::GONE => Ok(left),
            (Place::GONE, right) => Ok(right),
            _ => Err(Refusal::Misplaced),
        }
    }

    /// The place that it names.
    fn inside(&mut self, block: &Struct<'_>) -> Result<Place, Refusal> {
        let mut depth = 0;
        if let Some(parent) = block.parent_unit() {
            self.take_for_type(parent)?;
            depth = self.of(parent).depth + 1;
        }
        let place = Place::of(block.parent, depth, block.info & info::KEY != 0);
        if self.before.first.is_none() && self.placed.new.first.is_none() {
            self.placed.new.first = Some(place);
        }
        Ok(place)
    }

    /// Yjs puts nothing where a parent is no type; yrs gives up on the update, and on every snapshot
    /// that holds it. If the parent is gone or lost its content, both put nothing there.
    fn take_for_type(&mut self, id: Id) -> Result<(), Refusal> {
        let new = &mut self.placed.new;
        if self.before.is_type(id) || new.is_type(id) {
            return Ok(());
        }
        let is_blank = self.before.blanks.contains(id.into()) || new.blanks.contains(id.into());
        if is_blank {
            new.taken_for_types.insert(id);
        }
        let is_gone = is_blank || self.of(id) == Place::GONE;
        if is_gone { Ok(()) } else { Err(Refusal::Misplaced) }
    }

    fn of(&self, id: Id) -> Place {
        let known = id.clock < (self.known)(id.client);
        let place = if known {
            self.before.get(id)
        } else {
            self.placed.new.units.get(id.client, id.clock)
        };
        place.or(self.before.first).or(self.placed.new.first).unwrap_or(Place::GONE)
    }

    /// Refuses what must not lie in its place.
    fn admit(&self, block: &Struct<'_>, place: Place) -> Result<(), Refusal> {
        let holds_units = matches!(block.kind(), content::STRING | content::ANY);
        if u32::from(place.depth) > NESTING_MAX {
            Err(Refusal::Nesting)
        } else if place.is_entry && holds_units && block.len > 1 {
            Err(Refusal::LongEntry)
        } else if has_pairs(block) && self.is_array(place) {
            Err(Refusal::Unportable(content::STRING))
        } else if self.contradicts(block, place) {
            Err(Refusal::Misplaced)
        } else {
            Ok(())
        }
    }

    fn is_array(&self, place: Place) -> bool {
        self.before.arrays.contains(&place.name) || self.placed.new.arrays.contains(&place.name)
    }

    /// Whether it tells another place of units that are known, or other content of types, as no honest
    /// client does. Some readers would believe the one and some the other.
    fn contradicts(&self, block: &Struct<'_>, place: Place) -> bool {
        let Id { client, clock: start } = block.id;
        let end = block.end().min((self.known)(client));
        if start >= end {
            return false;
        }
        let elsewhere = (self.before.first != Some(place)).then_some(place);
        let keeps_types = matches!(block.kind(), content::TYPE | content::DELETED);
        !self.before.units.is_throughout(client, start, end, elsewhere)
            || (!keeps_types && self.before.has_types(Span { client, start, end }))
    }

    /// Keeps the place of units that are new.
    fn record(&mut self, block: &Struct<'_>, place: Place) {
        let new = self.new_units(block);
        if new.start < new.end && self.before.first.or(self.placed.new.first) != Some(place) {
            let stretch = Stretch { start: new.start, end: new.end, value: place };
            self.placed.new.units.push(new.client, stretch);
        }
    }

    fn note_content(&mut self, block: &Struct<'_>) {
        let units = self.new_units(block);
        if units.start == units.end {
            return;
        }
        let new = &mut self.placed.new;
        match block.kind() {
            content::TYPE => {
                new.types.insert(units);
                if block.payload == ARRAY {
                    new.arrays.insert(name(&as_parent(block.id)));
                }
            }
            content::DELETED => new.blanks.insert(units),
            _ => {}
        }
    }

    fn new_units(&self, block: &Struct<'_>) -> Span {
        let Id { client, clock } = block.id;
        let start = clock.max((self.known)(client)).min(block.end());
        Span { client, start, end: block.end() }
    }
}

/// The type reference of an array, as it lies.
const ARRAY: [u8; 1] = [0];

/// A unit as its children name it.
fn as_parent(id: Id) -> Vec<u8> {
    let mut writer = Writer::with_capacity(16);
    for number in [0, id.client, u64::from(id.clock)] {
        writer.var_uint(number);
    }
    writer.into_vec()
}

/// Whether it is text with characters of two UTF-16 units, which yrs 0.28 never ends reading in an
/// array.
fn has_pairs(block: &Struct<'_>) -> bool {
    block.kind() == content::STRING && block.payload.iter().any(|&byte| byte >= 0xf0)
}
