//! A client's calls about people: who is here, where, and oneself.

use std::cmp::Ordering;

use collab_core::document::{Assoc, FileId};
use collab_core::presence::{Person, Selection, State, Status, User};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::client::Client;
use crate::error::Code;
use crate::time::timestamp;

#[wasm_bindgen]
impl Client {
    /// Name and colour that others see. Without a valid colour one is derived.
    #[wasm_bindgen(js_name = setUser)]
    pub fn set_user(&mut self, now: f64, name: &str, color: Option<String>) {
        // Presence fills in what is missing, here as for everybody else.
        let (name, color) = (name.to_owned(), color.unwrap_or_default());
        self.change_state(now, |state| state.user = User { name, color, ..User::default() });
    }

    /// Own cursor: `anchor` to `head` in `file`, only the file, or nothing.
    #[wasm_bindgen(js_name = setCursor)]
    pub fn set_cursor(
        &mut self,
        now: f64,
        file: Option<String>,
        anchor: Option<u32>,
        head: Option<u32>,
    ) -> Result<(), JsValue> {
        let file = file.map(|id| FileId::parse(&id).map_err(Code::from)).transpose()?;
        let cursor = match (&file, anchor, head) {
            (Some(file), Some(anchor), Some(head)) => Some(self.selection(file, anchor, head)?),
            _ => None,
        };
        self.change_state(now, |state| {
            state.file = file;
            state.cursor = cursor;
        });
        Ok(())
    }

    /// `active`, `idle` or `away`.
    #[wasm_bindgen(js_name = setPersonStatus)]
    pub fn set_person_status(&mut self, now: f64, status: &str) {
        let status = Status::from_name(status).unwrap_or_default();
        self.change_state(now, |state| state.status = status);
    }

    /// `(client, self, name, color, colorLight, status, file?, anchor?, head?)*`; offsets as of now.
    pub fn people(&self) -> Array {
        let people = self.presence.people();
        people.iter().flat_map(|person| self.person(person)).collect()
    }
}

impl Client {
    fn change_state(&mut self, now: f64, change: impl FnOnce(&mut State)) {
        let now = timestamp(now);
        self.local.change(now, &mut self.presence, change);
        self.settle(now);
    }

    fn selection(&self, file: &FileId, anchor: u32, head: u32) -> Result<Selection, Code> {
        // Text that others insert at a caret goes behind it, and does not widen a selection.
        let sides = match anchor.cmp(&head) {
            Ordering::Less => [Assoc::After, Assoc::Before],
            Ordering::Equal => [Assoc::Before; 2],
            Ordering::Greater => [Assoc::Before, Assoc::After],
        };
        let sticky =
            |offset, side| self.document.sticky(file, offset, side).ok_or(Code::OUT_OF_RANGE);
        Ok(Selection { anchor: sticky(anchor, sides[0])?, head: sticky(head, sides[1])? })
    }

    fn person(&self, person: &Person<'_>) -> [JsValue; 9] {
        let state = person.state;
        // Nobody sees cursors in a file that is not open, and to look there takes time.
        let is_open = state.file.as_ref().is_some_and(|file| self.document.is_open(file));
        let offsets = state.cursor.as_ref().filter(|_| is_open).and_then(|cursor| {
            let (file, anchor) = self.document.offset(&cursor.anchor)?;
            let (other, head) = self.document.offset(&cursor.head)?;
            (file == other && Some(&file) == state.file.as_ref()).then_some((anchor, head))
        });
        let file = state.file.as_ref().map(|file| JsValue::from_str(file.as_str()));
        [
            JsValue::from_f64(person.client as f64),
            JsValue::from_bool(person.client == self.document.client()),
            JsValue::from_str(&state.user.name),
            JsValue::from_str(&state.user.color),
            JsValue::from_str(&state.user.color_light),
            JsValue::from_str(state.status.name()),
            file.unwrap_or(JsValue::UNDEFINED),
            offsets.map_or(JsValue::UNDEFINED, |(anchor, _)| JsValue::from(anchor)),
            offsets.map_or(JsValue::UNDEFINED, |(_, head)| JsValue::from(head)),
        ]
    }
}
