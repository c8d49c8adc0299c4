//! Documents against what Yjs wrote: texts, state vectors, and relative positions with the index
//! that Yjs resolves each to.

mod vectors;

use collab_core::document::{Assoc, Document, FileId, StickyPosition};
use collab_core::log::StateVector;
use serde::Deserialize;
use serde_json::Value;
use vectors::{Hex, load};

#[derive(Deserialize)]
struct Updates {
    updates: Vec<Update>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    name: String,
    hex: Hex,
    state_vector: Option<Hex>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Positions {
    states: Vec<State>,
}

#[derive(Deserialize)]
struct State {
    name: String,
    update: Hex,
    positions: Vec<Position>,
}

/// A position that was taken at offset `taken` of the first state, and where it is now.
#[derive(Deserialize)]
struct Position {
    taken: u32,
    json: Value,
    index: Option<u32>,
}

fn document(update: &Hex) -> Document {
    let mut document = Document::new(99);
    document.apply(&update.0).expect("Yjs wrote it");
    document
}

#[test]
fn updates_of_yjs_yield_its_text() {
    for update in load::<Updates>("updates.json").updates {
        let document = document(&update.hex);
        if let Some(text) = update.text {
            // Our offsets count embeds, so they stand in the text; Yjs leaves them out.
            let found = document.text(&FileId::main()).replace('\u{fffc}', "");
            assert_eq!(found, text, "{}", update.name);
        }
        if let Some(Hex(expected)) = update.state_vector {
            let expected = StateVector::read(&expected).expect("Yjs wrote it");
            let found = StateVector::read(&document.state_vector()).expect("yrs wrote it");
            assert!(found.covers(&expected) && expected.covers(&found), "{}", update.name);
        }
    }
}

#[test]
fn positions_resolve_where_yjs_resolves_them() {
    for State { name, update, positions } in load::<Positions>("positions.json").states {
        let document = document(&update);
        for Position { taken, json, index } in positions {
            let position = StickyPosition::from_json(&json).expect("of Yjs");
            let found = document.offset(&position).map(|(_, offset)| offset);
            assert_eq!(found, index, "{name}: taken at {taken}: {json}");
        }
    }
}

#[test]
fn positions_are_written_as_yjs_writes_them() {
    let states = load::<Positions>("positions.json").states;
    let first = states.first().expect("the state that the positions were taken in");
    let document = document(&first.update);
    for Position { taken, json, .. } in &first.positions {
        let assoc = if json["assoc"] == 0 { Assoc::After } else { Assoc::Before };
        let position = document.sticky(&FileId::main(), *taken, assoc).expect("in range");
        assert_eq!(position.to_json(), *json, "at {taken}");
    }
}
