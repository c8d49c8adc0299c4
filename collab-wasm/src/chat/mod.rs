//! The client of one room's chat: what the page does and shows goes through here. A place is `room`, or
//! the user ID of the other in a direct conversation; a message's ID is that of `MessageId` as text.

mod typed;
mod view;

use collab_core::chat::{Client, ClientConfig, Event, Input, MessageId, Output, Place, UserId};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::error::Code;
use crate::status;
use crate::time::timestamp;

/// One page load's part in one room's chat. `now` is Unix time in ms wherever it appears. After each
/// call that takes `now`, call [`ChatClient::drain`].
#[wasm_bindgen]
pub struct ChatClient {
    client: Client,
}

/// What [`ChatClient::drain`] wants done.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum ChatOutput {
    /// Open a connection.
    Connect = 0,
    /// Send one binary frame, the payload.
    Send = 1,
    /// Close the connection, and report nothing more of it.
    Disconnect = 2,
    /// Conversations, their messages, or what is unread.
    Changed = 3,
    /// Somebody else wrote; the payload is `place id`.
    Arrived = 4,
    /// Who is here.
    People = 5,
    /// `ChatClient::status`.
    Status = 6,
    /// The relay refused something; the payload is the code.
    Refused = 7,
    /// The grant ends soon.
    TokenExpiring = 8,
}

/// Connection and time.
#[wasm_bindgen]
impl ChatClient {
    /// `client` is a fresh Yjs client ID of 31 to 53 random bits, `seed` any random number. An open
    /// relay takes who holds `token` for a user of its own.
    #[wasm_bindgen(constructor)]
    pub fn new(client: f64, seed: f64, name: &str, token: &str) -> Self {
        let config = ClientConfig::guest(client as u64, seed as u64, name, token);
        Self { client: Client::new(config) }
    }

    /// Connects, whatever stood in the way.
    pub fn start(&mut self, now: f64) {
        self.client.handle(timestamp(now), Input::Start);
    }

    /// Takes leave of the others, disconnects and stays so.
    pub fn stop(&mut self, now: f64) {
        self.client.handle(timestamp(now), Input::Stop);
    }

    /// The connection asked for is open.
    pub fn connected(&mut self, now: f64) {
        self.client.handle(timestamp(now), Input::Connected);
    }

    /// A binary frame arrived.
    pub fn frame(&mut self, now: f64, bytes: &[u8]) {
        self.client.handle(timestamp(now), Input::Frame(bytes));
    }

    /// The connection failed or ended; `code` is the WebSocket close code, if there was one.
    pub fn disconnected(&mut self, now: f64, code: Option<u16>) {
        self.client.handle(timestamp(now), Input::Disconnected { code });
    }

    /// The network or the page is back.
    #[wasm_bindgen(js_name = networkBack)]
    pub fn network_back(&mut self, now: f64) {
        self.client.handle(timestamp(now), Input::NetworkBack);
    }

    /// A new token, for this connection and later ones.
    #[wasm_bindgen(js_name = setToken)]
    pub fn set_token(&mut self, now: f64, token: String) {
        self.client.handle(timestamp(now), Input::Token(token));
    }

    /// The deadline of the last batch has come.
    pub fn tick(&mut self, now: f64) {
        self.client.handle(timestamp(now), Input::Tick);
    }

    /// `[deadline, (output, payload)*]`: when to call [`ChatClient::tick`] (`Infinity` for never), and
    /// all that waits to be carried out; see [`ChatOutput`].
    pub fn drain(&mut self) -> Array {
        let batch = Array::of1(&JsValue::NULL);
        while let Some(output) = self.client.poll_output() {
            let (kind, payload) = to_js(output);
            batch.push(&JsValue::from(kind as u32));
            batch.push(&payload);
        }
        let deadline = self.client.deadline();
        batch.set(0, deadline.map_or(f64::INFINITY, |at| at.as_millis() as f64).into());
        batch
    }

    /// See `status.rs`.
    pub fn status(&self) -> Array {
        status::to_js(self.client.status())
    }

    /// What to keep offline.
    pub fn export(&self) -> Vec<u8> {
        self.client.export()
    }

    /// Takes back what an earlier page load has exported, before [`ChatClient::start`]. False if that
    /// cannot be read.
    pub fn import(&mut self, stored: &[u8]) -> bool {
        self.client.import(stored).is_ok()
    }
}

/// What is written and done.
#[wasm_bindgen]
#[allow(clippy::needless_pass_by_value, reason = "an optional string comes by value only")]
impl ChatClient {
    /// Writes a message, which may answer another one; returns its ID.
    pub fn say(
        &mut self,
        now: f64,
        place: &str,
        text: &str,
        re: Option<String>,
    ) -> Result<String, JsValue> {
        let (place, re) = (read_place(place)?, re.as_deref().map(read_id).transpose()?);
        let id = self.client.say(timestamp(now), &place, text, re).map_err(Code::from)?;
        Ok(id.to_string())
    }

    /// Replaces an own message's text.
    pub fn edit(&mut self, now: f64, place: &str, id: &str, text: &str) -> Result<(), JsValue> {
        let (place, id) = (read_place(place)?, read_id(id)?);
        Ok(self.client.edit(timestamp(now), &place, id, text).map_err(Code::from)?)
    }

    /// Deletes an own message.
    pub fn remove(&mut self, now: f64, place: &str, id: &str) -> Result<(), JsValue> {
        let (place, id) = (read_place(place)?, read_id(id)?);
        Ok(self.client.delete(timestamp(now), &place, id).map_err(Code::from)?)
    }

    /// Sets a reaction, or takes it back.
    pub fn react(
        &mut self,
        now: f64,
        place: &str,
        id: &str,
        with: &str,
        on: bool,
    ) -> Result<(), JsValue> {
        let (place, id) = (read_place(place)?, read_id(id)?);
        Ok(self.client.react(timestamp(now), &place, id, with, on).map_err(Code::from)?)
    }

    /// Begins, or goes on with, a conversation with a user.
    #[wasm_bindgen(js_name = openDirect)]
    pub fn open_direct(&mut self, now: f64, user: &str) -> Result<(), JsValue> {
        let user = UserId::new(user).map_err(|_| Code::OUT_OF_RANGE)?;
        Ok(self.client.open_direct(timestamp(now), &user).map_err(Code::from)?)
    }

    /// Loads older messages, if there are any.
    #[wasm_bindgen(js_name = loadOlder)]
    pub fn load_older(&mut self, now: f64, place: &str) -> Result<(), JsValue> {
        self.client.load_older(timestamp(now), &read_place(place)?);
        Ok(())
    }

    /// All that is loaded of a conversation was seen.
    #[wasm_bindgen(js_name = markRead)]
    pub fn mark_read(&mut self, now: f64, place: &str) -> Result<(), JsValue> {
        self.client.mark_read(timestamp(now), &read_place(place)?);
        Ok(())
    }

    /// Where one is typing, if anywhere.
    #[wasm_bindgen(js_name = setTyping)]
    pub fn set_typing(&mut self, now: f64, place: Option<String>) -> Result<(), JsValue> {
        let place = place.as_deref().map(read_place).transpose()?;
        self.client.set_typing(timestamp(now), place.as_ref());
        Ok(())
    }

    /// Calls this user something else, unless the relay decides that.
    #[wasm_bindgen(js_name = setName)]
    pub fn set_name(&mut self, now: f64, name: &str) {
        self.client.set_name(timestamp(now), name);
    }
}

fn to_js(output: Output) -> (ChatOutput, JsValue) {
    let event = match output {
        Output::Connect => return (ChatOutput::Connect, JsValue::UNDEFINED),
        Output::Send(frame) => return (ChatOutput::Send, Uint8Array::from(&*frame).into()),
        Output::Disconnect => return (ChatOutput::Disconnect, JsValue::UNDEFINED),
        Output::Event(event) => event,
    };
    match event {
        Event::Arrived { place, id } => {
            (ChatOutput::Arrived, format!("{} {id}", place_name(&place)).into())
        }
        Event::PeopleChanged => (ChatOutput::People, JsValue::UNDEFINED),
        Event::StatusChanged => (ChatOutput::Status, JsValue::UNDEFINED),
        Event::Refused { code, .. } => (ChatOutput::Refused, code.name().into()),
        Event::TokenExpiring => (ChatOutput::TokenExpiring, JsValue::UNDEFINED),
        // What changed is read where it is shown.
        _ => (ChatOutput::Changed, JsValue::UNDEFINED),
    }
}

fn place_name(place: &Place) -> &str {
    match place {
        Place::Room => "room",
        Place::Direct(user) => user.as_str(),
    }
}

fn read_place(place: &str) -> Result<Place, Code> {
    if place == "room" {
        return Ok(Place::Room);
    }
    UserId::new(place).map(Place::Direct).map_err(|_| Code::OUT_OF_RANGE)
}

fn read_id(id: &str) -> Result<MessageId, Code> {
    id.parse().map_err(|_| Code::OUT_OF_RANGE)
}
